//! The database key, wrapped by what a person knows and, where there is one, by the platform's key store.
//!
//! A six-digit PIN alone cannot be stretched to safety against a copied folder; the key store's half is what makes the
//! phone itself answer each guess. Nothing here ever wipes: work that is not yet sent outlives any number of wrong tries.

use crate::durable;
use crate::error::{Result, StoreError};
use crate::key_store::KeyStore;
use crate::seal;
use crate::secret::{DatabaseKey, derive, fill};
use crate::tries::{FREE, Tries};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use zeroize::Zeroizing;

/// Name of the file in the profile's folder.
const KEY: &str = "key.json";
/// Most memory a key file may ask for; a tampered one must not take the phone down.
const MEMORY_KIB_MAX: u32 = 1 << 20;
const PASSES_MAX: u32 = 64;

/// What a person types. Holds no copy.
#[derive(Clone, Copy)]
pub enum Secret<'a> {
    /// Six digits.
    Pin(&'a str),
    /// At least twelve characters.
    Passphrase(&'a str),
}

impl std::fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What one guess costs (Argon2id). Stored in the key file, so that raising it later opens old files still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// For people: 32 MiB, three passes; about half a second on a cheap phone.
    pub const DEVICE: Self = Self {
        memory_kib: 32 * 1024,
        passes: 3,
        lanes: 1,
    };
}

/// The key file.
#[derive(Serialize, Deserialize)]
struct File {
    /// Version of this file's shape.
    v: u32,
    /// `pin` or `passphrase`: what the screen asks for.
    asks: Asks,
    #[serde(flatten)]
    cost: Cost,
    salt: [u8; 16],
    /// Name of the other half in the platform's key store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_store: Option<String>,
    /// Nonce, wrapped key, tag.
    wrapped: Vec<u8>,
}

/// What the person is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// A PIN of six digits.
    Pin,
    /// A passphrase.
    Passphrase,
}

/// Makes a new key and its file. `store` is the platform's key store, when there is one.
///
/// Errors: `pin_shape`; `db` when a key file is there already; `disk_full`, `read_only`.
pub fn create(
    folder: &Path,
    secret: Secret<'_>,
    cost: Cost,
    store: Option<&dyn KeyStore>,
) -> Result<DatabaseKey> {
    let key = DatabaseKey::random()?;
    keep(folder, &key, secret, cost, store)?;
    Ok(key)
}

/// Makes the file of a key that is there already: a profile came back from its backup.
///
/// Errors: `pin_shape`; `db` when a key file is there already; `disk_full`, `read_only`.
pub fn keep(
    folder: &Path,
    key: &DatabaseKey,
    secret: Secret<'_>,
    cost: Cost,
    store: Option<&dyn KeyStore>,
) -> Result<()> {
    shape(secret)?;
    if fs::exists(folder.join(KEY))? {
        return Err(StoreError::Db("a key file is there already".into()));
    }
    let name = store.map(half).transpose()?;
    wrap(folder, key, secret, cost, name, store)?;
    Tries::create(folder)
}

/// What this profile asks for; `None` when it has no key file.
pub fn asks(folder: &Path) -> Result<Option<Asks>> {
    match read(folder) {
        Ok(file) => Ok(Some(file.asks)),
        Err(StoreError::NoKey) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the key. The try is counted, on disk, before it is checked. `steady` is where a clock stands that nobody sets:
/// milliseconds since the machine or the process started; delays are measured by it.
///
/// Errors: `pin_wait` (nothing was checked or counted), `pin_wrong`, `key_lost`, `key_missing`, `key_damaged`, `pin_shape`.
pub fn unlock(
    folder: &Path,
    secret: Secret<'_>,
    steady: i64,
    store: Option<&dyn KeyStore>,
) -> Result<DatabaseKey> {
    let file = read(folder)?;
    shape(secret)?;
    // Looked for first: a lost half is no wrong try, and must not look like one.
    let other = other_half(&file, store)?;
    let before = Tries::read(folder, steady)?;
    let wait_ms = before.wait(steady);
    if wait_ms > 0 {
        return Err(StoreError::Wait { wait_ms });
    }
    let tries = before.add(folder, steady)?;
    let wrapping = stretch(secret, &file.salt, file.cost, other.as_deref())?;
    let opened = seal::open(&wrapping, &file.wrapped, bound(file.asks)).map(Zeroizing::new);
    let Some(bytes) = opened.and_then(|text| <[u8; 32]>::try_from(text.as_slice()).ok()) else {
        return Err(StoreError::WrongSecret {
            free_left: FREE.saturating_sub(tries.count),
        });
    };
    // Failing to forget the wrong tries must not lock out who knew the secret.
    drop(tries.clear(folder));
    Ok(DatabaseKey::from_bytes(bytes))
}

/// Puts a new secret in place of the old one, which is checked and counted like any try. The database key stays.
pub fn change(
    folder: &Path,
    old: Secret<'_>,
    new: Secret<'_>,
    cost: Cost,
    steady: i64,
    store: Option<&dyn KeyStore>,
) -> Result<()> {
    shape(new)?;
    let key = unlock(folder, old, steady, store)?;
    let name = read(folder)?.key_store;
    wrap(folder, &key, new, cost, name, store)
}

/// Milliseconds until the next try is allowed where the steady clock stands now; 0 when it is.
#[must_use]
pub fn wait_ms(folder: &Path, steady: i64) -> i64 {
    // Where nothing can be written no try can be counted, and so none is allowed: what it would say is told by the try.
    Tries::read(folder, steady).map_or(0, |tries| tries.wait(steady))
}

fn shape(secret: Secret<'_>) -> Result<()> {
    let fits = match secret {
        Secret::Pin(pin) => pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()),
        Secret::Passphrase(text) => text.chars().count() >= 12,
    };
    if fits {
        Ok(())
    } else {
        Err(StoreError::SecretShape)
    }
}

fn read(folder: &Path) -> Result<File> {
    let bytes = match fs::read(folder.join(KEY)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::NoKey);
        }
        Err(error) => return Err(error.into()),
    };
    let file: File = serde_json::from_slice(&bytes).map_err(|_| StoreError::KeyDamaged)?;
    let sane =
        file.v == 1 && file.cost.memory_kib <= MEMORY_KIB_MAX && file.cost.passes <= PASSES_MAX;
    if sane {
        Ok(file)
    } else {
        Err(StoreError::KeyDamaged)
    }
}

/// Makes the key store's half and returns its name.
fn half(store: &dyn KeyStore) -> Result<String> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    let mut random = [0_u8; 8];
    fill(bytes.as_mut_slice())?;
    fill(&mut random)?;
    let name = format!("toso-{:016x}", u64::from_le_bytes(random));
    store.put(&name, &bytes)?;
    Ok(name)
}

/// The key store's half of a profile's key; `None` where it has none. Errors: `key_missing`, `key_damaged`, `key_lost`.
pub(crate) fn other_half_of(
    folder: &Path,
    store: Option<&dyn KeyStore>,
) -> Result<Option<Zeroizing<[u8; 32]>>> {
    other_half(&read(folder)?, store)
}

fn other_half(file: &File, store: Option<&dyn KeyStore>) -> Result<Option<Zeroizing<[u8; 32]>>> {
    let Some(name) = &file.key_store else {
        return Ok(None);
    };
    let found = store.map(|store| store.get(name)).transpose()?.flatten();
    found.map(Some).ok_or(StoreError::KeyLost)
}

fn wrap(
    folder: &Path,
    key: &DatabaseKey,
    secret: Secret<'_>,
    cost: Cost,
    key_store: Option<String>,
    store: Option<&dyn KeyStore>,
) -> Result<()> {
    let asks = match secret {
        Secret::Pin(_) => Asks::Pin,
        Secret::Passphrase(_) => Asks::Passphrase,
    };
    let mut file = File {
        v: 1,
        asks,
        cost,
        salt: [0; 16],
        key_store,
        wrapped: Vec::new(),
    };
    fill(&mut file.salt)?;
    let other = other_half(&file, store)?;
    let wrapping = stretch(secret, &file.salt, cost, other.as_deref())?;
    file.wrapped = seal::seal(&wrapping, key.bytes(), bound(asks))?;
    durable::replace(folder, KEY, &serde_json::to_vec(&file)?)
}

/// Argon2id over the secret, joined with the key store's half.
fn stretch(
    secret: Secret<'_>,
    salt: &[u8; 16],
    cost: Cost,
    other: Option<&[u8; 32]>,
) -> Result<Zeroizing<[u8; 32]>> {
    let text = match secret {
        Secret::Pin(text) | Secret::Passphrase(text) => text,
    };
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .map_err(|_| StoreError::KeyDamaged)?;
    let mut both = Zeroizing::new([0_u8; 64]);
    let (mine, theirs) = both.split_at_mut(32);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(text.as_bytes(), salt, mine)
        .map_err(|_| StoreError::KeyDamaged)?;
    theirs.copy_from_slice(other.unwrap_or(&[0; 32]));
    derive(
        both.as_slice(),
        if other.is_some() {
            "wrap/both"
        } else {
            "wrap/secret"
        },
    )
}

fn bound(asks: Asks) -> &'static [u8] {
    match asks {
        Asks::Pin => b"toso key 1 pin",
        Asks::Passphrase => b"toso key 1 passphrase",
    }
}
