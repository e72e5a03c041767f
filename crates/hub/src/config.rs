//! `hub.toml`: what the operator may set. The command line goes before the environment, the environment before the file.

use crate::error::{Done, HubError};
use crate::hub::Bounds;
use crate::quota::Quota;
use crate::serve::MetricsToken;
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
    /// New work taken from one device in an hour, MiB; 64 when not set.
    pub device_hour_mib: Option<u32>,
    /// New work taken from one device in a day, MiB; 256 when not set.
    pub device_day_mib: Option<u32>,
    /// What is kept set aside of one device, MiB; 64 when not set.
    pub device_tray_mib: Option<u32>,
    /// What all photos and papers together may take, MiB; as the disk allows when not set.
    pub files_mib: Option<u32>,
    /// What the database may grow to, MiB; as the disk allows when not set.
    pub database_mib: Option<u32>,
    /// Figures for Prometheus.
    #[serde(default)]
    pub metrics: Metrics,
}

/// Who may read the figures of `/metrics` from elsewhere; this machine itself always may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Whoever bears it, 32 characters or more; nobody when not set.
    pub token: Option<MetricsToken>,
}

impl Config {
    /// The bounds these settings state.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let mib = |n: u32| u64::from(n) * 1024 * 1024;
        let usual = Bounds::default();
        let quota = usual.quota;
        Bounds {
            quota: Quota {
                hour_bytes: self.device_hour_mib.map_or(quota.hour_bytes, mib),
                day_bytes: self.device_day_mib.map_or(quota.day_bytes, mib),
            },
            tray_bytes: self.device_tray_mib.map_or(usual.tray_bytes, mib),
            files_bytes: self.files_mib.map(mib),
            database_bytes: self.database_mib.map(mib),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_does_not_set_is_as_usual() {
        let bounds = |text: &str| Config::read(text).map(|config| config.bounds());
        assert_eq!(bounds("").unwrap(), Bounds::default());
        let set = "device_hour_mib = 1\ndevice_day_mib = 2\ndevice_tray_mib = 3\ndatabase_mib = 4\nfiles_mib = 5";
        let set = bounds(set).unwrap();
        let mib = 1024 * 1024;
        assert_eq!((set.quota.hour_bytes, set.quota.day_bytes), (mib, 2 * mib));
        assert_eq!(
            (set.tray_bytes, set.database_bytes, set.files_bytes),
            (3 * mib, Some(4 * mib), Some(5 * mib))
        );
        assert_eq!(bounds("device_hour = 1").unwrap_err().code, "bad_config");
    }

    #[test]
    fn a_token_that_can_be_guessed_is_refused_and_none_is_ever_shown() {
        let read = |token: &str| Config::read(&format!("[metrics]\ntoken = \"{token}\""));
        assert_eq!(read("bimat").unwrap_err().code, "bad_config");
        let long = "k3m9".repeat(8);
        let config = read(&long).unwrap();
        assert!(config.metrics.token.is_some());
        assert!(!format!("{config:?}").contains(&long));
    }
}
