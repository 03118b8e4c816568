//! `cargo xtask lighthouse` and `cargo xtask screenshots`: the built site as a browser sees it, for
//! people to look at. Neither is part of CI: figures and pixels differ from machine to machine.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::build;
use crate::paths;
use crate::process;
use crate::tools;

/// Runs `tests/WHAT/run.mjs` on a fresh build; `--no-build` takes the last one.
pub(crate) fn run(what: &str, args: &[String]) -> Result<ExitCode> {
    let mut build_first = true;
    for arg in args {
        match arg.as_str() {
            "--no-build" => build_first = false,
            other => bail!("{what} knows no `{other}`"),
        }
    }
    if build_first {
        build::all(&build::Options::default())?;
        if std::env::var("MODE").is_ok_and(|mode| mode == "guide") {
            build::guide()?;
        }
    } else {
        tools::for_serving()?;
    }
    let mut command = Command::new(paths::npm_bin("node"));
    command
        .arg("--disable-warning=ExperimentalWarning")
        .arg(paths::root().join("tests").join(what).join("run.mjs"))
        .env("XTASK", std::env::current_exe()?)
        .env("CHROMIUM", tools::chromium()?)
        .current_dir(paths::root());
    process::run(&mut command, what)?;
    Ok(ExitCode::SUCCESS)
}
