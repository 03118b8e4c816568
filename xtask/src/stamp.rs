//! Skipping work whose inputs did not change.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::paths;

/// The digest of everything one artefact is made from.
pub(crate) struct Inputs(Sha256);

impl Inputs {
    pub(crate) fn new() -> Self {
        // These commands' own code decides how things are built.
        Self(Sha256::new_with_prefix(env!("CARGO_PKG_VERSION")))
    }

    /// A setting that is not in a file.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.add(b"text", text.as_bytes());
        self
    }

    /// A file, or a directory with all below it; what does not exist counts as absent.
    /// Paths are taken from the root.
    pub(crate) fn path(mut self, path: &str) -> Result<Self> {
        for file in files(&paths::root().join(path))? {
            let content = std::fs::read(&file).with_context(|| file.display().to_string())?;
            self.add(paths::shown(&file).as_bytes(), &content);
        }
        Ok(self)
    }

    fn add(&mut self, name: &[u8], content: &[u8]) {
        for part in [name, content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    pub(crate) fn digest(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All files at or below `path`, sorted; without build output.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    if !path.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if !entry.file_type()?.is_dir() {
            found.push(entry.path());
        } else if ![
            "target",
            "node_modules",
            "build",
            "build-contract",
            "build-desk",
            "dist",
            "dist-guide",
            "out",
        ]
        .iter()
        .any(|made| name == *made)
        {
            found.extend(files(&entry.path())?);
        }
    }
    found.sort();
    Ok(found)
}

/// Does `work` unless `name` was made from the same inputs before and `product` still exists.
pub(crate) fn unless_fresh(
    name: &str,
    digest: &str,
    product: &Path,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stamp = stamp_file(name);
    if is_fresh(name, digest, product) {
        return Ok(());
    }
    // A half-made product must not pass for a whole one.
    let _ = std::fs::remove_file(&stamp);
    work()?;
    if !product.exists() {
        bail!("the build left no {}", paths::shown(product));
    }
    std::fs::create_dir_all(paths::scratch())?;
    std::fs::write(&stamp, digest).with_context(|| stamp.display().to_string())
}

pub(crate) fn is_fresh(name: &str, digest: &str, product: &Path) -> bool {
    product.exists() && std::fs::read_to_string(stamp_file(name)).is_ok_and(|old| old == digest)
}

fn stamp_file(name: &str) -> PathBuf {
    paths::scratch().join(format!("{name}.stamp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_changes_with_text_and_tells_neighbours_apart() {
        let digest = |a: &str, b: &str| Inputs::new().text(a).text(b).digest();
        assert_eq!(digest("a", "b"), digest("a", "b"));
        assert_ne!(digest("a", "b"), digest("ab", ""));
    }

    #[test]
    fn the_digest_covers_files_of_the_project() {
        let with = Inputs::new().path("Cargo.toml").unwrap().digest();
        assert_ne!(with, Inputs::new().digest());
        let absent = Inputs::new().path("no-such-file").unwrap().digest();
        assert_eq!(absent, Inputs::new().digest());
    }
}
