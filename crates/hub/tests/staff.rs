//! What staff may ask the hub, role by role, and what they do with a revoked phone's last work.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod stand;

use serde_json::{Value, json};
use stand::{Phone, Stand, approve, lan, pao};
use toso_domain::id::SpaceId;

/// A device of this role, let in by Lan.
fn holder(stand: &Stand, lan: &mut Phone, role: &str) -> Phone {
    let commune = lan.commune.unwrap();
    let member = lan.write(stand, commune, "member", role);
    lan.sync(stand, &[commune]).unwrap();
    let input = json!({ "member": member, "roles": [role] });
    let told = lan.staff(stand, "member.invite", input).unwrap();
    let mut phone = Phone::new();
    let state = phone.enrol(stand, told["code"].as_str().unwrap()).unwrap();
    assert_eq!(state, "pending", "{role}");
    let number = phone.check_number();
    approve(stand, lan, &phone, &number).unwrap();
    phone.state(stand);
    phone.open(stand).unwrap();
    phone
}

#[test]
fn every_call_is_denied_to_every_role_that_was_not_given_it() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let id = "00000000-0000-0000-0000-000000000001";
    let device = "11".repeat(32);
    let calls: [(&str, Value); 10] = [
        (
            "member.invite",
            json!({ "member": id, "roles": ["member"] }),
        ),
        ("device.list", json!({})),
        (
            "device.approve",
            json!({ "device": device, "check_number": "000000" }),
        ),
        (
            "device.revoke",
            json!({ "device": device, "reason": "thử" }),
        ),
        ("record.purge", json!({ "document": id, "subject": id })),
        (
            "device.rights",
            json!({ "device": device, "roles": ["member"] }),
        ),
        (
            "hand_over",
            json!({ "documents": [id], "from": id, "to": id }),
        ),
        ("tray.list", json!({})),
        ("tray.pack", json!({ "space": id, "head": "22".repeat(16) })),
        (
            "tray.approve",
            json!({ "space": id, "head": "22".repeat(16) }),
        ),
    ];
    for role in [
        "member", "lead", "school", "province", "leader", "staff", "admin",
    ] {
        let phone = holder(&stand, &mut lan, role);
        for (call, input) in &calls {
            let may = match role {
                "staff" | "admin" => true,
                "leader" => *call == "record.purge",
                _ => false,
            };
            let told = phone.staff(&stand, call, input.clone());
            let denied = told.err().as_deref() == Some("not_allowed");
            assert_eq!(denied, !may, "{role} {call}");
        }
        let told = phone.staff(&stand, "hub.stop", json!({}));
        assert_eq!(told.unwrap_err(), "no_such_call", "{role}");
    }
}

#[test]
fn staff_do_not_appoint_each_other_nor_unseat_an_administrator() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let hoa = holder(&stand, &mut lan, "staff");
    let commune = lan.commune.unwrap();
    let member = lan.write(&stand, commune, "member", "Bà Mỷ");
    lan.sync(&stand, &[commune]).unwrap();
    for role in ["staff", "leader", "admin"] {
        let input = json!({ "member": member, "roles": ["member", role] });
        let told = hoa.staff(&stand, "member.invite", input);
        assert_eq!(told.unwrap_err(), "not_allowed", "{role}");
    }
    let input = json!({ "member": member, "roles": ["staff"] });
    let told = lan.staff(&stand, "member.invite", input).unwrap();
    let mut my = Phone::new();
    my.enrol(&stand, told["code"].as_str().unwrap()).unwrap();
    let number = my.check_number();
    let refused = approve(&stand, &hoa, &my, &number);
    assert_eq!(refused.unwrap_err(), "not_allowed", "an administrator must");
    let input = json!({ "device": lan.name(), "reason": "thử" });
    let refused = hoa.staff(&stand, "device.revoke", input);
    assert_eq!(refused.unwrap_err(), "not_allowed");
    for input in [
        json!({ "member": member, "roles": ["king"] }),
        json!({ "member": member, "roles": [] }),
        json!({ "member": member }),
        json!({ "member": member, "roles": ["member"], "more": 1 }),
    ] {
        let told = lan.staff(&stand, "member.invite", input.clone());
        assert_eq!(told.unwrap_err(), "bad_input", "{input}");
    }
}

#[test]
fn a_revoked_phone_s_last_work_waits_in_the_tray_until_staff_let_it_count() {
    let stand = Stand::new();
    let mut lan = lan(&stand);
    let (mut pao, team) = pao(&stand, &mut lan);
    let commune = lan.commune.unwrap();
    let spaces = [commune, team];
    pao.write(&stand, team, "visit", "Trước khi mất máy");
    pao.sync(&stand, &spaces).unwrap();
    // In the hills, without signal, before he hears of it.
    let late = pao.write(&stand, team, "visit", "Nhà ông Tồng");
    let input = json!({ "device": pao.name(), "reason": "mất máy" });
    lan.staff(&stand, "device.revoke", input).unwrap();
    pao.open(&stand).unwrap();
    pao.sync(&stand, &spaces).unwrap();
    lan.sync(&stand, &spaces).unwrap();
    assert!(!lan.holds(team, late), "it does not count by itself");
    let tray = lan.staff(&stand, "tray.list", json!({})).unwrap();
    let row = tray
        .as_array()
        .unwrap()
        .iter()
        .find(|row| has(row, late.to_string().as_str()));
    let row = row.expect("in the tray");
    assert_eq!(
        (&row["device"], &row["revoked"]),
        (&json!(pao.name()), &json!(true))
    );
    let input = json!({ "space": row["space"], "head": row["head"] });
    lan.staff(&stand, "tray.approve", input.clone()).unwrap();
    let again = lan.staff(&stand, "tray.approve", input);
    assert_eq!(again.unwrap_err(), "not_found", "it left the tray");
    lan.sync(&stand, &spaces).unwrap();
    assert!(lan.holds(team, late));
    let other = SpaceId::from_bytes([9; 16]);
    let input = json!({ "space": other, "head": "22".repeat(16) });
    assert_eq!(
        lan.staff(&stand, "tray.approve", input).unwrap_err(),
        "not_found"
    );
}

fn has(row: &Value, document: &str) -> bool {
    let entries = row["entries"].as_array().unwrap();
    entries.iter().any(|e| e["document"] == json!(document))
}
