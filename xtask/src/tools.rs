//! Installing what is missing: command-line tools by cargo, packages by npm, a browser by apt.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::process::{self, say};
use crate::stamp::Inputs;

/// A command installed by `cargo install`.
pub(crate) struct Tool {
    /// Name of the command.
    name: &'static str,
    krate: &'static str,
    version: &'static str,
    /// Further arguments of `cargo install`.
    arguments: &'static [&'static str],
    /// What a machine with two cores needs, for the progress line.
    usual: &'static str,
}

/// Builds the site.
pub(crate) const TRUNK: Tool = Tool {
    name: "trunk",
    krate: "trunk",
    version: "0.21.14",
    // Without its update check it asks nobody.
    arguments: &["--locked", "--no-default-features", "--features", "rustls"],
    usual: "4 minutes",
};
/// Makes the JavaScript side of a WebAssembly module. The same version as the crate.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen",
    krate: "wasm-bindgen-cli",
    version: "0.2.130",
    // Its own lock file names crate versions that no longer resolve.
    arguments: &[],
    usual: "2 minutes",
};
/// Builds the Worker.
pub(crate) const WORKER_BUILD: Tool = Tool {
    name: "worker-build",
    krate: "worker-build",
    version: "0.8.7",
    arguments: &["--locked"],
    usual: "2 minutes",
};

impl Tool {
    fn directory(&self) -> Result<PathBuf> {
        Ok(paths::cache()?.join("tools").join(format!("{}-{}", self.name, self.version)))
    }

    /// The directory that holds the command, for `PATH`.
    pub(crate) fn bin_directory(&self) -> Result<PathBuf> {
        Ok(self.directory()?.join("bin"))
    }

    pub(crate) fn path(&self) -> Result<PathBuf> {
        Ok(self.bin_directory()?.join(self.name))
    }

    fn install(&self, tools: &Path) -> Result<()> {
        let temporary = tools.join(format!(".{}-{}.part", self.name, self.version));
        remove(&temporary)?;
        let mut command = process::cargo();
        command
            .args(["install", "--quiet", "--version", self.version])
            .args(self.arguments)
            .arg("--root")
            .arg(&temporary)
            .arg(self.krate)
            // One target directory for all: they share crates. Little optimisation: they are
            // quick enough with it, and ready in half the time.
            .env("CARGO_TARGET_DIR", tools.join(".target"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        let what = format!("installing {} {}", self.name, self.version);
        process::run_logged(&mut command, &what, self.usual)?;
        fs::rename(&temporary, self.directory()?).with_context(|| what)
    }
}

/// Everything a build needs. Quick where nothing is missing.
pub(crate) fn for_build() -> Result<()> {
    wasm_target()?;
    npm()?;
    cargo_tools(&[&TRUNK, &WASM_BINDGEN, &WORKER_BUILD])
}

/// What serving finished artefacts needs.
pub(crate) fn for_serving() -> Result<()> {
    npm()
}

/// The compiler's own library for WebAssembly.
pub(crate) fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(paths::root());
    let directory = process::read(&mut rustc, "asking rustc where its targets are")?;
    if Path::new(directory.trim()).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(paths::root());
    process::run_logged(&mut rustup, "installing the WebAssembly target", "10 seconds")
        .context("rustup is needed to install the WebAssembly target: https://rustup.rs")
}

fn cargo_tools(wanted: &[&Tool]) -> Result<()> {
    let missing = |tool: &&&Tool| !tool.path().is_ok_and(|path| path.is_file());
    if wanted.iter().find(missing).is_none() {
        return Ok(());
    }
    let tools = paths::cache()?.join("tools");
    fs::create_dir_all(&tools).with_context(|| tools.display().to_string())?;
    let _lock = lock(&tools.join(".lock"), "another command installs tools")?;
    // Somebody else may have installed them while we waited.
    let missing: Vec<_> = wanted.iter().filter(missing).collect();
    for (index, tool) in missing.iter().enumerate() {
        say(&format!("tool {} of {} that are missing: {}", index + 1, missing.len(), tool.name));
        tool.install(&tools)?;
    }
    remove(&tools.join(".target"))
}

/// The packages of package-lock.json; only where they changed.
fn npm() -> Result<()> {
    let digest = Inputs::new().path("package-lock.json")?.path("package.json")?.digest();
    let stamp = paths::root().join("node_modules/.chiakhoa-stamp");
    let fresh = || fs::read_to_string(&stamp).is_ok_and(|old| old == digest);
    if fresh() {
        return Ok(());
    }
    fs::create_dir_all(paths::scratch())?;
    let _lock = lock(&paths::scratch().join("npm.lock"), "another command installs packages")?;
    if fresh() {
        return Ok(());
    }
    let mut command = Command::new("npm");
    // npm's own version asks for less than some packages; they run on the Node it installs.
    command.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    command.current_dir(paths::root());
    process::run_logged(&mut command, "installing npm packages", "40 seconds").context(
        "npm is needed, and Node 20 or newer with it: https://nodejs.org or your package manager",
    )?;
    fs::write(&stamp, digest).context("node_modules")
}

/// The path of Chromium or Chrome, installed by apt where that is possible.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(set) = std::env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(set);
        if !path.is_file() {
            bail!("CHROMIUM={} is no file", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    if !is_debian_root() {
        bail!(
            "the browser tests need Chromium: install it (Debian and Ubuntu: `sudo apt-get install \
             chromium`, Fedora: `sudo dnf install chromium`, macOS: `brew install --cask \
             chromium`), or set CHROMIUM to the path of Chromium or Chrome"
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        command
    };
    process::run_logged(&mut apt(&["update"]), "apt-get update", "10 seconds")?;
    process::run_logged(
        &mut apt(&["install", "--yes", "--no-install-recommends", "chromium"]),
        "installing Chromium by apt",
        "1 minute",
    )?;
    find_chromium().context("apt installed Chromium, yet there is no /usr/bin/chromium")
}

fn find_chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let path = std::env::var_os("PATH")?;
    let directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let on_path = names
        .iter()
        .flat_map(|name| directories.iter().map(move |directory| directory.join(name)))
        .find(|file| file.is_file());
    let mac = ["Chromium", "Google Chrome"]
        .map(|name| PathBuf::from(format!("/Applications/{name}.app/Contents/MacOS/{name}")));
    on_path.or_else(|| mac.into_iter().find(|file| file.is_file()))
}

fn is_debian_root() -> bool {
    let is_root =
        process::read(Command::new("id").arg("-u"), "id").is_ok_and(|id| id.trim() == "0");
    is_root && Path::new("/etc/debian_version").is_file()
}

/// Waits until nobody else holds the lock, which ends with the returned file.
fn lock(path: &Path, who: &str) -> Result<File> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    if file.try_lock().is_err() {
        say(&format!("{who}; waiting for it to end …"));
        file.lock().with_context(|| path.display().to_string())?;
    }
    Ok(file)
}

fn remove(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| directory.display().to_string())?;
    }
    Ok(())
}
