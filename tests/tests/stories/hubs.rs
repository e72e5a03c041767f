//! A hub put back from an old backup, or emptied.

use toso_sync::memory::MemoryShelf;
use toso_sync::replica::Mode;
use toso_sync::ruling::{Body, Role};
use toso_tests::village::*;

/// Story 4. The hub is put back to before an erasure, a revocation and an enrolment. The phones give it its own rulings
/// back before anything else.
#[test]
fn a_hub_put_back_before_an_erasure_a_revocation_and_an_enrolment_learns_them_from_the_phones() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    lan.notes(record(2), &[("head_name", "Giàng A Sử")]);
    hub.meets_all(&mut [pao, lan, hoa]);
    let backup = hub.copy.shelf.backup();

    hub.states(&Body::Purge(record(2).into(), record(2).into()));
    hub.revokes(pao);
    let mut mai = hub.enrols(6, Role::Member);
    mai.notes(record(3), &[("head_name", "Sùng Thị Mai")]);
    hub.meets_all(&mut [lan, hoa, &mut mai]);
    let rulings = hub.copy.book().ids(None);

    hub.is_restored(backup);
    assert!(!hub.copy.book().is_purged(&record(2)));
    assert!(!hub.copy.book().is_revoked(&pao.secret.device()));
    assert!(
        hub.copy
            .book()
            .certificate_of(&mai.secret.device())
            .is_none()
    );
    assert_eq!(
        texts(&hub.copy, record(2), "head_name"),
        ["Giàng A Sử"],
        "the backup still holds the person"
    );

    hub.meets(hoa);
    assert_eq!(
        hub.copy.book().ids(None),
        rulings,
        "all of them, from one phone"
    );
    assert!(
        texts(&hub.copy, record(2), "head_name").is_empty(),
        "erased again"
    );
    assert!(!hub.copy.shelf.holds_bytes(record(2)));
    assert!(hub.copy.book().is_revoked(&pao.secret.device()));
    hub.meets_all(&mut [&mut mai, lan, hoa]);
    assert_alike(hub, &mut [lan, hoa, &mut mai]);
    assert_eq!(texts(&hub.copy, record(3), "head_name"), ["Sùng Thị Mai"]);

    let late = pao.notes(record(4), &[("head_name", "Vàng Thị Mỷ")]);
    hub.meets(pao);
    assert!(
        !hub.copy.ledger(team()).unwrap().get(&late).unwrap().valid,
        "the revoked phone stays revoked"
    );
}

/// Story 5. The hub acknowledged ten packs, is put back to seven and asked to revoke the phone: seven would be the end.
#[test]
fn receipts_raise_the_cut_of_a_hub_that_forgot_three_packs() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    let mut backup = None;
    for n in 1..=10 {
        pao.notes(record(n), &[("head_name", "Lò Văn Páo")]);
        hub.meets(pao);
        if n == 7 {
            backup = Some(hub.copy.shelf.backup());
        }
    }
    let at = pao.top().unwrap();
    hub.meets(lan);

    hub.is_restored(backup.unwrap());
    hub.revokes(pao);
    assert_eq!(hub.copy.book().revoked_end(team(), &at.log), Some(7));
    assert_eq!(
        hub.copy.ledger(team()).unwrap().top(&at.log).unwrap().seq,
        7
    );

    hub.meets_all(&mut [lan, hoa]);
    assert_alike(hub, &mut [lan, hoa]);
    assert_eq!(
        hub.copy.ledger(team()).unwrap().top(&at.log),
        Some(at),
        "acknowledged work outlives the cut"
    );
    assert_eq!(hoa.reads(record(10), "head_name"), ["Lò Văn Páo"]);

    let eleventh = pao.notes(record(11), &[("head_name", "Lò Văn Páo")]);
    hub.meets(pao);
    assert_eq!(
        hub.copy.ledger(team()).unwrap().top(&at.log),
        Some(at),
        "but nothing after it counts"
    );
    assert_eq!(hub.copy.tray(team()).unwrap(), [eleventh]);
}

/// Rule 4.4. The author's phone is gone and the hub is empty: whoever is left refills it with everybody's packs.
#[test]
fn an_empty_hub_is_refilled_by_whoever_is_left() {
    let Village { hub, lan, pao, hoa } = &mut Village::new();
    pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    hub.is_restored(MemoryShelf::new());
    let ids = hub.copy.book().ids(None);
    assert!(ids.is_empty(), "not even the certificates are left");

    // The door of the real hub asks for a certificate: the operator lets one phone in to bring them.
    hub.certifies(&lan.secret.clone(), Role::Member);
    hub.meets_all(&mut [lan, hoa]);
    assert_alike(hub, &mut [lan, hoa]);
    assert_eq!(hoa.reads(record(1), "head_name"), ["Lò Văn Páo"]);
}

/// Seed 2628. A receipt lies on a pack that hangs in the air, because what it was built on is gone everywhere. The pack
/// before it counts by that receipt where both are held, and must count as well where only the first is.
#[test]
fn a_pack_that_counts_by_a_receipt_further_on_counts_on_phones_without_that_pack() {
    let Village { hub, lan, pao, .. } = &mut Village::new();
    let mut sua = hub.enrols(7, Role::Member);
    let first = pao.notes(record(1), &[("head_name", "Lò Văn Páo")]);
    hub.meets_all(&mut [pao, lan]);
    sua.notes(record(2), &[("head_name", "Giàng Mỷ Sua")]);
    sua.hands_file_to(pao);
    let second = pao.notes(record(1), &[("phone", "0911 111 111")]);
    hub.meets(pao);
    let packs = [first, second].map(|head| pao.copy.pack(team(), &head).unwrap().unwrap());
    let rulings = [hub.copy.book().ids(None), hub.copy.book().ids(Some(team()))];
    let rulings = hub.copy.ruling_bytes(&rulings.concat());

    hub.is_restored(MemoryShelf::new());
    hub.copy.take_rulings(&rulings).unwrap();
    hub.states(&Body::Revocation(pao.secret.device(), Vec::new()));
    for pack in &packs {
        gives(&mut hub.copy, pack, Mode::Tray);
    }
    assert_eq!(
        texts(&hub.copy, record(1), "head_name"),
        ["Lò Văn Páo"],
        "the receipt outlives the cut"
    );
    hub.meets_all(&mut [lan]);
    assert_alike(hub, &mut [lan]);
    assert_eq!(lan.reads(record(1), "head_name"), ["Lò Văn Páo"]);
}
