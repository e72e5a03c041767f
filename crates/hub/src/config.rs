//! `hub.toml`: what the operator may set. The command line goes before the environment, the environment before the file.

use crate::error::{Done, HubError};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::Path;

/// The operator's settings, each of them optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on.
    pub listen: Option<SocketAddr>,
    /// Address that codes give to devices, when it is not the one listened on.
    pub url: Option<String>,
    /// A proxy in front does TLS.
    #[serde(default)]
    pub behind_proxy: bool,
    /// SHA-256 of that proxy's certificate, hex: enrolling devices prove that they saw it.
    pub proxy_print: Option<String>,
}

impl Config {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// `bad_config` with the line.
    pub fn read(text: &str) -> Done<Self> {
        toml::from_str(text).map_err(|e| HubError::with("bad_config", e))
    }

    /// Reads the file at `path`; no file is no settings.
    ///
    /// # Errors
    /// `bad_config`.
    pub fn load(path: &Path) -> Done<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(&text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(e.into()),
        }
    }
}
