//! The state of one local deployment: its database, its secrets, its configuration.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use hmac::{Hmac, Mac};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::paths;
use crate::process;
use crate::stamp::hex;

/// The file that marks a directory as ours: only such a one is ever emptied.
const MARKER: &str = "chiakhoa-state";
/// The database's id in the local configuration; its file's name derives from it.
const DATABASE: &str = "local";

/// What a server serves, by directory.
pub(crate) struct Served<'a> {
    pub(crate) worker: &'a Path,
    /// The desk's Worker, where it is one of its own.
    pub(crate) desk: Option<&'a Path>,
    pub(crate) site: &'a Path,
}

pub(crate) struct State {
    directory: PathBuf,
    /// Held as long as a server runs on the state.
    lock: Option<File>,
}

impl State {
    /// The state in `directory` (from the root when relative), made when it does not exist,
    /// emptied first when `reset`.
    pub(crate) fn open(directory: &str, reset: bool) -> Result<Self> {
        let directory = paths::root().join(directory);
        let shown = paths::shown(&directory);
        let marker = directory.join(MARKER);
        if directory.exists() && !marker.exists() && fs::read_dir(&directory)?.next().is_some() {
            bail!("{shown} holds something else than the state of this project");
        }
        let state = Self { lock: None, directory };
        if reset && marker.exists() {
            drop(state.take_lock()?);
            fs::remove_dir_all(&state.directory).with_context(|| shown.clone())?;
        }
        fs::create_dir_all(&state.directory).with_context(|| shown.clone())?;
        fs::write(marker, "State of a local deployment, made by `cargo xtask dev`.\n")?;
        Ok(state)
    }

    /// Keeps others from serving the same state.
    pub(crate) fn claim(&mut self) -> Result<()> {
        self.lock = Some(self.take_lock()?);
        Ok(())
    }

    fn take_lock(&self) -> Result<File> {
        let file = File::create(self.directory.join("lock"))?;
        if file.try_lock().is_err() {
            bail!("another `cargo xtask dev` runs on {}", paths::shown(&self.directory));
        }
        Ok(file)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Where the local D1 keeps the database.
    pub(crate) fn database(&self) -> Result<PathBuf> {
        let objects = self.file("data/v3/d1/miniflare-D1DatabaseObject");
        Ok(objects.join(format!("{}.sqlite", object_id("miniflare-D1DatabaseObject", DATABASE)?)))
    }

    /// Brings the schema up to date; returns the names of the migrations applied.
    pub(crate) fn migrate(&self) -> Result<Vec<String>> {
        let mut command = process::node_script("d1.mjs");
        command.arg("migrate").arg(self.database()?).arg("edge/migrations");
        let names = process::read(&mut command, "migrating the database")?;
        serde_json::from_str(&names).context("names of migrations")
    }

    /// The rows of a query.
    pub(crate) fn query(&self, sql: &str) -> Result<Vec<Map<String, Value>>> {
        let mut command = process::node_script("d1.mjs");
        command.arg("query").arg(self.database()?).arg(sql);
        let rows = process::read(&mut command, "reading the database")?;
        serde_json::from_str(&rows).context("rows of a query")
    }

    /// Runs the SQL that `write` produces, in one transaction.
    pub(crate) fn execute(
        &self,
        write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
    ) -> Result<()> {
        let mut command = process::node_script("d1.mjs");
        command.arg("exec").arg(self.database()?).stdin(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        let written = child.stdin.take().context("no pipe").and_then(|pipe| {
            let mut pipe = std::io::BufWriter::new(pipe);
            write(&mut pipe)?;
            Ok(std::io::Write::flush(&mut pipe)?)
        });
        // What the program says about its failure tells more than a broken pipe.
        if !child.wait()?.success() {
            bail!("the database refused the data");
        }
        written
    }

    /// Writes wrangler's configuration of each Worker for this state: the deployment's own
    /// `wrangler.toml` and `wrangler.desk.toml` with absolute paths, the local database, and
    /// `vars`. Returns their paths, the one that is served at the address first.
    pub(crate) fn configure(
        &self,
        served: &Served<'_>,
        vars: &[(String, String)],
    ) -> Result<Vec<PathBuf>> {
        let mut site = Self::local("wrangler.toml", served.worker, served.site, vars)?;
        let mut files = Vec::new();
        if let Some(desk) = served.desk {
            let config = Self::local("wrangler.desk.toml", desk, served.site, vars)?;
            files.push(self.write_config("wrangler.desk.json", &config)?);
        } else {
            // Left there by a server that had a desk.
            let _ = fs::remove_file(self.file("wrangler.desk.json"));
            site.as_object_mut().context("wrangler.toml")?.remove("services");
        }
        files.insert(0, self.write_config("wrangler.json", &site)?);
        Ok(files)
    }

    fn local(source: &str, worker: &Path, site: &Path, vars: &[(String, String)]) -> Result<Value> {
        let text = fs::read_to_string(paths::root().join(source))?;
        let mut config: Value = toml::from_str(&text).with_context(|| source.to_owned())?;
        config["main"] = json!(worker.join("entry.js"));
        config["assets"]["directory"] = json!(site);
        let database = &mut config["d1_databases"][0];
        database["database_id"] = json!(DATABASE);
        database["migrations_dir"] = json!(paths::root().join("edge/migrations"));
        for (name, value) in vars {
            config["vars"][name] = json!(value);
        }
        Ok(config)
    }

    fn write_config(&self, name: &str, config: &Value) -> Result<PathBuf> {
        let file = self.file(name);
        write_private(&file, &serde_json::to_string_pretty(config)?)?;
        Ok(file)
    }

    /// The secrets of this state, made at its first use. `make` returns name and value of each.
    pub(crate) fn secrets(
        &self,
        make: impl FnOnce() -> Result<Vec<(String, String)>>,
    ) -> Result<Vec<(String, String)>> {
        let file = self.file("secrets.json");
        let mut kept: Map<String, Value> = match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).with_context(|| paths::shown(&file))?,
            Err(_) => Map::new(),
        };
        // A newer version may need secrets that an older state lacks.
        for (name, value) in make()? {
            kept.entry(name).or_insert(Value::String(value));
        }
        write_private(&file, &serde_json::to_string_pretty(&kept)?)?;
        let text = |value: Value| value.as_str().map(str::to_owned);
        Ok(kept.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
    }
}

/// Writes a file that only its owner may read.
fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut open = options.open(file).with_context(|| paths::shown(file))?;
    open.write_all(text.as_bytes()).with_context(|| paths::shown(file))
}

/// The id of the object in which Miniflare keeps a named database; it names the file.
/// (`durableObjectNamespaceIdFromName` in Miniflare.)
fn object_id(class: &str, name: &str) -> Result<String> {
    let key = Sha256::digest(class);
    let half = |message: &[u8]| -> Result<Vec<u8>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).context("HMAC key")?;
        mac.update(message);
        Ok(mac.finalize().into_bytes()[..16].to_vec())
    };
    let first = half(name.as_bytes())?;
    let second = half(&first)?;
    Ok(hex(&first) + &hex(&second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_file_has_the_name_that_miniflare_gives_it() {
        // Read off the directory of a running `wrangler dev` with database id `local`.
        assert_eq!(
            object_id("miniflare-D1DatabaseObject", "local").unwrap(),
            "2b35d4d42e3c9f6b5ad5b5579a7b1470c66e69f6b33a31e3f5a0095cc6d18656"
        );
    }

    #[test]
    fn a_directory_that_holds_something_else_is_refused() {
        assert!(State::open("xtask", true).is_err());
        assert!(paths::root().join("xtask/src").is_dir());
    }
}
