//! Hand-over of a record to another team (section 7 of the protocol).

use toso_domain::crdt::Scalar;
use toso_domain::id::{RecordId, SpaceId};
use toso_sync::ruling::Role;
use toso_tests::village::*;

/// The texts of a field in a space, the one shown first.
fn reads(person: &Person, space: SpaceId, document: RecordId, key: &str) -> Vec<String> {
    let Some(document) = person.copy.document(space, document).unwrap() else {
        return Vec::new();
    };
    let versions = document.get(key).into_iter();
    let text = versions.filter_map(|version| match version.value {
        Scalar::Text(text) => Some(text),
        _ => None,
    });
    // Equal values of two writers are no clash to people.
    let mut texts: Vec<String> = text.collect();
    texts.dedup();
    texts
}

/// What a staff device does after every exchange.
fn carries(person: &mut Person) -> usize {
    person.clock += 1_000;
    let Person {
        copy, dice, clock, ..
    } = person;
    copy.carry_due(*clock, dice).unwrap()
}

/// Everybody meets and staff carry, until nothing moves.
fn together(hub: &mut Hub, people: &mut [&mut Person]) {
    for _ in 0..12 {
        let mut moved = 0;
        for person in people.iter_mut() {
            let progress = hub.meets(person);
            moved += progress.pushed.0 + progress.pulled.0 + carries(person);
        }
        if moved == 0 {
            return;
        }
    }
    panic!("the copies never go quiet");
}

fn hands_over(hub: &mut Hub, document: RecordId, from: SpaceId, to: SpaceId) {
    let ruling = hub
        .copy
        .transaction(|hub| hub.hand_over(document, from, to));
    ruling.unwrap();
}

/// A village with two teams, two office PCs, and a household that both of the first team's phones know.
pub(super) fn two_teams() -> (Village, Person) {
    let mut village = Village::new();
    let Village { hub, lan, pao, hoa } = &mut village;
    hoa.spaces.push(neighbours());
    let mut office = hub.enrols(6, Role::Staff);
    office.spaces.push(neighbours());
    lan.notes(
        record(1),
        &[("head_name", "Lò Văn Páo"), ("phone", "0911 111 111")],
    );
    lan.notes(record(1), &[("phone", "0922 222 222")]);
    together(hub, &mut [lan, pao, hoa, &mut office]);
    (village, office)
}

/// Rule 7.4. The household counts where it was handed over to; what was written in the old team stands there too.
#[test]
fn rule_7_4_a_handed_over_record_counts_in_its_home_only_with_all_that_was_known() {
    let (Village { hub, lan, pao, hoa }, office) = &mut two_teams();
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [lan, pao, hoa, office]);
    for staff in [&*hoa, office] {
        assert_eq!(
            reads(staff, neighbours(), record(1), "head_name"),
            ["Lò Văn Páo"]
        );
        assert_eq!(
            reads(staff, neighbours(), record(1), "phone"),
            ["0922 222 222"],
            "no clash between two carriers"
        );
        assert!(staff.copy.shelf.is_away(team(), record(1)));
        assert!(!staff.copy.shelf.is_away(neighbours(), record(1)));
    }
    assert!(lan.copy.shelf.is_away(team(), record(1)));
    let picture = |copy: &toso_sync::replica::Replica<_>| {
        let document = copy.document(neighbours(), record(1)).unwrap();
        document.unwrap().state_hash()
    };
    assert_eq!(picture(&hoa.copy), picture(&office.copy));
    assert_eq!(picture(&hoa.copy), picture(&hub.copy));
}

/// Rule 7.4. Of two hand-overs at once only the first is signed.
#[test]
fn rule_7_4_of_two_hand_overs_at_once_the_second_finds_another_home() {
    let (Village { hub, .. }, _) = &mut two_teams();
    hands_over(hub, record(1), team(), neighbours());
    let third = SpaceId::from_bytes([0x9e; 16]);
    let again = hub
        .copy
        .transaction(|hub| hub.hand_over(record(1), team(), third));
    assert_eq!(again.unwrap_err().code, "moved_meanwhile");
    let nowhere = hub
        .copy
        .transaction(|hub| hub.hand_over(record(1), neighbours(), neighbours()));
    assert_eq!(nowhere.unwrap_err().code, "same_space");
    hands_over(hub, record(1), neighbours(), team());
    assert_eq!(hub.copy.book().moved(&record(1)).unwrap().to, team());
}

/// A hub put back from a backup forgot a hand-over, signs another of the same number, and learns the first from a phone:
/// all copies agree on one home.
#[test]
fn rule_7_4_two_hand_overs_of_one_number_end_in_one_home_everywhere() {
    let (Village { hub, lan, pao, hoa }, office) = &mut two_teams();
    let third = SpaceId::from_bytes([0x9e; 16]);
    let backup = hub.copy.shelf.backup();
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [hoa]);
    hub.is_restored(backup);
    hands_over(hub, record(1), team(), third);
    together(hub, &mut [lan, pao, hoa, office]);
    let home = hub.copy.book().moved(&record(1)).unwrap().to;
    for person in [&*lan, pao, hoa, office] {
        assert_eq!(person.copy.book().moved(&record(1)).unwrap().to, home);
    }
    assert!(hub.copy.book().ids(None) == hoa.copy.book().ids(None));
}

/// Rule 7.5. A late edit of a field that nobody at home touched is carried; of one that the new team changed it waits for
/// a person, who takes it or not.
#[test]
fn rule_7_5_a_late_edit_is_carried_or_waits_for_a_person() {
    let (Village { hub, lan, pao, hoa }, office) = &mut two_teams();
    lan.writes(record(1), "household", &[("address", "Đầu dốc")])
        .unwrap();
    pao.writes(record(1), "household", &[("phone", "0933 333 333")])
        .unwrap();
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [hoa, office]);
    hoa.writes_in(
        neighbours(),
        record(1),
        "household",
        &[("phone", "0944 444 444")],
    )
    .unwrap();
    together(hub, &mut [hoa, office, lan, pao]);

    for staff in [&mut *hoa, office] {
        assert_eq!(
            reads(staff, neighbours(), record(1), "address"),
            ["Đầu dốc"],
            "nobody at home had written an address"
        );
        assert_eq!(
            reads(staff, neighbours(), record(1), "phone"),
            ["0944 444 444"],
            "the new team's number is not covered"
        );
        let waiting = staff.copy.late(record(1)).unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(
            waiting[0].patch["phone"],
            Some(Scalar::Text("0933 333 333".into()))
        );
        assert_eq!((waiting[0].from, waiting[0].home), (team(), neighbours()));
    }
    let waiting = hoa.copy.late(record(1)).unwrap();
    let change = waiting[0].change;
    let Person {
        copy, dice, clock, ..
    } = hoa;
    copy.settle_late(record(1), &change, true, *clock, dice)
        .unwrap();
    let again = copy.settle_late(record(1), &change, true, *clock, dice);
    assert_eq!(again.unwrap_err().code, "not_found", "once");
    together(hub, &mut [hoa, office, lan, pao]);
    assert_eq!(
        reads(office, neighbours(), record(1), "phone"),
        ["0933 333 333"]
    );
    assert!(office.copy.late(record(1)).unwrap().is_empty());
}

/// Rule 7.5. A late edit that a person does not want is ticked, and waits nowhere any more.
#[test]
fn rule_7_5_a_late_edit_that_is_not_wanted_is_ticked_everywhere() {
    let (Village { hub, lan, pao, hoa }, office) = &mut two_teams();
    pao.writes(record(1), "household", &[("phone", "0933 333 333")])
        .unwrap();
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [hoa]);
    hoa.writes_in(
        neighbours(),
        record(1),
        "household",
        &[("phone", "0944 444 444")],
    )
    .unwrap();
    together(hub, &mut [hoa, office, lan, pao]);
    let change = office.copy.late(record(1)).unwrap()[0].change;
    let Person {
        copy, dice, clock, ..
    } = office;
    copy.settle_late(record(1), &change, false, *clock, dice)
        .unwrap();
    together(hub, &mut [hoa, office, lan, pao]);
    assert_eq!(
        reads(hoa, neighbours(), record(1), "phone"),
        ["0944 444 444"]
    );
    assert!(hoa.copy.late(record(1)).unwrap().is_empty());
}

/// Rule 7.5. A field that the new team emptied is not filled again behind its back.
#[test]
fn rule_7_5_a_late_edit_does_not_fill_what_the_new_team_emptied() {
    let (Village { hub, lan, pao, hoa }, office) = &mut two_teams();
    pao.writes(record(1), "household", &[("phone", "0933 333 333")])
        .unwrap();
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [hoa]);
    let Person {
        copy, dice, clock, ..
    } = &mut *hoa;
    let empty = [("phone".to_owned(), None)].into();
    copy.save(neighbours(), record(1), "household", &empty, *clock, dice)
        .unwrap();
    together(hub, &mut [hoa, office, lan, pao]);
    assert!(reads(hoa, neighbours(), record(1), "phone").is_empty());
    assert_eq!(hoa.copy.late(record(1)).unwrap().len(), 1);
}

/// Story 11. Two staff carry the same late edit at once, and the household moves back: no ping-pong, nothing twice.
#[test]
fn two_staff_carry_one_late_edit_and_the_household_moves_back() {
    let (Village { hub, lan, pao, hoa }, office) = &mut two_teams();
    lan.writes(record(1), "household", &[("address", "Đầu dốc")])
        .unwrap();
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [hoa, office]);
    hub.meets(lan);
    // Both see it before either has met the hub again.
    hub.meets(hoa);
    hub.meets(office);
    assert!(carries(hoa) > 0);
    assert!(carries(office) > 0);
    together(hub, &mut [lan, pao, hoa, office]);
    assert_eq!(
        reads(hoa, neighbours(), record(1), "address"),
        ["Đầu dốc"],
        "equal values of two carriers are no clash to people"
    );

    hoa.writes_in(
        neighbours(),
        record(1),
        "household",
        &[("landmark", "Cây đa")],
    )
    .unwrap();
    hands_over(hub, record(1), neighbours(), team());
    together(hub, &mut [lan, pao, hoa, office]);
    assert_eq!(reads(lan, team(), record(1), "landmark"), ["Cây đa"]);
    assert_eq!(reads(lan, team(), record(1), "address"), ["Đầu dốc"]);
    let changes = |space| hoa.copy.document(space, record(1)).unwrap().unwrap();
    let (here, there) = (changes(team()), changes(neighbours()));
    assert!(
        here.changes().len() <= 6,
        "Lan's three, and one or two ticked landmarks: {}",
        here.changes().len()
    );
    assert!(hoa.copy.late(record(1)).unwrap().is_empty());
    hands_over(hub, record(1), team(), neighbours());
    together(hub, &mut [lan, pao, hoa, office]);
    let again = hoa.copy.document(neighbours(), record(1)).unwrap().unwrap();
    assert_eq!(
        again.get("landmark"),
        there.get("landmark"),
        "not carried back"
    );
}
