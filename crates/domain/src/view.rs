//! A document as people read it: fields, clashes, title, what is searched and how it is sorted.

use crate::catalog;
use crate::consent;
use crate::crdt::{Document, Scalar, Version};
use crate::id::RecordId;
use crate::record::{Kind, Order, kind};
use crate::schema::{Field, Type, field, fields};
use crate::time::LocalDate;
use crate::{patch, phone, sort, text};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a title says for a code of a newer version.
const NEWER: &str = "khác (bản mới hơn)";

/// One record projected from its document.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// Kind as written; may be one this version does not know. Empty when the document says none.
    pub kind: String,
    /// Fields: sets as sorted arrays, unknown fields as they are; keys beginning with `_` left out.
    pub body: Map<String, Value>,
    /// Why it was deleted, if it was.
    pub deleted: Option<String>,
    /// Record it is a duplicate of.
    pub merged_into: Option<RecordId>,
    /// Fields written to different values at the same time, all values, the one shown first.
    pub clashes: BTreeMap<String, Vec<Version>>,
    /// Known fields whose value is of a wrong type: kept in the document, left out of `body`.
    pub unreadable: Vec<String>,
    /// True when fields are left out because somebody did not agree to them, or does no more.
    pub withheld: bool,
    /// What a list shows.
    pub title: String,
    /// What a list shows under it.
    pub subtitle: String,
    /// Folded text that search looks in.
    pub search: String,
    /// Sort key, see [`crate::sort`].
    pub sort: Vec<u8>,
    /// Records it refers to, by field.
    pub refs: Vec<(String, RecordId)>,
}

/// Every key of a document with its values, the one shown first.
type Values = BTreeMap<String, Vec<Scalar>>;

/// Projects a document. Never fails: what cannot be read is left out and named.
#[must_use]
pub fn project(doc: &Document) -> Projected {
    let values = doc.values_by_key();
    let text_of = |key: &str| match values.get(key).and_then(|held| held.first()) {
        Some(Scalar::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let name = text_of("_kind").unwrap_or_default();
    let mut out = Projected {
        kind: name.clone(),
        body: Map::new(),
        deleted: text_of("deleted").filter(|why| !why.is_empty()),
        merged_into: text_of("merged_into").and_then(|id| id.parse().ok()),
        clashes: BTreeMap::new(),
        unreadable: Vec::new(),
        withheld: false,
        title: String::new(),
        subtitle: String::new(),
        search: String::new(),
        sort: Vec::new(),
        refs: Vec::new(),
    };
    for field in fields(&name).iter().filter(|f| f.holds.is_set()) {
        ticks(&values, field, &mut out);
    }
    for (key, held) in &values {
        match key.split_once('/') {
            _ if key.starts_with('_') => {}
            Some((set, _)) => unknown_tick(&values, &name, set, &mut out),
            None => register(doc, &name, key, held, &mut out),
        }
    }
    let answers = values.get(consent::FIELD).map_or(&[][..], Vec::as_slice);
    for field in consent::withheld(&name, answers) {
        out.body.remove(&field.name);
        out.clashes.remove(&field.name);
        out.refs.retain(|(named, _)| *named != field.name);
        out.withheld = true;
    }
    if let Some(kind) = kind(&name) {
        dress(kind, &mut out);
    }
    out
}

/// A set this version knows. Items of a set of ids that are none are left out and the set is named unreadable.
fn ticks(values: &Values, field: &Field, out: &mut Projected) {
    let mut items = patch::items_in(values, &field.name);
    if field.holds == Type::Ids {
        let held = items.len();
        items.retain(|item| item.parse::<RecordId>().is_ok());
        if items.len() < held {
            out.unreadable.push(field.name.clone());
        }
        let ids = items.iter().filter_map(|item| item.parse().ok());
        out.refs.extend(ids.map(|id| (field.name.clone(), id)));
    }
    let items = items.into_iter().map(Value::String).collect();
    out.body.insert(field.name.clone(), items);
}

/// A set of a newer version is kept and shown as an array of its items, whatever they are.
fn unknown_tick(values: &Values, kind: &str, set: &str, out: &mut Projected) {
    if field(kind, set).is_none() && !out.body.contains_key(set) {
        let items = patch::items_in(values, set);
        out.body.insert(
            set.to_owned(),
            items.into_iter().map(Value::String).collect(),
        );
    }
}

fn register(doc: &Document, kind: &str, key: &str, held: &[Scalar], out: &mut Projected) {
    let known = field(kind, key);
    let safe = known.and_then(|f| f.safe.clone()).map(Scalar::Text);
    let taken = safe.filter(|safe| held.contains(safe));
    let settled = taken.is_some();
    let Some(shown) = taken.as_ref().or(held.first()) else {
        return;
    };
    if *shown == Scalar::Null {
        // Nothing was said: neither a value nor a wrong one.
    } else if known.is_some_and(|field| !fits(field, shown)) {
        out.unreadable.push(key.to_owned());
    } else {
        if let (Some(Type::Id), Scalar::Text(id)) = (known.map(|f| f.holds), shown) {
            out.refs
                .extend(id.parse().ok().map(|id| (key.to_owned(), id)));
        }
        out.body.insert(key.to_owned(), shown.to_json());
    }
    if !settled && held.iter().any(|value| value != shown) {
        out.clashes.insert(key.to_owned(), doc.get(key));
    }
}

fn fits(field: &Field, value: &Scalar) -> bool {
    match (field.holds, value) {
        (Type::Text, Scalar::Text(_))
        | (Type::Bool, Scalar::Bool(_))
        | (Type::Integer, Scalar::Int(_)) => true,
        (Type::Day, Scalar::Text(day)) => day.parse::<LocalDate>().is_ok(),
        (Type::Id, Scalar::Text(id)) => id.parse::<RecordId>().is_ok(),
        _ => false,
    }
}

/// Title, subtitle, search and order, from the kind's row and its fields' words. Titles are Vietnamese; a screen in
/// another language takes the fields.
fn dress(kind: &Kind, out: &mut Projected) {
    let shown = |name: &str| match (out.body.get(name), field(kind.name, name)) {
        (
            Some(Value::String(code)),
            Some(Field {
                catalog: Some(catalog),
                ..
            }),
        ) => catalog::item(catalog, code)
            .map_or(NEWER, |item| &item.vi)
            .to_owned(),
        (
            Some(Value::String(day)),
            Some(Field {
                holds: Type::Day, ..
            }),
        ) => day.parse().map_or_else(|_| day.clone(), LocalDate::display),
        (Some(Value::String(text)), _) if name == "phone" => phone::display(text),
        (Some(Value::String(text)), _) => text.clone(),
        (Some(Value::Number(n)), _) => n.to_string(),
        _ => String::new(),
    };
    let plain = |name: &str| {
        out.body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let mut title = shown(kind.title);
    if title.is_empty() && out.withheld {
        consent::NAMELESS.clone_into(&mut title);
    }
    let parts: Vec<String> = kind
        .subtitle
        .iter()
        .map(|f| shown(f))
        .filter(|t| !t.is_empty())
        .collect();
    let found: Vec<String> = fields(kind.name)
        .iter()
        .filter(|f| f.find)
        .map(|f| shown(&f.name))
        .chain(
            out.body
                .get("phone")
                .and_then(Value::as_str)
                .map(|p| p.replace("+84", "0")),
        )
        .filter(|t| !t.is_empty())
        .collect();
    out.search = text::fold(&found.join(" "));
    out.sort = match kind.order {
        Order::Person => sort::person_key(&title),
        Order::Text => sort::text_key(&title),
        Order::Day => sort::day_key(plain(kind.title)),
    };
    out.title = title;
    out.subtitle = parts.join(" · ");
}

/// Codes and fields of a projected record that this version does not know: shown as "khác (bản mới hơn)".
#[must_use]
pub fn newer(kind: &str, body: &Map<String, Value>) -> BTreeSet<String> {
    body.keys()
        .filter(|name| field(kind, name).is_none())
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::Actor;
    use crate::patch::{genesis, to_patch};
    use serde_json::json;

    fn write(doc: &mut Document, actor: u8, input: Value) -> Vec<u8> {
        let patch = to_patch("household", input.as_object().unwrap(), Some(doc)).unwrap();
        let patch = if doc.is_empty() {
            genesis("household", [7; 16], patch)
        } else {
            patch
        };
        doc.write(Actor([actor; 16]), &patch, 1_790_000_000)
            .unwrap()
            .unwrap()
    }

    #[test]
    fn lan_and_pao_edit_one_household_in_the_same_hour() {
        let mut lan = Document::new();
        let first = write(
            &mut lan,
            1,
            json!({"head_name": "Lò Văn Đức", "cluster": "Bản Trên", "assigned": ["018f3a52-77aa-7000-8000-000000000001"]}),
        );
        let mut pao = Document::new();
        pao.apply(&first).unwrap();
        let by_lan = write(
            &mut lan,
            1,
            json!({"head_name": "Lò Văn Đực", "phone": "0912 345 678"}),
        );
        let by_pao = write(
            &mut pao,
            2,
            json!({"head_name": "Lò Văn Đức A", "address": "Đầu dốc", "assigned": []}),
        );
        lan.apply(&by_pao).unwrap();
        pao.apply(&by_lan).unwrap();
        let seen = project(&lan);
        assert_eq!(seen, project(&pao));
        assert_eq!(seen.body.get("phone"), Some(&json!("+84912345678")));
        assert_eq!(seen.body.get("address"), Some(&json!("Đầu dốc")));
        assert_eq!(seen.body.get("assigned"), Some(&json!([])));
        assert_eq!(seen.clashes.keys().collect::<Vec<_>>(), ["head_name"]);
        assert_eq!(seen.clashes.get("head_name").unwrap().len(), 2);
        assert!(
            seen.search.contains("lo van duc") && seen.search.contains("0912345678"),
            "{}",
            seen.search
        );
    }

    #[test]
    fn equal_values_written_at_once_are_no_clash() {
        let mut lan = Document::new();
        let first = write(&mut lan, 1, json!({"head_name": "Lầu Bá Đủa"}));
        let mut pao = Document::new();
        pao.apply(&first).unwrap();
        write(&mut lan, 1, json!({"cluster": "Bản Trên"}));
        let by_pao = write(&mut pao, 2, json!({"cluster": " Bản  Trên"}));
        lan.apply(&by_pao).unwrap();
        assert_eq!(lan.get("cluster").len(), 2);
        assert!(project(&lan).clashes.is_empty());
    }

    #[test]
    fn a_withdrawal_beats_a_consent_given_in_the_same_hour() {
        let mut lan = Document::new();
        let first = write(&mut lan, 1, json!({"head_name": "Vừ Thị Mỷ"}));
        for (one, other) in [("dong_y", "rut_lai"), ("rut_lai", "dong_y")] {
            let (mut lan, mut pao) = (lan.clone(), Document::new());
            pao.apply(&first).unwrap();
            write(&mut lan, 1, json!({"consent": one}));
            let by_pao = write(&mut pao, 2, json!({"consent": other}));
            lan.apply(&by_pao).unwrap();
            let seen = project(&lan);
            assert_eq!(seen.body.get("consent"), Some(&json!("rut_lai")));
            assert!(seen.clashes.is_empty());
        }
    }

    #[test]
    fn what_somebody_does_not_agree_to_is_shown_nowhere() {
        let mut lan = Document::new();
        let agreed = json!({"head_name": "Vừ Thị Mỷ", "phone": "0912 345 678", "note": "Hỏi bà", "consent": "dong_y"});
        let first = write(&mut lan, 1, agreed);
        let mut pao = Document::new();
        pao.apply(&first).unwrap();
        let shown = project(&lan);
        assert!(!shown.withheld && shown.body.contains_key("phone"));
        assert!(shown.search.contains("0912345678"));
        // One of two who ask at the same time hears a no, the other writes another number meanwhile.
        let by_lan = write(&mut lan, 1, json!({"consent": "khong_dong_y"}));
        let by_pao = write(
            &mut pao,
            2,
            json!({"consent": "dong_y", "phone": "0933 333 333"}),
        );
        lan.apply(&by_pao).unwrap();
        pao.apply(&by_lan).unwrap();
        for seen in [project(&lan), project(&pao)] {
            assert!(seen.withheld && seen.title == "Vừ Thị Mỷ");
            assert!(!seen.body.contains_key("phone") && !seen.body.contains_key("note"));
            assert!(
                !seen.search.contains("09") && !seen.clashes.contains_key("phone"),
                "{}",
                seen.search
            );
        }
        write(&mut lan, 1, json!({"consent": "dong_y"}));
        assert_eq!(project(&lan).body.get("note"), Some(&json!("Hỏi bà")));
    }

    #[test]
    fn an_old_phone_keeps_what_it_does_not_know() {
        let mut doc = Document::new();
        let mut patch = genesis("visit", [1; 16], Patch::new());
        patch.insert("day".into(), Some(Scalar::Text("2026-11-24".into())));
        patch.insert("contact".into(), Some(Scalar::Text("ma_moi".into())));
        patch.insert("mood".into(), Some(Scalar::Int(5)));
        patch.insert("people_reached".into(), Some(Scalar::Text("ba".into())));
        doc.write(Actor([1; 16]), &patch, 1).unwrap();
        let seen = project(&doc);
        assert_eq!(seen.body.get("mood"), Some(&json!(5)));
        assert_eq!(seen.body.get("contact"), Some(&json!("ma_moi")));
        assert_eq!(seen.unreadable, ["people_reached"]);
        assert_eq!(
            newer("visit", &seen.body).into_iter().collect::<Vec<_>>(),
            ["mood"]
        );
        let edit = to_patch(
            "visit",
            json!({"note": "xong"}).as_object().unwrap(),
            Some(&doc),
        )
        .unwrap();
        doc.write(Actor([2; 16]), &edit, 2).unwrap();
        assert_eq!(project(&doc).body.get("mood"), Some(&json!(5)));
        let refused = to_patch(
            "visit",
            json!({"moood": 5}).as_object().unwrap(),
            Some(&doc),
        );
        assert_eq!(refused.unwrap_err().first().unwrap().code, "unknown_field");
    }

    #[test]
    fn a_visit_in_a_list_reads_as_people_say_it() {
        let mut doc = Document::new();
        let asked = json!({"day": "2026-11-24", "contact": "vang_nha"});
        let patch = to_patch("visit", asked.as_object().unwrap(), None).unwrap();
        doc.write(Actor([1; 16]), &genesis("visit", [1; 16], patch), 1)
            .unwrap();
        let seen = project(&doc);
        assert_eq!(
            (seen.title.as_str(), seen.subtitle.as_str()),
            ("24/11/2026", "Vắng nhà")
        );
        assert_eq!(seen.sort, sort::day_key("2026-11-24"));
    }

    #[test]
    fn what_a_newer_or_a_hostile_phone_wrote_is_kept_apart() {
        let mut doc = Document::new();
        let mut patch = genesis("household", [1; 16], Patch::new());
        let text = |t: &str| Some(Scalar::Text(t.into()));
        patch.insert("head_name".into(), text("Páo"));
        patch.insert(
            "assigned/018f3a52-77aa-7000-8000-000000000001".into(),
            Some(Scalar::Bool(true)),
        );
        patch.insert(
            "assigned/018f3a52-77aa-7000-8000-000000000002".into(),
            Some(Scalar::Bool(false)),
        );
        patch.insert("assigned/Lan".into(), Some(Scalar::Bool(true)));
        patch.insert("badges/gia_dinh_so".into(), Some(Scalar::Bool(true)));
        patch.insert("people".into(), text("đông"));
        patch.insert("phone".into(), Some(Scalar::Null));
        doc.write(Actor([1; 16]), &patch, 1).unwrap();
        let seen = project(&doc);
        assert_eq!(
            seen.body.get("assigned"),
            Some(&json!(["018f3a52-77aa-7000-8000-000000000001"]))
        );
        assert_eq!(seen.body.get("badges"), Some(&json!(["gia_dinh_so"])));
        assert_eq!(seen.unreadable, ["assigned", "people"]);
        assert_eq!(seen.refs.len(), 1);
        assert!(!seen.body.contains_key("phone"));
    }

    type Patch = crate::crdt::Patch;
}
