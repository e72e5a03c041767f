use super::*;
use crate::open::tests::empty;

fn plan(store: &Store, sql: &str, values: Vec<Sql>) -> String {
    let mut explain = store
        .connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let lines = explain
        .query_map(params_from_iter(values), |row| row.get::<_, String>(3))
        .unwrap();
    lines
        .map(|line| line.unwrap())
        .collect::<Vec<_>>()
        .join(" | ")
}

#[test]
fn a_page_of_a_list_is_read_in_order_from_an_index() {
    let (_folder, store) = empty();
    let after = Some(After {
        sort: vec![1],
        id: RecordId::from_bytes([1; 16]),
        space: SpaceId::from_bytes([2; 16]),
    });
    for space in [None, Some(SpaceId::from_bytes([2; 16]))] {
        for after in [None, after.clone()] {
            let list = List {
                kind: Some("household".into()),
                space,
                limit: 50,
                after,
                ..List::default()
            };
            let (by, values) = list_sql(&list).unwrap();
            let told = plan(&store, &format!("{COLUMNS} {by}"), values);
            let index = if space.is_some() {
                "record_by_space"
            } else {
                "record_by_sort"
            };
            assert!(
                told.contains(&format!("SEARCH r USING INDEX {index}")),
                "{told}"
            );
            assert!(!told.contains("TEMP B-TREE"), "{told}");
        }
    }
}

#[test]
fn entries_of_a_document_and_search_use_their_indexes() {
    let (_folder, store) = empty();
    let entries = "SELECT p.head FROM main.entry e JOIN main.pack p ON p.no = e.pack
        WHERE e.document = ?2 AND p.space = ?1 ORDER BY p.arrived, p.no, e.ix";
    let told = plan(
        &store,
        entries,
        vec![Sql::Blob(vec![1; 16]), Sql::Blob(vec![2; 16])],
    );
    assert!(
        told.contains("entry_by_document") && !told.contains("SCAN"),
        "{told}"
    );
    let query = crate::search::Search {
        text: "duc".into(),
        ..crate::search::Search::default()
    };
    let told = plan(&store, crate::search::HITS, vec![Sql::Text("duc".into())]);
    assert!(
        told.contains("SCAN main.record_search VIRTUAL TABLE INDEX"),
        "{told}"
    );
    let (sql, values) = crate::search::row_sql(&query);
    let told = plan(&store, &sql, values);
    assert!(told.contains("SEARCH r USING INTEGER"), "{told}");
}

#[test]
fn what_every_exchange_asks_of_each_space_reads_no_more_than_it_tells() {
    let (_folder, store) = empty();
    let told = plan(&store, crate::pack::HOLES, vec![Sql::Blob(vec![1; 16])]);
    assert!(
        told.contains("entry_hole") && told.contains("SEARCH p USING INTEGER PRIMARY KEY"),
        "{told}"
    );
    let told = plan(
        &store,
        crate::transaction::VALUES,
        vec![Sql::Text("not-taken/".into())],
    );
    assert!(told.contains("PRIMARY KEY (name>? AND name<?)"), "{told}");
    let own = "SELECT no FROM main.pack WHERE space = ?1 AND device = ?2";
    let told = plan(
        &store,
        own,
        vec![Sql::Blob(vec![1; 16]), Sql::Blob(vec![2; 32])],
    );
    assert!(told.contains("pack_by_author"), "{told}");
}
