//! What may be kept of a person only with their own yes, and is shown no more after a no.
//!
//! The answer for [`OWN`] stands on the household or person itself: it is asked before the fields it opens, and merges to
//! the safe side. Answers for other purposes are records of the kind `consent`.

use crate::crdt::Scalar;
use crate::schema::{Field, Problem, field, fields};
use serde_json::{Map, Value};

/// The purpose a household's or person's own field `consent` answers for: to be written down and followed up.
pub const OWN: &str = "quan_ly_ho_tro";
/// The field of that answer.
pub const FIELD: &str = "consent";
/// The one answer that opens fields.
pub const YES: &str = "dong_y";
/// What a list shows of somebody whose name is kept back.
pub(crate) const NAMELESS: &str = "(không đồng ý ghi tên)";

/// Fields of a kind that its own answer opens.
fn opened(kind: &str) -> impl Iterator<Item = &'static Field> {
    let asks = field(kind, FIELD).is_some();
    let own = |f: &&Field| f.consent.as_deref() == Some(OWN);
    fields(kind).iter().filter(own).filter(move |_| asks)
}

/// Whether a field says anything.
#[must_use]
pub fn filled(record: &Map<String, Value>, field: &str) -> bool {
    match record.get(field) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

/// Fields that are filled without a yes.
#[must_use]
pub fn needed(kind: &str, record: &Map<String, Value>) -> Vec<Problem> {
    if record.get(FIELD).and_then(Value::as_str) == Some(YES) {
        return Vec::new();
    }
    opened(kind)
        .filter(|f| filled(record, &f.name))
        .map(|f| Problem::new(&f.name, "consent_needed"))
        .collect()
}

/// Fields that are not shown: somebody said no, or took the yes back. Of several answers written at the same time one no
/// is enough. Nobody asked yet is no answer.
#[must_use]
pub fn withheld(kind: &str, answers: &[Scalar]) -> Vec<&'static Field> {
    let no = |answer: &Scalar| match answer {
        Scalar::Null => false,
        Scalar::Text(code) => !code.is_empty() && code != YES,
        _ => true,
    };
    if answers.iter().any(no) {
        opened(kind).collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::check;
    use serde_json::json;

    fn codes(kind: &str, record: &Value) -> Vec<(String, &'static str)> {
        let problems = check(kind, record.as_object().unwrap());
        problems.into_iter().map(|p| (p.field, p.code)).collect()
    }

    #[test]
    fn nothing_of_a_person_is_kept_without_a_yes() {
        for answer in [
            json!(null),
            json!("khong_dong_y"),
            json!("rut_lai"),
            json!(""),
        ] {
            let mut house =
                json!({ "head_name": "Lò Văn Páo", "phone": "+84912345678", "note": "" });
            let mut person = json!({ "full_name": "Vừ Thị Mỷ" });
            if !answer.is_null() {
                house["consent"] = answer.clone();
                person["consent"] = answer;
            }
            let phone = ("phone".to_owned(), "consent_needed");
            assert_eq!(codes("household", &house), [phone]);
            let name = ("full_name".to_owned(), "consent_needed");
            assert_eq!(codes("citizen", &person), [name]);
        }
        let house =
            json!({ "head_name": "Lò Văn Páo", "phone": "+84912345678", "consent": "dong_y" });
        assert_eq!(codes("household", &house), []);
    }

    #[test]
    fn a_picture_is_not_opened_by_an_answer_for_something_else() {
        let visit = json!({ "photo": ["x"], "note": "Hẹn lại" });
        assert_eq!(needed("visit", visit.as_object().unwrap()), []);
        let photo = field("visit", "photo").unwrap();
        assert!(photo.consent.is_some() && photo.when.is_none());
    }

    #[test]
    fn every_field_an_answer_opens_is_asked_with_it() {
        for (kind, known) in [("household", "phone"), ("citizen", "full_name")] {
            assert!(opened(kind).any(|field| field.name == known));
            for field in opened(kind) {
                let when = field.when.as_ref().unwrap();
                assert_eq!(
                    (when.field.as_str(), when.values.as_slice()),
                    (FIELD, [YES.to_owned()].as_slice())
                );
            }
        }
    }
}
