//! Who was revoked hands in what it has, and hears nothing of teams it never was in.

use toso_sync::message::{Ask, Digest, SpaceAsk, SpaceTell, digest_of_ids};
use toso_sync::pack::Hash32;
use toso_sync::ruling::Role;
use toso_tests::village::{Person, Village, neighbours, record, team};

/// What the hub says to somebody of a space.
fn told(village: &mut Village, who: &Person, space: toso_domain::id::SpaceId) -> SpaceTell {
    told_of(village, who, space, Vec::new())
}

/// The same to somebody who says that the bytes of these changes are missing.
fn told_of(
    village: &mut Village,
    who: &Person,
    space: toso_domain::id::SpaceId,
    holes: Vec<Hash32>,
) -> SpaceTell {
    let part = SpaceAsk {
        vector: Some(Vec::new()),
        holes,
        ..SpaceAsk::bare(space.into(), Digest([0; 16]))
    };
    let ids = village.hub.copy.book().ids(None);
    let ask = Ask {
        v: 1,
        rulings: digest_of_ids(&ids),
        ruling_ids: Some(ids),
        give_rulings: Vec::new(),
        spaces: vec![part],
    };
    village.hub.tells(who, &ask).spaces.remove(0)
}

#[test]
fn a_revoked_phone_hears_nothing_of_a_team_it_never_was_in() {
    let mut village = Village::new();
    let mut sung = village.hub.enrols(9, Role::Member);
    village
        .hub
        .certifies_for(&sung.secret, Role::Member, neighbours());
    village.hub.speaks_to(&mut sung);
    sung.spaces = vec![neighbours()];
    let name = [("head_name", "Giàng A Sùng")];
    sung.writes_in(neighbours(), record(7), "household", &name)
        .unwrap();
    village.hub.meets(&mut sung);
    village.lan.notes(record(1), &[("head_name", "Vừ Y Mai")]);
    village.hub.meets(&mut village.lan);
    let lan = std::mem::replace(&mut village.lan, village.hub.enrols(10, Role::Member));
    assert_eq!(told(&mut village, &lan, neighbours()).state, "not_in_space");
    village.hub.revokes(&lan);
    let elsewhere = told(&mut village, &lan, neighbours());
    assert_eq!(elsewhere.state, "not_in_space", "{elsewhere:?}");
    assert!(elsewhere.vector.is_empty() && elsewhere.receipts.is_empty());
    // Of its own team it sees what became of its own work.
    let own = told(&mut village, &lan, team());
    assert_eq!(own.state, "open");
    assert!(
        !own.vector.is_empty()
            && own.packs.iter().all(|pack| {
                let header = toso_sync::pack::read_header(&pack.header).unwrap();
                header.device == lan.secret.device()
            })
    );
}

#[test]
fn a_revoked_phone_that_names_another_s_change_as_missing_is_not_given_it() {
    let mut village = Village::new();
    let own = village.lan.notes(record(1), &[("head_name", "Vừ Y Mai")]);
    village.hub.meets(&mut village.lan);
    let lan = std::mem::replace(&mut village.lan, village.hub.enrols(10, Role::Member));
    village.hub.revokes(&lan);
    let new = village.pao.notes(record(2), &[("head_name", "Lầu Y Pà")]);
    village.hub.meets(&mut village.pao);
    let mut hashes = Vec::new();
    for head in [own, new] {
        let entries = village.hub.copy.entries(team(), &head).unwrap();
        hashes.extend(entries.iter().map(|entry| Hash32(entry.hash.0)));
    }
    let told = told_of(&mut village, &lan, team(), hashes);
    let given: Vec<_> = told
        .heals
        .iter()
        .map(|raw| toso_domain::crdt::read(&raw.0).unwrap())
        .collect();
    assert_eq!(given.len(), 1, "its own only");
    assert!(given.iter().all(|change| {
        change
            .ops
            .iter()
            .all(|op| op.write != Some(text("Lầu Y Pà")))
    }));
}

fn text(text: &str) -> toso_domain::crdt::Scalar {
    toso_domain::crdt::Scalar::Text(text.to_owned())
}
