//! The artefacts: the site in `dist/`, the Workers in `edge/build/` and `edge/build-desk/`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::finder;
use crate::paths;
use crate::process::{self, say};
use crate::shrink;
use crate::stamp::{self, Inputs};
use crate::tools;
use crate::wasm::Module;
use crate::words::Words;

/// How to build.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// `guide` or `service`; `None` takes what `operator.toml` says.
    pub(crate) mode: Option<String>,
    /// Quick to build, large and slow to run.
    pub(crate) debug: bool,
}

impl Options {
    /// The value of `--mode`, checked.
    pub(crate) fn set_mode(&mut self, mode: &str) -> Result<()> {
        if !["guide", "service"].contains(&mode) {
            bail!("--mode is guide or service, not `{mode}`");
        }
        self.mode = Some(mode.to_owned());
        Ok(())
    }

    /// The environment by which build scripts and programs learn the mode.
    fn apply(&self, command: &mut Command) {
        if let Some(mode) = &self.mode {
            command.env("CHIAKHOA_MODE", mode);
        }
    }

    fn key(&self) -> String {
        let mode = self.mode.as_deref().unwrap_or("as configured");
        format!("{mode}, {}", if self.debug { "debug" } else { "release" })
    }
}

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let mut options = Options::default();
    let mut words = Words::new(args);
    while let Some((name, given)) = words.next() {
        match name {
            "--mode" => options.set_mode(words.value(name, given)?)?,
            other => bail!("build knows no `{other}`"),
        }
    }
    let begun = Instant::now();
    all(&options)?;
    say(&format!("dist/ and the Workers are ready ({})", process::seconds(begun.elapsed())));
    Ok(ExitCode::SUCCESS)
}

/// Builds what is out of date. The parts use different cargo profiles, so that they can be
/// built side by side.
pub(crate) fn all(options: &Options) -> Result<()> {
    prepare()?;
    side_by_side(|| site(options, SITE), || worker(options))
}

/// The same as configured, and what only tests look at: a guide's site, and the Worker that runs the
/// store's contract suite.
pub(crate) fn for_tests() -> Result<()> {
    prepare()?;
    let (options, mut guide) = (Options::default(), Options::default());
    guide.set_mode("guide")?;
    side_by_side(
        || site(&options, SITE).and_then(|()| site(&guide, GUIDE_SITE)),
        || worker(&options).and_then(|()| contract_worker()),
    )
}

/// A guide's site alone, beside the one that is configured.
pub(crate) fn guide() -> Result<()> {
    let mut options = Options::default();
    options.set_mode("guide")?;
    site(&options, GUIDE_SITE)
}

fn prepare() -> Result<()> {
    process::begin_anew();
    // Left there by `dev`.
    let _ = fs::remove_file(served_pattern_page());
    tools::for_build()
}

/// A site, unless it is up to date.
fn site(options: &Options, directory: &str) -> Result<()> {
    let name = if directory == SITE { "site" } else { "site-guide" };
    let product = paths::root().join(directory).join("index.html");
    stamp::unless_fresh(name, &site_inputs(options)?, &product, || build_site(options, directory))
}

/// The Worker, and the desk's where there is a desk, unless they are up to date.
fn worker(options: &Options) -> Result<()> {
    let inputs = worker_inputs(options)?;
    let product = worker_directory().join("entry.js");
    stamp::unless_fresh("worker", &inputs, &product, || {
        build_worker(options, "building the Worker", &worker_directory(), &[])
    })?;
    if !has_desk(options)? {
        return Ok(());
    }
    let product = desk_directory().join("entry.js");
    stamp::unless_fresh("desk", &inputs, &product, || {
        let features = ["--no-default-features", "--features", "desk"];
        build_worker(options, "building the desk's Worker", &desk_directory(), &features)
    })
}

/// What `dev` serves: the same, and the pattern page `/mau`, which no release has.
pub(crate) fn for_dev(options: &Options) -> Result<()> {
    all(options)?;
    fs::copy(pattern_page(), served_pattern_page()).context("the pattern page")?;
    Ok(())
}

/// Where the build leaves the pattern page: beside the site, not in it.
fn pattern_page() -> PathBuf {
    paths::root().join("target/site/mau.html")
}

fn served_pattern_page() -> PathBuf {
    site_directory().join("mau.html")
}

/// Two works at once. Where one fails, the other is given up and the failure is what counts.
fn side_by_side(
    one: impl FnOnce() -> Result<()> + Send,
    other: impl FnOnce() -> Result<()> + Send,
) -> Result<()> {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join().unwrap_or_else(|_| bail!("a part of the build broke off"));
        match (one, other) {
            (Err(one), Err(other)) if one.is::<process::GivenUp>() => Err(other),
            (one, other) => one.and(other),
        }
    })
}

/// Where the site lies, and where the guide's lies that tests look at.
const SITE: &str = "dist";
const GUIDE_SITE: &str = "dist-guide";

pub(crate) fn site_directory() -> PathBuf {
    paths::root().join(SITE)
}

pub(crate) fn worker_directory() -> PathBuf {
    paths::root().join("edge/build")
}

/// Where the office desk's Worker lies.
pub(crate) fn desk_directory() -> PathBuf {
    paths::root().join("edge/build-desk")
}

/// Whether the deployment has a desk: `operator.toml`, in service mode.
pub(crate) fn has_desk(options: &Options) -> Result<bool> {
    let text = fs::read_to_string(paths::root().join("operator.toml"))?;
    let operator: serde_json::Value = toml::from_str(&text).context("operator.toml")?;
    let mode = options.mode.as_deref().or(operator["mode"].as_str());
    Ok(mode == Some("service") && operator["channels"]["desk"] == true)
}

/// Where the Worker lies that runs the store's contract suite; no release has it.
pub(crate) fn contract_directory() -> PathBuf {
    paths::root().join("edge/build-contract")
}

/// Builds the Worker that runs the store's contract suite inside workerd.
pub(crate) fn contract_worker() -> Result<()> {
    let options = Options::default();
    let inputs = worker_inputs(&options)?;
    let product = contract_directory().join("entry.js");
    stamp::unless_fresh("contract", &inputs, &product, || {
        // Nobody downloads it: it need not be small.
        let features = ["--no-opt", "--features", "contract-tests"];
        build_worker(&options, "building the contract suite", &contract_directory(), &features)
    })
}

/// What both artefacts are made from.
fn common_inputs(options: &Options) -> Result<Inputs> {
    let mut inputs = Inputs::new().text(&options.key());
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        "operator.toml",
        "package-lock.json",
        "recovery",
        "offices",
        "xtask/src/build.rs",
        "xtask/src/shrink.rs",
        "xtask/src/wasm.rs",
    ] {
        inputs = inputs.path(path)?;
    }
    Ok(inputs)
}

/// Digest of what the site is made from.
pub(crate) fn site_inputs(options: &Options) -> Result<String> {
    Ok(common_inputs(options)?
        .path("Trunk.toml")?
        .path("app")?
        .path("style")?
        .path("xtask/src/finder.rs")?
        .digest())
}

/// Digest of what the Worker is made from.
pub(crate) fn worker_inputs(options: &Options) -> Result<String> {
    Ok(common_inputs(options)?.path("edge")?.digest())
}

/// Styles, WebAssembly with its glue, browser workers; then every page's HTML.
fn build_site(options: &Options, site: &str) -> Result<()> {
    // Trunk and its cargo work without a network: a new machine has to have the crates first.
    process::run(process::cargo().args(["fetch", "--quiet"]), "cargo fetch")?;
    style()?;
    side_by_side(
        || {
            trunk(options, site)?;
            program(options, site)?;
            glue(options, site)?;
            browser_workers(options, site)?;
            finder::build(options, site, &tool_path()?)
        },
        || build_prerender(options),
    )?;
    let mut command = Command::new(paths::cargo_target().join("debug/prerender"));
    command.args(["--dist", site, "--operator", "operator.toml"]).current_dir(paths::root());
    if site == SITE {
        command.arg("--pattern").arg(pattern_page());
    }
    options.apply(&mut command);
    process::run_logged(&mut command, "rendering the pages", "2 seconds")
}

/// All style sheets in one file, which Trunk then hashes. Trunk follows no `@import`.
fn style() -> Result<()> {
    let mut command = Command::new(paths::npm_bin("esbuild"));
    command
        .args(["style/main.css", "--bundle", "--minify", "--log-level=warning"])
        .args(["--target=chrome80,firefox80,safari14", "--outfile=target/site/main.css"])
        .current_dir(paths::root());
    process::run(&mut command, "bundling the style sheets")
}

fn trunk(options: &Options, site: &str) -> Result<()> {
    let mut command = Command::new(tools::TRUNK.path()?);
    command.args(["build", "--offline=true", "--color=never"]).current_dir(paths::root());
    command.arg(format!("--release={}", !options.debug)).args(["--dist", site]);
    // NO_COLOR=1, which some terminals set, is no value that Trunk takes.
    command.env("PATH", tool_path()?).env_remove("NO_COLOR");
    process::without_cargo_variables(&mut command);
    options.apply(&mut command);
    process::run_logged(&mut command, "building the site", "3 minutes at first, then 1")
}

/// Makes the app's module and its glue smaller, where Trunk left them.
fn program(options: &Options, site: &str) -> Result<()> {
    if options.debug {
        return Ok(());
    }
    let directory = paths::root().join(site);
    for file in stamp::files(&directory)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix("_bg.wasm") {
            shrink::shrink(&directory, name, &[])?;
        }
    }
    Ok(())
}

/// Makes Trunk's scripts smaller in place: esbuild keeps the getters that Trunk's own minifier
/// drops (trunk#761). Their names stay: equal input gives equal output.
fn glue(options: &Options, site: &str) -> Result<()> {
    if options.debug {
        return Ok(());
    }
    let scripts = stamp::files(&paths::root().join(site))?
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "js"));
    let mut command = Command::new(paths::npm_bin("esbuild"));
    command
        .args(scripts)
        .args(["--minify", "--tree-shaking=true", "--target=es2020", "--allow-overwrite"])
        .arg(format!("--outdir={site}"))
        .args(["--log-level=warning", "--legal-comments=none"])
        .current_dir(paths::root());
    process::run(&mut command, "minifying the scripts")
}

/// The scripts that run beside the page, off the main thread.
fn browser_workers(options: &Options, site: &str) -> Result<()> {
    let sources: Vec<PathBuf> = stamp::files(&paths::root().join("app/workers"))?
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "ts"))
        .filter(|file| !is_part_or_test(file))
        .collect();
    if sources.is_empty() {
        return Ok(());
    }
    let mut command = Command::new(paths::npm_bin("esbuild"));
    command
        .args(sources)
        .args(["--bundle", "--format=iife", "--target=es2020"])
        .arg(format!("--outdir={site}"))
        .args(["--log-level=warning", "--legal-comments=none"])
        .current_dir(paths::root());
    if !options.debug {
        command.arg("--minify");
    }
    process::run(&mut command, "bundling the browser's workers")
}

/// Files of `app/workers` that are no entry point: declarations, tests, parts (`_name.ts`).
fn is_part_or_test(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('_') || name.ends_with(".d.ts") || name.ends_with(".test.ts")
}

fn build_prerender(options: &Options) -> Result<()> {
    let mut command = process::cargo();
    command.args(["build", "--package", "app", "--bin", "prerender", "--features", "ssr"]);
    options.apply(&mut command);
    process::run_logged(&mut command, "building the page renderer", "3 minutes at first, then 20 s")
}

/// Into `directory`, with further arguments for cargo.
fn build_worker(options: &Options, what: &str, directory: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(tools::WORKER_BUILD.path()?);
    command.current_dir(paths::root().join("edge"));
    if options.debug {
        command.arg("--dev");
    } else {
        command.args(["--profile", "worker"]);
    }
    command
        .arg("--out-dir")
        .arg(directory.file_name().context("no name")?)
        .args(arguments)
        .env("PATH", tool_path()?)
        .env("ESBUILD_BIN", paths::npm_bin("esbuild"))
        .env("WASM_BINDGEN_BIN", tools::WASM_BINDGEN.path()?)
        .env("WASM_OPT_BIN", paths::npm_bin("wasm-opt"));
    process::without_cargo_variables(&mut command);
    options.apply(&mut command);
    process::run_logged(&mut command, what, "3 minutes at first, then 1")?;
    let entry = paths::root().join("edge/entry.js");
    // Without its comments, which are as long as itself.
    let mut minify = Command::new(paths::npm_bin("esbuild"));
    minify
        .arg(&entry)
        .args(["--minify", "--target=esnext", "--charset=utf8", "--log-level=warning"])
        .arg(format!("--outfile={}", directory.join("entry.js").display()));
    process::run(&mut minify, "making the entry smaller")?;
    if !options.debug {
        // worker-build keeps the names of functions; they are a tenth of what is uploaded.
        let product = directory.join("index_bg.wasm");
        let wasm = fs::read(&product)
            .with_context(|| format!("worker-build left no {}", product.display()))?;
        let mut module = Module::parse(&wasm).context("index_bg.wasm")?;
        module.keep_custom(|name| name != b"name")?;
        // Nor does anybody read where in which file of the build machine something would panic.
        shrink::forget_places(&mut module)?;
        fs::write(&product, module.bytes())?;
        // What only the names and places held up goes in a second round.
        if !arguments.contains(&"--no-opt") {
            shrink::again(&product)?;
        }
    }
    Ok(())
}

/// `PATH` with our tools first.
fn tool_path() -> Result<OsString> {
    let mut directories = vec![paths::root().join("node_modules/.bin")];
    directories.push(tools::WASM_BINDGEN.bin_directory()?);
    let old = std::env::var_os("PATH").unwrap_or_default();
    directories.extend(std::env::split_paths(&old));
    std::env::join_paths(directories).context("PATH")
}
