//! What `cargo metadata` says, as far as the checks need it.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use crate::command;

/// The workspace and, when asked for, everything it pulls in.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    workspace_members: Vec<String>,
}

/// One package.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) license_file: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    manifest_path: String,
}

impl Package {
    /// What the package adds to an Android app's manifest; `None` for one that has no Kotlin.
    pub(crate) fn android_manifest(&self) -> anyhow::Result<Option<String>> {
        let folder = Path::new(&self.manifest_path).parent();
        let found = ["android", "mobile/android"]
            .into_iter()
            .find_map(|kotlin| {
                let path = folder?.join(kotlin).join("src/main/AndroidManifest.xml");
                path.is_file().then_some(path)
            });
        let text = found.map(std::fs::read_to_string).transpose();
        text.with_context(|| format!("the Android manifest of {}", self.name))
    }
}

/// One line of a package's manifest.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) path: Option<String>,
    pub(crate) optional: bool,
}

impl Metadata {
    /// The workspace's own manifests: quick and without network.
    pub(crate) fn own(root: &Path) -> anyhow::Result<Self> {
        Self::ask(root, &["--no-deps"])
    }

    /// Every package in the lock file, for every platform.
    pub(crate) fn all(root: &Path) -> anyhow::Result<Self> {
        Self::ask(root, &["--locked"])
    }

    fn ask(root: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut ask = command::cargo(root);
        ask.args(["metadata", "--format-version", "1"]).args(more);
        serde_json::from_str(&command::text(ask)?).context("cargo metadata has another shape")
    }

    /// The packages that live in this repository.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }
}

impl Package {
    /// The last part of the folder that holds the package: `domain`, `src-tauri`.
    pub(crate) fn folder(&self) -> &str {
        self.manifest_path.rsplit(['/', '\\']).nth(1).unwrap_or("")
    }
}

impl Dependency {
    /// The folder of a dependency that lives in this repository.
    pub(crate) fn folder(&self) -> Option<&str> {
        self.path.as_deref()?.rsplit(['/', '\\']).next()
    }
}
