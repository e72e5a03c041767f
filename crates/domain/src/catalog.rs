//! Catalogs: lists of codes with words in both languages, kept as data. A code in use is never deleted; one that this
//! version does not know is kept and shown as newer.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// One line of a catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stored in records.
    pub code: String,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
    /// Lists that reports count it in: `thiet_yeu_25` of procedures; what a platform is (`san_tmdt`, `mxh_thuong_mai`,
    /// `website_tinh`, `website_rieng`).
    #[serde(default)]
    pub lists: Vec<String>,
}

/// All catalogs by name, items in their order.
#[must_use]
pub fn all() -> &'static BTreeMap<String, Vec<Item>> {
    static ALL: OnceLock<BTreeMap<String, Vec<Item>>> = OnceLock::new();
    ALL.get_or_init(|| {
        serde_json::from_str(include_str!("../catalogs/start.json")).unwrap_or_default()
    })
}

/// One catalog; empty when there is none of that name.
#[must_use]
pub fn items(catalog: &str) -> &'static [Item] {
    all().get(catalog).map_or(&[], Vec::as_slice)
}

/// One item.
#[must_use]
pub fn item(catalog: &str, code: &str) -> Option<&'static Item> {
    items(catalog).iter().find(|item| item.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::KINDS;
    use crate::schema::fields;
    use std::collections::BTreeSet;

    #[test]
    fn the_25_essential_services_are_25() {
        let listed = |item: &&Item| item.lists.iter().any(|list| list == "thiet_yeu_25");
        assert_eq!(items("procedure").iter().filter(listed).count(), 25);
    }

    #[test]
    fn a_code_fits_into_the_key_of_a_set() {
        for (name, items) in all() {
            for item in items {
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                assert!(
                    item.code.len() <= 32 && item.code.bytes().all(plain),
                    "{name}.{}",
                    item.code
                );
            }
        }
    }

    #[test]
    fn every_catalog_a_field_names_is_there_and_no_other() {
        let named: BTreeSet<&str> = KINDS
            .iter()
            .flat_map(|k| fields(k.name))
            .filter_map(|f| f.catalog.as_deref())
            .collect();
        let there: BTreeSet<&str> = all().keys().map(String::as_str).collect();
        assert_eq!(named, there);
        for (name, items) in all() {
            let codes: BTreeSet<&str> = items.iter().map(|i| i.code.as_str()).collect();
            assert_eq!(codes.len(), items.len(), "a code of {name} stands twice");
            assert!(
                items.iter().all(|i| !i.vi.is_empty() && !i.en.is_empty()),
                "{name}"
            );
        }
    }
}
