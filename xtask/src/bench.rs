//! `cargo xtask bench`: how fast it is, as tables.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::build;
use crate::paths;
use crate::process::{self, say};
use crate::stamp;

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    if let Some(other) = args.first() {
        bail!("bench knows no `{other}`");
    }
    for package in ["recovery", "offices"] {
        if paths::root().join(package).join("benches").is_dir() {
            say(&format!("benchmarks of `{package}`"));
            process::run(process::cargo().args(["bench", "-p", package]), "cargo bench")?;
        }
    }
    let mut scripts = stamp::files(&paths::root().join("tests"))?;
    scripts.retain(|file| {
        let name = file.to_string_lossy();
        name.ends_with(".bench.ts") || name.ends_with("/solve-time.mjs")
    });
    if scripts.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    build::all(&build::Options::default())?;
    for script in scripts {
        let mut command = Command::new(paths::npm_bin("node"));
        command
            .arg("--disable-warning=ExperimentalWarning")
            .arg(&script)
            .env("XTASK", std::env::current_exe()?)
            .current_dir(paths::root());
        process::run(&mut command, &paths::shown(&script))?;
    }
    Ok(ExitCode::SUCCESS)
}
