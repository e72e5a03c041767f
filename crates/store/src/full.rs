//! A full disk: the save is refused by its own code, nothing is half there, reading goes on.

use crate::document::RecordRow;
use crate::open::tests::empty;
use toso_domain::id::{RecordId, SpaceId};

#[test]
fn a_full_disk_refuses_the_save_and_reading_goes_on() {
    let (_folder, mut store) = empty();
    let space = SpaceId::from_bytes([1; 16]);
    let row = RecordRow {
        kind: "visit".into(),
        title: "Páo".into(),
        search: "pao".into(),
        ..RecordRow::default()
    };
    let save = |store: &mut crate::Store, n: u8, size: usize| {
        store.begin()?;
        store.append(&[n])?;
        store.put_document(
            space,
            RecordId::from_bytes([n; 16]),
            &vec![7; size],
            true,
            Some(&row),
        )?;
        store.commit()
    };
    save(&mut store, 1, 10).unwrap();
    let pages: i64 = store
        .connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    store
        .connection
        .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        .unwrap();
    assert_eq!(
        save(&mut store, 2, 100_000).unwrap_err().code(),
        "disk_full"
    );
    store.rollback();
    assert_eq!(
        store.last_frame(),
        1,
        "the frame of the refused save is gone"
    );
    assert_eq!(store.find(RecordId::from_bytes([1; 16])).unwrap().len(), 1);
    assert!(
        store
            .find(RecordId::from_bytes([2; 16]))
            .unwrap()
            .is_empty()
    );
    store
        .connection
        .query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))
        .unwrap();
    save(&mut store, 2, 100_000).unwrap();
    assert_eq!(store.last_frame(), 2);
}
