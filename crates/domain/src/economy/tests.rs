use super::*;
use crate::record::ocop_certificate::issuer_of;

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn certificate(issued_on: &str) -> Certificate {
    Certificate {
        stars: 3,
        issued_on: day(issued_on),
        expires_on: None,
        revoked_on: None,
    }
}

fn seen(on: &str, result: &str) -> Look<Seen> {
    Look {
        on: day(on),
        recorded_at: 0,
        found: Seen {
            result: result.into(),
            told_only: false,
        },
    }
}

fn listing(state: &str, looks: Vec<Look<Seen>>) -> Listing {
    Listing {
        platform: "buudien".into(),
        state: state.into(),
        listed_on: Some(day("2026-01-05")),
        looks,
    }
}

fn marketplaces() -> BTreeSet<String> {
    ["buudien", "voso"].map(str::to_owned).into()
}

/// The gauge of one product on a day: products, verified, declared.
fn counted(certificates: &[Certificate], listings: &[Listing], on: &str) -> (u32, u32, u32) {
    let products = [(certificates, listings)];
    let gauge = gauge(products, &marketplaces(), day(on));
    (gauge.products, gauge.verified, gauge.declared)
}

#[test]
fn a_certificate_counts_to_its_last_day_and_no_longer() {
    let held = [certificate("2023-11-26")];
    for (on, standing) in [
        ("2023-11-25", Standing::Candidate),
        ("2023-11-26", Standing::Certified),
        ("2026-11-25", Standing::Certified),
        ("2026-11-26", Standing::Certified),
        ("2026-11-27", Standing::Expired),
    ] {
        assert_eq!(standing_on(&held, day(on)), standing, "{on}");
    }
    // 36 months from the last of February end on the last of February.
    assert_eq!(certificate("2024-02-29").ends_on(), day("2027-02-28"));
}

#[test]
fn what_the_paper_says_goes_before_36_months_and_a_revocation_before_both() {
    let mut held = certificate("2023-11-26");
    held.expires_on = Some(day("2026-06-30"));
    assert!(held.counts_on(day("2026-06-30")) && !held.counts_on(day("2026-07-01")));
    held.revoked_on = Some(day("2025-01-10"));
    assert!(held.counts_on(day("2025-01-09")) && !held.counts_on(day("2025-01-10")));
    assert_eq!(standing_on(&[held], day("2025-01-10")), Standing::Revoked);
    assert_eq!(standing_on(&[held], day("2025-01-09")), Standing::Certified);
}

#[test]
fn a_new_certificate_takes_up_where_the_old_one_ended() {
    let mut again = certificate("2026-12-10");
    again.stars = 4;
    let both = [certificate("2023-11-26"), again];
    let stars = |on: &str| certificate_on(&both, day(on)).map(|one| one.stars);
    assert_eq!(stars("2026-11-26"), Some(3));
    assert_eq!(stars("2026-12-01"), None);
    assert_eq!(standing_on(&both, day("2026-12-01")), Standing::Expired);
    assert_eq!(stars("2026-12-10"), Some(4));
    // While both count, the one with more stars.
    let mut higher = certificate("2025-01-01");
    higher.stars = 5;
    let both = [higher, certificate("2025-06-01")];
    assert_eq!(
        certificate_on(&both, day("2025-07-01")).map(|c| c.stars),
        Some(5)
    );
}

#[test]
fn what_ends_within_six_months_is_told_unless_another_lasts_longer() {
    let held = [certificate("2023-11-26")];
    assert!(!ends_soon(&held, day("2026-05-25")));
    assert!(ends_soon(&held, day("2026-05-26")));
    assert!(ends_soon(&held, day("2026-11-26")));
    assert!(!ends_soon(&held, day("2026-11-27")), "it has ended");
    let both = [certificate("2023-11-26"), certificate("2026-06-01")];
    assert!(!ends_soon(&both, day("2026-06-01")));
}

#[test]
fn a_look_counts_for_ninety_days_and_on_the_ninety_first_is_to_be_done_again() {
    let held = [certificate("2026-01-01")];
    let one = [listing("dang_ban", vec![seen("2026-08-01", "dang_ban")])];
    for (on, expected, due) in [
        ("2026-07-31", (1, 0, 1), true),
        ("2026-08-01", (1, 1, 1), false),
        ("2026-10-29", (1, 1, 1), false),
        ("2026-10-30", (1, 1, 1), false),
        ("2026-10-31", (1, 0, 1), true),
    ] {
        assert_eq!(counted(&held, &one, on), expected, "{on}");
        assert_eq!(one[0].is_due(day(on)), due, "{on}");
    }
}

#[test]
fn what_was_found_counts_and_not_what_was_said() {
    let held = [certificate("2026-01-01")];
    let on = "2026-08-02";
    for (found, expected) in [
        ("dang_ban", (1, 1, 1)),
        ("tam_het", (1, 1, 1)),
        ("da_dang_chua_kiem", (1, 0, 1)),
        ("co_gian_hang", (1, 0, 0)),
        ("du_kien", (1, 0, 0)),
        ("an", (1, 0, 0)),
        ("go", (1, 0, 0)),
        ("ngung", (1, 0, 0)),
        ("cua_may_moi", (1, 0, 0)),
    ] {
        let one = [listing("dang_ban", vec![seen("2026-08-01", found)])];
        assert_eq!(counted(&held, &one, on), expected, "{found}");
    }
    let mut told = seen("2026-08-01", "dang_ban");
    told.found.told_only = true;
    let one = [listing("dang_ban", vec![told])];
    assert_eq!(counted(&held, &one, on), (1, 0, 1), "told only");
    assert!(one[0].is_due(day(on)));
}

#[test]
fn of_two_looks_the_later_day_counts_and_on_one_day_the_later_word() {
    let held = [certificate("2026-01-01")];
    let mut later = seen("2026-08-01", "go");
    later.recorded_at = 5;
    let one = [listing(
        "du_kien",
        vec![later, seen("2026-08-01", "dang_ban")],
    )];
    assert_eq!(counted(&held, &one, "2026-08-01"), (1, 0, 0));
    let looks = vec![seen("2026-09-01", "dang_ban"), seen("2026-08-01", "go")];
    let one = [listing("du_kien", looks)];
    assert_eq!(counted(&held, &one, "2026-08-31"), (1, 0, 0));
    assert_eq!(counted(&held, &one, "2026-09-01"), (1, 1, 1));
}

#[test]
fn only_platforms_that_count_and_days_since_the_listing() {
    let held = [certificate("2026-01-01")];
    let mut one = listing("dang_ban", vec![seen("2026-08-01", "dang_ban")]);
    one.platform = "facebook".into();
    assert_eq!(counted(&held, &[one.clone()], "2026-08-02"), (1, 0, 0));
    let two = [one, listing("da_dang_chua_kiem", Vec::new())];
    assert_eq!(counted(&held, &two, "2026-08-02"), (1, 0, 1));
    assert_eq!(counted(&held, &two, "2026-01-04"), (1, 0, 0));
    assert_eq!(
        counted(&[], &two, "2026-08-02"),
        (0, 0, 0),
        "no certificate"
    );
}

#[test]
fn a_shop_is_active_while_somebody_saw_it_sell() {
    let look = |on: &str, level: &str, state: &str| Look {
        on: day(on),
        recorded_at: 0,
        found: StoreSeen {
            level: level.into(),
            state: state.into(),
            orders: None,
        },
    };
    let looks = [
        look("2026-01-10", "dang_ban", "hoat_dong"),
        look("2026-09-01", "dang_ban", "it_hoat_dong"),
        look("2026-10-01", "co_don", "hoat_dong"),
        look("2026-11-01", "co_gian_hang", "hoat_dong"),
        look("2026-11-20", "dang_ban", "ngung"),
    ];
    for (on, trade) in [
        ("2026-01-09", Trade::Unseen),
        ("2026-01-10", Trade::Active),
        ("2026-07-09", Trade::Active),
        ("2026-07-10", Trade::Dormant),
        ("2026-09-01", Trade::Dormant),
        ("2026-10-01", Trade::Active),
        ("2026-11-01", Trade::Dormant),
        ("2026-11-20", Trade::Stopped),
    ] {
        assert_eq!(trade_on(None, &looks, day(on)), trade, "{on}");
    }
    let closed = Some(day("2026-10-05"));
    assert_eq!(trade_on(closed, &looks, day("2026-10-04")), Trade::Active);
    assert_eq!(trade_on(closed, &looks, day("2026-10-05")), Trade::Stopped);
}

#[test]
fn the_issuer_follows_stars_and_the_day_the_districts_went() {
    for (stars, on, issuer) in [
        (3, "2025-07-05", "huyen"),
        (3, "2025-07-06", "tinh"),
        (4, "2025-07-05", "tinh"),
        (4, "2025-07-06", "tinh"),
        (5, "2020-01-01", "trung_uong"),
        (5, "2026-01-01", "trung_uong"),
    ] {
        assert_eq!(issuer_of(stars, day(on)), issuer, "{stars} {on}");
    }
}
