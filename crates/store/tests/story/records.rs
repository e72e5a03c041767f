//! Records: written with their document, listed, found, dropped without a trace.

use super::folder::{folder, household, id, on_disk, open, save, team};
use serde_json::json;
use toso_domain::id::SpaceId;
use toso_store::{After, ChangeHash, DraftRow, EntryRow, List, PackRow, Search, Store};

fn find(store: &Store, text: &str) -> Vec<String> {
    let search = Search {
        text: text.into(),
        ..Search::default()
    };
    store
        .search(&search)
        .unwrap()
        .into_iter()
        .map(|hit| hit.title)
        .collect()
}

#[test]
fn a_name_is_found_without_tone_marks() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    save(&mut store, 1, "Nguyễn Văn Đức");
    save(&mut store, 2, "Đức Nguyễn");
    save(&mut store, 3, "Lầu Bá Dục");
    save(&mut store, 4, "H'Thoan Niê");
    assert_eq!(find(&store, "duc").len(), 3);
    assert_eq!(
        find(&store, "DUC NGUYEN").len(),
        2,
        "all words, any order, any case"
    );
    assert_eq!(
        find(&store, "nguyen d").len(),
        2,
        "the last word may be only begun"
    );
    assert_eq!(find(&store, "nguye duc").len(), 0, "the others may not");
    assert_eq!(find(&store, "\" OR *").len(), 0);
    let only = Search {
        text: "duc".into(),
        space: Some(SpaceId::from_bytes([9; 16])),
        ..Search::default()
    };
    assert!(store.search(&only).unwrap().is_empty());
    let kinds = Search {
        text: "duc".into(),
        kinds: vec!["visit".into(), "household".into()],
        ..Search::default()
    };
    assert_eq!(store.search(&kinds).unwrap().len(), 3);
}

#[test]
fn a_changed_name_is_found_by_the_new_one_only() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    save(&mut store, 1, "Và Bá Chù");
    save(&mut store, 1, "Lỳ Bá Chù");
    assert!(find(&store, "và").is_empty());
    let mut gone = household("Lỳ Bá Chù");
    gone.deleted = Some("trùng".into());
    store.begin().unwrap();
    store
        .put_document(team(), id(1), b"x", true, Some(&gone))
        .unwrap();
    store.commit().unwrap();
    assert!(
        find(&store, "chù").is_empty(),
        "a deleted record is not found"
    );
    assert!(
        store.record(team(), id(1)).unwrap().is_some(),
        "but can be read and restored"
    );
    assert!(store.list(&List::default()).unwrap().items.is_empty());
    store.begin().unwrap();
    store
        .put_document(team(), id(1), b"x", true, Some(&household("Lỳ Bá Chù")))
        .unwrap();
    store.commit().unwrap();
    assert_eq!(find(&store, "chù").len(), 1);
}

#[test]
fn pages_meet_without_gap_or_repeat() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    store.begin().unwrap();
    for n in 0..25 {
        // Three names only: many equal sort keys.
        let row = household(["An", "Bình", "Chi"][n as usize % 3]);
        store
            .put_document(team(), id(n), b"x", true, Some(&row))
            .unwrap();
    }
    store.commit().unwrap();
    for space in [None, Some(team())] {
        let mut list = List {
            kind: Some("household".into()),
            space,
            limit: 7,
            ..List::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = store.list(&list).unwrap();
            seen.extend(page.items.iter().map(|r| (r.row.sort.clone(), r.id)));
            let Some(next) = page.next else { break };
            list.after = After::from_text(&next.to_text());
            assert_eq!(list.after, Some(next));
        }
        assert_eq!(seen.len(), 25);
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
    }
    let filter = |field: &str, value| List {
        filter: vec![(field.into(), value)],
        ..List::default()
    };
    assert_eq!(
        store
            .list(&filter("head_name", json!("Chi")))
            .unwrap()
            .items
            .len(),
        8
    );
    assert_eq!(
        store
            .list(&filter("photo", json!("cd")))
            .unwrap()
            .items
            .len(),
        25,
        "a set is searched inside"
    );
    assert_eq!(
        store
            .list(&filter("poor", json!(true)))
            .unwrap()
            .items
            .len(),
        25
    );
    assert_eq!(
        store.list(&filter("x\" --", json!(1))).unwrap_err().code(),
        "db"
    );
    let rows = store
        .query(
            "SELECT head_name, count(*) AS n FROM household GROUP BY 1 ORDER BY 1",
            &[],
        )
        .unwrap();
    assert_eq!(
        rows[0],
        json!({ "head_name": "An", "n": 9 })
            .as_object()
            .unwrap()
            .clone()
    );
    assert_eq!(
        store
            .query("DELETE FROM record RETURNING id", &[])
            .unwrap_err()
            .code(),
        "db"
    );
}

#[test]
fn an_erased_record_leaves_nothing() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    save(&mut store, 1, "Vừ A Páo");
    save(&mut store, 2, "Lầu Y Mai");
    assert_eq!(store.refs_to(id(900), None).unwrap().len(), 2);
    store.begin().unwrap();
    store.drop_document(team(), id(1)).unwrap();
    store.drop_document(team(), id(1)).unwrap();
    store.commit().unwrap();
    store.scrub().unwrap();
    assert!(find(&store, "páo").is_empty());
    assert_eq!(find(&store, "mai").len(), 1);
    assert!(store.document(team(), id(1)).unwrap().is_none());
    assert!(store.find(id(1)).unwrap().is_empty());
    assert_eq!(store.refs_to(id(900), Some("village")).unwrap().len(), 1);
    assert!(!on_disk(folder.path(), "Páo"));
    // The words are out of the index itself, not only hidden by a missing row.
    let left = store
        .query("SELECT hex(block) AS b FROM record_search_data", &[])
        .unwrap();
    let word: String = "páo".bytes().map(|b| format!("{b:02X}")).collect();
    let block = |row: &serde_json::Map<_, _>| row["b"].as_str().unwrap_or_default().to_owned();
    assert!(!left.iter().any(|row| block(row).contains(&word)));
    let kept: String = "mai".bytes().map(|b| format!("{b:02X}")).collect();
    assert!(left.iter().any(|row| block(row).contains(&kept)));
}

#[test]
fn the_view_can_be_dropped_and_made_again() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    save(&mut store, 1, "Vừ A Páo");
    save(&mut store, 2, "Lầu Y Mai");
    let before = store.view_hash(team()).unwrap();
    store.begin().unwrap();
    store.clear_derived().unwrap();
    store.commit().unwrap();
    assert!(find(&store, "mai").is_empty() && store.counts(team()).unwrap().is_empty());
    assert_ne!(store.view_hash(team()).unwrap(), before);
    save(&mut store, 2, "Lầu Y Mai");
    save(&mut store, 1, "Vừ A Páo");
    assert_eq!(
        store.view_hash(team()).unwrap(),
        before,
        "order of arrival does not matter"
    );
    assert_eq!(store.counts(team()).unwrap()["household"], 2);
}

#[test]
fn packs_entries_drafts_and_rulings_come_back_as_put() {
    let folder = folder();
    let mut store = open(folder.path()).store;
    let pack = |n: u8| PackRow {
        head: [n; 16],
        device: [2; 32],
        epoch: [3; 16],
        seq: u64::from(n),
        header: vec![4; 90],
        sig: [5; 64],
        valid: true,
        arrived: u64::from(n),
        received_at: 6,
    };
    let entry = |n: u8, ix: u32, verdict: u8| EntryRow {
        pack: [n; 16],
        ix,
        document: id(1),
        kind: "household".into(),
        hash: ChangeHash([n; 32]),
        verdict,
        why: String::new(),
    };
    let draft = DraftRow {
        hash: ChangeHash([8; 32]),
        document: id(1),
        kind: "household".into(),
        order: 1,
        raw: vec![1],
        patch: vec![2],
        remakes: vec![ChangeHash([1; 32]), ChangeHash([2; 32])],
        saved_at: 7,
    };
    store.begin().unwrap();
    store
        .put_pack(team(), &pack(2), b"two", &[entry(2, 0, 3)])
        .unwrap();
    store
        .put_pack(team(), &pack(1), b"one", &[entry(1, 0, 1), entry(1, 1, 0)])
        .unwrap();
    store.put_draft(team(), &draft).unwrap();
    store
        .put_ruling(&[1; 16], "purge", Some(team()), b"signed")
        .unwrap();
    store
        .put_ruling(&[1; 16], "purge", Some(team()), b"again")
        .unwrap();
    store.set_value("epoch", &[3; 16]).unwrap();
    store.commit().unwrap();
    assert!(store.begin().is_ok() && store.put_pack(team(), &pack(1), b"", &[]).is_err());
    store.rollback();

    drop(store);
    let mut store = open(folder.path()).store;
    assert_eq!(store.spaces().unwrap(), vec![team()]);
    assert_eq!(store.packs(team()).unwrap(), vec![pack(1), pack(2)]);
    assert_eq!(store.body(team(), &[2; 16]).unwrap().unwrap(), b"two");
    assert_eq!(
        store.entries_of_pack(team(), &[1; 16]).unwrap(),
        vec![entry(1, 0, 1), entry(1, 1, 0)]
    );
    assert_eq!(store.entries_of_document(team(), id(1)).unwrap().len(), 3);
    assert_eq!(
        store
            .entries_of_change(team(), &ChangeHash([2; 32]))
            .unwrap(),
        vec![entry(2, 0, 3)]
    );
    assert_eq!(store.holes(team()).unwrap(), vec![ChangeHash([2; 32])]);
    assert_eq!(store.drafts(team()).unwrap(), vec![draft.clone()]);
    assert_eq!(
        store.drafts_of_document(team(), id(1)).unwrap(),
        vec![draft]
    );
    assert_eq!(store.rulings().unwrap(), vec![b"signed".to_vec()]);
    assert_eq!(store.value("epoch").unwrap().unwrap(), vec![3; 16]);
    store.begin().unwrap();
    store.set_verdict(team(), &[2; 16], 0, 2, "dep").unwrap();
    store.set_valid(team(), &[2; 16], false).unwrap();
    store.set_body(team(), &[2; 16], b"").unwrap();
    store.drop_draft(team(), &ChangeHash([8; 32])).unwrap();
    store.commit().unwrap();
    assert!(store.holes(team()).unwrap().is_empty() && store.drafts(team()).unwrap().is_empty());
    assert_eq!(
        store.entries_of_pack(team(), &[2; 16]).unwrap()[0].why,
        "dep"
    );
    assert!(!store.packs(team()).unwrap()[1].valid);
}
