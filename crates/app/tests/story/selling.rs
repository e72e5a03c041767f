//! Whether a maker can prove who sells is asked once, of the maker or about a product.

use crate::world::Commune;
use serde_json::{Value, json};
use toso_sync::ruling::Role;

#[test]
fn what_is_known_of_a_maker_holds_for_each_of_its_products_until_one_says_otherwise() {
    let (commune, _staff) = Commune::new();
    let lan = commune.person("Lan", &[Role::Member], "123456");
    let make = |kind: &str, fields: Value| {
        let input = json!({ "space": commune.team, "kind": kind, "fields": fields });
        lan.done("record.create", input)["id"].clone()
    };
    let ready = |id: &Value| {
        let told = lan.done("product.list", json!({}));
        let items = told["items"].as_array().unwrap().clone();
        let found = items.into_iter().find(|one| one["id"] == *id).unwrap();
        found["seller_ready"].clone()
    };
    let maker = make(
        "ocop_subject",
        json!({ "name": "HTX Chè Shan", "vneid_ready": "co" }),
    );
    let of_maker = |name: &str| {
        make(
            "ocop_product",
            json!({ "name": name, "state": "duoc_cong_nhan", "subject": maker }),
        )
    };
    let (tea, honey) = (of_maker("Chè Shan"), of_maker("Mật ong bạc hà"));
    let alone = make(
        "ocop_product",
        json!({ "name": "Gà đen", "state": "duoc_cong_nhan" }),
    );
    assert_eq!((ready(&tea), ready(&alone)), (json!("co"), Value::Null));
    let patch = json!({ "id": honey, "patch": { "seller_ready": "khong" } });
    lan.done("record.save", patch);
    assert_eq!((ready(&tea), ready(&honey)), (json!("co"), json!("khong")));
}
