//! The platform's own place for keys (Android Keystore, a desktop keyring). Having none is normal.

use crate::error::{Result, StoreError};
use std::collections::BTreeMap;
use std::sync::Mutex;
use zeroize::Zeroizing;

/// Keeps 32-byte keys under names, outside the profile's folder, so that a copied folder opens nowhere else.
pub trait KeyStore {
    /// Keeps a key; an older one of this name is replaced.
    fn put(&self, name: &str, key: &[u8; 32]) -> Result<()>;
    /// The key, or `None` when the platform lost it. Never makes a new one: that would lock the data out for good.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>>;
}

/// A key store in memory, for tests: it can lose what it holds.
#[derive(Default)]
pub struct MemoryKeys(Mutex<BTreeMap<String, Zeroizing<[u8; 32]>>>);

impl MemoryKeys {
    /// Loses every key, as a platform does after a reset of the lock screen.
    pub fn lose(&self) {
        if let Ok(mut keys) = self.0.lock() {
            keys.clear();
        }
    }

    /// Names it holds, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0
            .lock()
            .map(|keys| keys.keys().cloned().collect())
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for MemoryKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryKeys").finish_non_exhaustive()
    }
}

impl KeyStore for MemoryKeys {
    fn put(&self, name: &str, key: &[u8; 32]) -> Result<()> {
        let mut keys = self.0.lock().map_err(|_| StoreError::KeyLost)?;
        keys.insert(name.to_owned(), Zeroizing::new(*key));
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>> {
        Ok(self
            .0
            .lock()
            .map_err(|_| StoreError::KeyLost)?
            .get(name)
            .cloned())
    }
}
