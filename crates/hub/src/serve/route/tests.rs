use super::*;
use std::collections::BTreeSet;

/// Paths in what axum itself says of its routes.
fn paths_of(routes: &Router<Arc<App<SqliteDb>>>) -> BTreeSet<String> {
    let said = format!("{routes:?}");
    // The empty root and axum's own catch-all are no routes of ours.
    let words = said
        .split('"')
        .filter(|word| word.len() > 1 && word.starts_with('/') && !word.contains("__private"));
    words.map(str::to_owned).collect()
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let groups = groups::<SqliteDb>();
    let all = groups.open.merge(groups.door);
    let all = all
        .merge(groups.small)
        .merge(groups.exchange)
        .merge(groups.files);
    let (routes, _) = all.split_for_parts();
    let described: BTreeSet<String> = description().paths.paths.into_keys().collect();
    assert!(described.contains("/v1/sync"));
    assert_eq!(paths_of(&routes), described);
    let more = routes.route("/v1/secret", axum::routing::get(async || "x"));
    assert_ne!(
        paths_of(&more),
        described,
        "a route beside the groups is seen"
    );
}
