//! Making a hub: its keys, its commune, its first code. The recovery key is told once and kept nowhere.

use crate::clock::{Clock, System};
use crate::core::secret;
use crate::db::sqlite::{FileKey, SqliteDb};
use crate::db::{CodeRow, HubDb};
use crate::error::{Done, HubError};
use crate::folder::{Folder, write_new};
use serde::Serialize;
use std::path::Path;
use toso_domain::id::RecordId;
use toso_sync::enrol::Code;
use toso_sync::key::{Random, Secret, sha256};
use toso_sync::ruling::{Id16, Role};
use toso_sync::shelf::Shelf;

/// How long the first code is good, milliseconds.
const STAFF_CODE: i64 = 60 * 60_000;

/// What `init` tells, once.
#[derive(Debug, Clone, Serialize)]
pub struct Made {
    /// The authority's public key, hex.
    pub hub_id: String,
    /// SHA-256 of the server's own TLS certificate, hex: what a device pins.
    pub key_fingerprint: String,
    /// Enrols the first staff device, at once active, within the hour.
    pub staff_code: String,
    /// Opens backups. Not kept by the hub.
    pub recovery_key: String,
}

/// Makes a hub called `name` in `folder`, with the operator's settings `config` when given.
///
/// # Errors
/// `exists` when the folder holds anything, `read_only`, `disk_full`.
pub fn init(folder: &Path, name: &str, config: Option<&str>, clock: &Clock) -> Done<Made> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(HubError::with("bad_input", "name"));
    }
    let folder = Folder::new(folder);
    folder.make()?;
    let made = fill(&folder, name, config, clock);
    if made.is_err() {
        // Half a hub is none: the folder was empty before.
        for path in [
            folder.key(),
            folder.database(),
            folder.log(),
            folder.config(),
        ] {
            drop(std::fs::remove_file(path));
        }
    }
    made
}

fn fill(folder: &Folder, name: &str, config: Option<&str>, clock: &Clock) -> Done<Made> {
    let mut random = System;
    let _lock = folder.lock()?;
    let key = FileKey::from_bytes(random.bytes32());
    folder.write_key(&key)?;
    if let Some(config) = config {
        write_new(&folder.config(), config.as_bytes())?;
    }
    let now = clock();
    let authority = Secret::from_bytes(&random.bytes32());
    let mut ten = [0; 10];
    random.fill(&mut ten);
    let commune = RecordId::v7(now, ten);
    let (tls_key, tls_cert, tls_print) = server_key()?;
    let (recovery_key, recipient) = crate::recovery::new_pair();
    let code = Code::random(&mut random);
    random.fill(&mut ten);
    let row = CodeRow {
        lookup: code.id().as_bytes().to_vec(),
        secret: code.secret().0,
        member: Id16::from(RecordId::v7(now, ten)),
        roles: vec![Role::Staff, Role::Admin],
        spaces: Vec::new(),
        all_spaces: true,
        at_once: true,
        expires: now + STAFF_CODE,
        tries: 0,
        used_by: None,
    };
    let mut db = SqliteDb::open(&folder.database(), &key)?;
    crate::folder::private(&folder.database(), 0o600)?;
    db.begin()?;
    for (name, bytes) in [
        (secret::AUTHORITY, &authority.to_bytes()[..]),
        (secret::COMMUNE, commune.as_bytes()),
        (secret::NAME, name.as_bytes()),
        (secret::EPOCH, &random.bytes16()),
        (secret::TLS_KEY, &tls_key),
        (secret::TLS_CERT, &tls_cert),
        (secret::TLS_PRINT, &tls_print),
        (secret::RECIPIENT, recipient.as_bytes()),
        // Now, so that every backup has it: one from before the first file could not open those that came after.
        (secret::FILES, &random.bytes32()),
    ] {
        db.set_secret(name, bytes)?;
    }
    db.put_code(&row)?;
    db.commit()?;
    write_new(&folder.log(), &[])?;
    folder.sync()?;
    Ok(Made {
        hub_id: authority.hub().to_string(),
        key_fingerprint: hex(&tls_print),
        staff_code: code.to_string(),
        recovery_key,
    })
}

/// A key of the server's own, a certificate that lasts, and the certificate's hash.
fn server_key() -> Done<(Vec<u8>, Vec<u8>, [u8; 32])> {
    let made = |e: rcgen::Error| HubError::with("io", e);
    let key = rcgen::KeyPair::generate().map_err(made)?;
    let params = rcgen::CertificateParams::new(vec!["toso-hub".to_owned()]).map_err(made)?;
    let cert = params.self_signed(&key).map_err(made)?;
    let print = sha256(&[cert.der()]);
    Ok((key.serialize_der(), cert.der().to_vec(), print))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
