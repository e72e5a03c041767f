//! The phone's key store: its half of a profile's key, sealed by a key that the hardware never gives out.

use crate::native::Native;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use toso_store::{KeyStore, Result, StoreError};
use zeroize::Zeroizing;

/// Android's Keystore, or what stands for it.
#[derive(Debug)]
pub struct PhoneKeys<N>(N);

impl<N: Native> PhoneKeys<N> {
    /// Over a way to the phone's code.
    #[must_use]
    pub fn new(native: N) -> Self {
        Self(native)
    }

    fn ask(&self, command: &str, input: Value) -> Result<Value> {
        let told = self.0.ask(command, input);
        // Not told as lost: a phone that is busy or locked today opens the profile tomorrow.
        told.map_err(|refused| StoreError::Db(format!("key store: {}", refused.code)))
    }
}

impl<N: Native> KeyStore for PhoneKeys<N> {
    fn put(&self, name: &str, key: &[u8; 32]) -> Result<()> {
        let sealed = Zeroizing::new(STANDARD.encode(key));
        self.ask("put", json!({ "name": name, "key": *sealed }))?;
        // What cannot be read back was never kept, and a profile sealed with it would never open again.
        match self.get(name)? {
            Some(kept) if *kept == *key => Ok(()),
            _ => Err(StoreError::KeyLost),
        }
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<[u8; 32]>>> {
        let told = self.ask("get", json!({ "name": name }))?;
        let text = match told.get("key") {
            Some(Value::String(text)) => Zeroizing::new(text.clone()),
            Some(Value::Null) => return Ok(None),
            _ => return Err(StoreError::Db("key store: answer".into())),
        };
        let bytes = STANDARD.decode(text.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| StoreError::KeyDamaged)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice());
        key.map(|key| Some(Zeroizing::new(key)))
            .map_err(|_| StoreError::KeyDamaged)
    }
}

#[cfg(test)]
mod tests;
