//! What a device shows and what a hub holds, as one number each: for "nothing changed".

use crate::people::Somebody;
use crate::world::World;
use rusqlite::Connection;
use std::path::Path;
use toso_sync::key::sha256;

/// The rows a person has, of every place there is; nothing for who has no profile open.
pub fn of_device(world: &World, somebody: &Somebody) -> Vec<[u8; 32]> {
    let places = world.places.values();
    places
        .filter_map(|place| somebody.app.view_hash(place.space).ok())
        .collect()
}

/// A hub's database, read beside whoever serves it.
pub struct Hub(Connection);

/// All but what tells only that somebody asked: sessions, the time of the last visit, the trail.
const HELD: &str = "SELECT
    (SELECT coalesce(group_concat(hex(head) || valid, ' '), '') FROM (SELECT head, valid FROM pack ORDER BY space, head)),
    (SELECT coalesce(group_concat(hex(id), ' '), '') FROM (SELECT id FROM ruling ORDER BY id)),
    (SELECT coalesce(group_concat(hex(lookup) || coalesce(hex(used_by), '') || tries, ' '), '') FROM (SELECT * FROM code ORDER BY lookup)),
    (SELECT coalesce(group_concat(hex(device) || refused, ' '), '') FROM (SELECT * FROM pending ORDER BY device))";

impl Hub {
    pub fn open(data: &Path) -> Self {
        let key = std::fs::read_to_string(data.join("hub.key")).unwrap();
        let database = Connection::open(data.join("hub.db")).unwrap();
        let words = format!("PRAGMA key = \"x'{}'\"; PRAGMA query_only = 1", key.trim());
        database.execute_batch(&words).unwrap();
        Self(database)
    }

    /// Whether a code of this name is known: three characters, so that two hubs may have one of the same.
    pub fn has_code(&self, id: &str) -> bool {
        let sql = "SELECT count(*) FROM code WHERE lookup = ?1";
        let count = self
            .0
            .query_row(sql, [id.as_bytes()], |row| row.get::<_, i64>(0));
        count.unwrap() > 0
    }

    pub fn state(&self) -> [u8; 32] {
        let row = self.0.query_row(HELD, [], |row| {
            let parts: rusqlite::Result<Vec<String>> = (0..4).map(|n| row.get(n)).collect();
            parts
        });
        sha256(&[row.unwrap().join("|").as_bytes()])
    }
}
