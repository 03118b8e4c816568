//! The directory's module of the site: `dist/finder.js`, which names its WebAssembly and the data
//! by their hashes. A module of its own, because who came for a password needs none of it.

use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::build::Options;
use crate::paths;
use crate::process;
use crate::shrink;
use crate::tools;

/// Where wasm-bindgen leaves the module for esbuild; `app/finder/finder.ts` names it too.
const MADE: &str = "target/site/finder";

/// Builds it into the site's directory, where Trunk has been already.
pub(crate) fn build(options: &Options, site: &str, tool_path: &OsStr) -> Result<()> {
    let profile = if options.debug { "debug" } else { "release" };
    let mut command = process::cargo();
    command.args(["build", "--package", "finder", "--target", "wasm32-unknown-unknown"]);
    if !options.debug {
        command.arg("--release");
    }
    process::run_logged(&mut command, "building the directory's module", "20 seconds")?;
    let made = paths::cargo_target().join("wasm32-unknown-unknown").join(profile);
    let mut command = Command::new(tools::WASM_BINDGEN.path()?);
    command
        .args(["--target", "web", "--out-dir", MADE])
        .arg(made.join("finder.wasm"))
        .current_dir(paths::root());
    process::run(&mut command, "making the directory's glue")?;
    if !options.debug {
        shrink::shrink(&paths::root().join(MADE), "finder", &["Finder"])?;
    }
    let source = paths::root().join("offices/data/directory.bin");
    let data = fs::read(&source).with_context(|| paths::shown(&source))?;
    let name = offices::file_name(&data);
    let copy = paths::root().join(site).join(&name);
    fs::write(&copy, data).with_context(|| paths::shown(&copy))?;
    let mut command = Command::new(paths::npm_bin("esbuild"));
    command
        .args(["app/finder/finder.ts", "--bundle", "--format=esm", "--target=es2020"])
        .args(["--loader:.wasm=file", "--asset-names=[name]-[hash]"])
        .arg(format!("--define:DIRECTORY=\"/{name}\""))
        .args(["--public-path=/", "--log-level=warning", "--legal-comments=none"])
        .arg(format!("--outdir={site}"))
        .env("PATH", tool_path)
        .current_dir(paths::root());
    if !options.debug {
        command.arg("--minify");
    }
    process::run(&mut command, "bundling the directory's module")
}
