//! Where things lie.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The project's root directory: the clone that Cargo runs this for. Clones that share a target
/// directory share the program too, and where it was compiled may be another one or gone.
pub(crate) fn root() -> PathBuf {
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let crate_dir = run.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    // The crate lies one level below the root.
    crate_dir.parent().map_or_else(|| crate_dir.clone(), Path::to_path_buf)
}

/// Scratch space of these commands: stamps and logs. Below `target/` even where
/// `CARGO_TARGET_DIR` points elsewhere: they belong to this clone.
pub(crate) fn scratch() -> PathBuf {
    root().join("target/xtask")
}

/// Cargo's own output.
pub(crate) fn cargo_target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root().join(dir),
        _ => root().join("target"),
    }
}

/// The cache shared by all clones: `$CHIAKHOA_CACHE`, or `chiakhoa` in the user's cache.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(dir) = set("CHIAKHOA_CACHE") {
        return std::path::absolute(dir).context("CHIAKHOA_CACHE");
    }
    let base = match set("XDG_CACHE_HOME") {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(set("HOME").context("HOME is not set; set CHIAKHOA_CACHE")?)
            .join(".cache"),
    };
    Ok(base.join("chiakhoa"))
}

/// A command installed from npm.
pub(crate) fn npm_bin(name: &str) -> PathBuf {
    root().join("node_modules/.bin").join(name)
}

/// `path` as seen from the root, for messages.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
