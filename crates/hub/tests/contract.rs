//! What every database of a hub must do. Written over the trait: another engine adds one line at the end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use toso_domain::crdt::{Actor, ChangeHash, Document, Patch, Scalar};
use toso_domain::id::{RecordId, SpaceId};
use toso_hub::db::sqlite::{FileKey, SqliteDb};
use toso_hub::db::{AuditRow, CodeRow, HubDb, PendingRow, TokenRow};
use toso_sync::id::{DeviceKey, Epoch, Head, RulingId};
use toso_sync::ruling::{Id16, Role};
use toso_sync::shelf::{EntryRow, PackRow, Verdict};

const SPACE: [u8; 16] = [1; 16];

fn pack(head: u8, arrived: u64) -> (PackRow, EntryRow) {
    let row = PackRow {
        head: Head([head; 16]),
        device: [2; 32],
        epoch: Epoch([3; 16]),
        seq: arrived,
        header: vec![head],
        sig: [4; 64],
        valid: true,
        arrived,
        received_at: 5,
    };
    let entry = EntryRow {
        pack: row.head,
        ix: 0,
        document: RecordId::from_bytes([6; 16]),
        kind: "visit".into(),
        hash: ChangeHash([head; 32]),
        verdict: Verdict::Hole,
        why: String::new(),
    };
    (row, entry)
}

fn packs_come_back_as_they_went_in(db: &mut impl HubDb) {
    let space = SpaceId::from_bytes(SPACE);
    let ((second, e2), (first, e1)) = (pack(8, 2), pack(9, 1));
    db.begin().unwrap();
    db.put_pack(space, &second, b"body", std::slice::from_ref(&e2))
        .unwrap();
    db.put_pack(space, &first, b"other", std::slice::from_ref(&e1))
        .unwrap();
    assert!(
        db.put_pack(space, &first, b"", &[]).is_err(),
        "held already"
    );
    db.commit().unwrap();
    assert_eq!(db.spaces().unwrap(), [space]);
    assert_eq!(db.packs(space).unwrap(), [first.clone(), second.clone()]);
    assert_eq!(db.body(space, &second.head).unwrap().unwrap(), b"body");
    assert_eq!(db.signature(space, &second.head).unwrap(), Some([4; 64]));
    assert_eq!(db.header(space, &Head([0; 16])).unwrap(), None);
    assert_eq!(
        db.entries_of_document(space, e1.document).unwrap(),
        [e1.clone(), e2.clone()]
    );
    assert_eq!(
        db.entries_of_change(space, &e2.hash).unwrap(),
        std::slice::from_ref(&e2)
    );
    assert_eq!(db.holes(space).unwrap(), [e2.hash, e1.hash]);
    db.set_verdict(space, &e1.pack, 0, Verdict::Refused, "role")
        .unwrap();
    db.set_valid(space, &first.head, false).unwrap();
    db.set_body(space, &first.head, b"healed").unwrap();
    let entry = &db.entries_of_pack(space, &first.head).unwrap()[0];
    assert_eq!(
        (entry.verdict, entry.why.as_str()),
        (Verdict::Refused, "role")
    );
    assert!(!db.packs(space).unwrap()[0].valid);
    assert_eq!(db.body(space, &first.head).unwrap().unwrap(), b"healed");
    let void = |device: u8| db.void_bytes(&DeviceKey([device; 32])).unwrap();
    assert_eq!(
        (void(2), void(3)),
        (1 + 64 + 6, 0),
        "of one device, of what is void"
    );
}

fn a_bound_is_told_as_a_full_disk_and_can_be_lifted(db: &mut impl HubDb) {
    let big = vec![7; 200_000];
    db.grow_no_further(Some(1)).unwrap();
    db.begin().unwrap();
    assert_eq!(db.set_value("big", &big).unwrap_err().code, "disk_full");
    db.rollback();
    assert_eq!(db.value("big").unwrap(), None, "and reading goes on");
    db.grow_no_further(None).unwrap();
    db.set_value("big", &big).unwrap();
    assert_eq!(db.value("big").unwrap().unwrap(), big);
}

fn a_transaction_undone_leaves_nothing(db: &mut impl HubDb) {
    db.set_value("a/1", b"x").unwrap();
    db.begin().unwrap();
    db.set_value("a/1", b"y").unwrap();
    db.set_value("a/2", b"y").unwrap();
    db.rollback();
    db.rollback();
    assert_eq!(db.value("a/1").unwrap().unwrap(), b"x");
    assert_eq!(db.value("a/2").unwrap(), None);
    db.set_value("a/1", b"").unwrap();
    assert_eq!(db.value("a/1").unwrap(), None, "empty is none");
    db.set_value("a%", b"x").unwrap();
    db.set_value("a%đ", b"x").unwrap();
    db.set_value("a&", b"x").unwrap();
    db.set_value("ab", b"x").unwrap();
    db.clear_values("a%").unwrap();
    assert!(db.value("ab").unwrap().is_some(), "a prefix, not a pattern");
    assert!(db.value("a&").unwrap().is_some(), "the next name stays");
    assert!(db.value("a%").unwrap().is_none() && db.value("a%đ").unwrap().is_none());
}

fn documents_tell_their_kind<D: HubDb>(db: &mut D) {
    let (space, id) = (SpaceId::from_bytes(SPACE), RecordId::from_bytes([7; 16]));
    let mut doc = Document::new();
    let patch = Patch::from([("_kind".into(), Some(Scalar::Text("team".into())))]);
    doc.write(Actor([1; 16]), &patch, 0).unwrap();
    db.put_document(space, id, &doc, D::view(&doc), true)
        .unwrap();
    db.put_document(space, id, &doc, D::view(&doc), false)
        .unwrap();
    assert_eq!(db.kind_of(space, id).unwrap().unwrap(), "team");
    assert_eq!(db.document(space, id).unwrap().unwrap(), doc.save());
    db.drop_document(space, id).unwrap();
    db.drop_document(space, id).unwrap();
    assert_eq!(db.kind_of(space, id).unwrap(), None);
}

fn rulings_wait_for_the_log(db: &mut impl HubDb) {
    let space = SpaceId::from_bytes(SPACE);
    db.put_ruling(&RulingId([1; 16]), "purge", None, b"one")
        .unwrap();
    db.put_ruling(&RulingId([1; 16]), "purge", None, b"again")
        .unwrap();
    db.put_ruling(&RulingId([2; 16]), "receipt", Some(space), b"two")
        .unwrap();
    assert_eq!(
        db.unlogged().unwrap(),
        [(RulingId([1; 16]), b"one".to_vec())]
    );
    db.set_logged(&[RulingId([1; 16])]).unwrap();
    assert!(db.unlogged().unwrap().is_empty());
    db.drop_ruling(&RulingId([2; 16])).unwrap();
    assert_eq!(db.rulings().unwrap(), [b"one".to_vec()]);
}

fn the_door_remembers(db: &mut impl HubDb) {
    let device = DeviceKey([9; 32]);
    let code = CodeRow {
        lookup: b"ABC".to_vec(),
        secret: [1; 32],
        member: Id16([2; 16]),
        roles: vec![Role::Member, Role::Lead],
        spaces: vec![Id16([3; 16]), Id16([4; 16])],
        all_spaces: false,
        at_once: false,
        expires: 100,
        tries: 4,
        used_by: Some(device),
    };
    db.put_code(&code).unwrap();
    assert_eq!(db.code(b"ABC").unwrap(), Some(code.clone()));
    let waiting = PendingRow {
        device,
        lookup: code.lookup.clone(),
        name: "Máy".into(),
        check_number: "012345".into(),
        asked_at: 1,
        refused: false,
    };
    db.put_pending(&waiting).unwrap();
    db.drop_codes(1_000).unwrap();
    assert!(db.code(b"ABC").unwrap().is_some(), "somebody waits on it");
    assert_eq!(db.all_pending().unwrap(), std::slice::from_ref(&waiting));
    assert_eq!(db.pending(&device).unwrap(), Some(waiting));
    db.drop_pending(&device).unwrap();
    db.drop_codes(1_000).unwrap();
    assert_eq!(db.code(b"ABC").unwrap(), None);
    let token = TokenRow {
        hash: [5; 32],
        device,
        expires: 10,
    };
    db.put_token(&token).unwrap();
    db.drop_expired_tokens(10).unwrap();
    assert_eq!(db.token(&[5; 32]).unwrap(), Some(token));
    db.drop_tokens_of(&device).unwrap();
    assert_eq!(db.token(&[5; 32]).unwrap(), None);
    db.set_seen(&device, 1).unwrap();
    db.set_seen(&device, 2).unwrap();
    assert_eq!(db.seen().unwrap()[&device], 2);
    db.set_secret("k", b"1").unwrap();
    db.set_secret("k", b"2").unwrap();
    assert_eq!(db.secret("k").unwrap().unwrap(), b"2");
}

fn the_trail_is_a_chain(db: &mut impl HubDb) {
    let row = |at| AuditRow {
        at,
        actor: DeviceKey([1; 32]),
        action: "device.revoke".into(),
        object: "device=01".into(),
        result: "ok".into(),
    };
    db.audit(&row(1)).unwrap();
    db.audit(&row(2)).unwrap();
    assert_eq!(db.audited().unwrap(), [row(1), row(2)]);
    db.scrub().unwrap();
}

fn whole_contract<D: HubDb>(mut fresh: impl FnMut() -> D) {
    packs_come_back_as_they_went_in(&mut fresh());
    a_bound_is_told_as_a_full_disk_and_can_be_lifted(&mut fresh());
    a_transaction_undone_leaves_nothing(&mut fresh());
    documents_tell_their_kind(&mut fresh());
    rulings_wait_for_the_log(&mut fresh());
    the_door_remembers(&mut fresh());
    the_trail_is_a_chain(&mut fresh());
}

#[test]
fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let mut n = 0;
    whole_contract(|| {
        n += 1;
        let path = folder.path().join(format!("{n}.db"));
        SqliteDb::open(&path, &FileKey::from_bytes([1; 32])).unwrap()
    });
}
