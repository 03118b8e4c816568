//! `cargo xtask offices`: the directory data, checked, imported, compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use offices::build::{Changes, Mode, Report, Tables, compile, merge};
use offices::{Coverage, Directory};

use crate::paths;
use crate::process::{self, say_error};
use crate::tools;

const HELP: &str = "\
cargo xtask offices check [FILE]           checks an office table, or all the data as it is
cargo xtask offices import FILE [--replace]  puts its rows among the present ones, or in their place
cargo xtask offices build                  compiles the tables into offices/data/directory.bin
cargo xtask offices coverage               what the data covers
cargo xtask offices wasm                   builds the search alone as WebAssembly, for measuring";

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["check"] => Ok(finish(check_all()?)),
        ["check", file] => Ok(finish(check(file)?)),
        ["import", file] => Ok(finish(import(file, Mode::Merge)?)),
        ["import", "--replace", file] | ["import", file, "--replace"] => {
            Ok(finish(import(file, Mode::Replace)?))
        }
        ["build"] => Ok(finish(build()?)),
        ["coverage"] => {
            println!("{}", coverage_text(&fs::read(data("directory.bin"))?)?);
            Ok(ExitCode::SUCCESS)
        }
        ["wasm"] => {
            println!("{}", wasm()?.display());
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("{HELP}"),
    }
}

/// A report is the command's answer, not its failure to work: it goes out as it is.
fn finish(outcome: Result<String, Report>) -> ExitCode {
    match outcome {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(report) => {
            say_error(report.to_string().trim_end());
            say_error("nothing was changed");
            ExitCode::FAILURE
        }
    }
}

fn data(file: &str) -> PathBuf {
    paths::root().join("offices/data").join(file)
}

/// The texts of all tables.
struct Texts {
    provinces: String,
    wards: String,
    old_wards: String,
    aliases: String,
    offices: String,
}

impl Texts {
    fn read() -> Result<Self> {
        let read = |file: &str| {
            let path = data(file);
            fs::read_to_string(&path).with_context(|| paths::shown(&path))
        };
        Ok(Self {
            provinces: read("provinces.csv")?,
            wards: read("wards_34.csv")?,
            old_wards: read("old_ward_to_new_ward.csv")?,
            aliases: read("aliases.csv")?,
            offices: read("offices.csv")?,
        })
    }

    fn tables(&self) -> Tables<'_> {
        Tables {
            provinces: &self.provinces,
            wards: &self.wards,
            old_wards: &self.old_wards,
            aliases: &self.aliases,
            offices: &self.offices,
        }
    }
}

fn check_all() -> Result<Result<String, Report>> {
    let texts = Texts::read()?;
    let bytes = match compile(&texts.tables()) {
        Ok(bytes) => bytes,
        Err(report) => return Ok(Err(report)),
    };
    if fs::read(data("directory.bin")).ok().as_deref() != Some(&bytes) {
        bail!("the tables are in order, but directory.bin is older: cargo xtask offices build");
    }
    Ok(Ok(format!("the tables are in order\n{}", coverage_text(&bytes)?)))
}

/// Checks the rows of a file as an import would, and writes nothing.
fn check(file: &str) -> Result<Result<String, Report>> {
    let (texts, incoming) = (Texts::read()?, read_table(file)?);
    Ok(merge(&texts.tables(), file, &incoming, Mode::Merge)
        .map(|(_, changes)| format!("{file} is in order: an import would {}", told(&changes))))
}

fn import(file: &str, mode: Mode) -> Result<Result<String, Report>> {
    let (mut texts, incoming) = (Texts::read()?, read_table(file)?);
    let (merged, changes) = match merge(&texts.tables(), file, &incoming, mode) {
        Ok(done) => done,
        Err(report) => return Ok(Err(report)),
    };
    texts.offices = merged;
    let bytes = match compile(&texts.tables()) {
        Ok(bytes) => bytes,
        Err(report) => return Ok(Err(report)),
    };
    // Both files are whole at every moment; should the second rename fail, `check` says so.
    let table = stage("offices.csv", texts.offices.as_bytes())?;
    let compact = stage("directory.bin", &bytes)?;
    settle(&table, "offices.csv")?;
    settle(&compact, "directory.bin")?;
    Ok(Ok(format!("imported {file}: {}\n{}", told(&changes), coverage_text(&bytes)?)))
}

fn build() -> Result<Result<String, Report>> {
    let bytes = match compile(&Texts::read()?.tables()) {
        Ok(bytes) => bytes,
        Err(report) => return Ok(Err(report)),
    };
    settle(&stage("directory.bin", &bytes)?, "directory.bin")?;
    Ok(Ok(format!("offices/data/directory.bin: {} bytes", bytes.len())))
}

fn read_table(file: &str) -> Result<String> {
    let bytes = fs::read(file).with_context(|| file.to_owned())?;
    String::from_utf8(bytes).with_context(|| format!("{file} is not UTF-8; save it as CSV UTF-8"))
}

/// Writes beside the file, so that renaming it into place is one step.
fn stage(file: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = data(&format!("{file}.new"));
    fs::write(&path, bytes).with_context(|| paths::shown(&path))?;
    Ok(path)
}

fn settle(staged: &Path, file: &str) -> Result<()> {
    fs::rename(staged, data(file)).with_context(|| paths::shown(staged))
}

fn told(changes: &Changes) -> String {
    let part = |word: &str, ids: &[String]| match ids {
        [] => format!("{word} 0"),
        ids if ids.len() <= 8 => format!("{word} {} ({})", ids.len(), ids.join(", ")),
        ids => format!("{word} {}", ids.len()),
    };
    [
        part("add", &changes.added),
        part("change", &changes.changed),
        part("remove", &changes.removed),
        part("leave", &changes.unchanged),
    ]
    .join(", ")
}

fn coverage_text(bytes: &[u8]) -> Result<String> {
    let directory = Directory::parse(bytes)?;
    let c: Coverage = directory.coverage();
    Ok(format!(
        "{} offices: {} open with an address, {} with a telephone number, {} with a dated source\n\
         {} provinces: {} provincial offices with an address, {} with any office with an address\n\
         {} wards: {} with a sourced office, {} whose closed office was merged into a known one\n\
         newest source: {}",
        c.offices,
        c.offices_with_address,
        c.offices_with_phone,
        c.offices_with_date,
        c.provinces,
        c.provinces_with_address,
        c.provinces_with_office,
        c.wards,
        c.wards_sourced,
        c.wards_merged,
        directory.as_of(),
    ))
}

/// The search compiled for browsers, with nothing around it: what the benchmark compares with
/// JavaScript engines, and what `size` may weigh.
fn wasm() -> Result<PathBuf> {
    tools::for_build()?;
    let built = paths::cargo_target().join("wasm32-unknown-unknown/release/offices_wasm.wasm");
    let mut command = process::cargo();
    command.args([
        "build",
        "--release",
        "--target",
        "wasm32-unknown-unknown",
        "-p",
        "offices-wasm",
    ]);
    process::run_logged(&mut command, "compiling the search for browsers", "20 seconds")?;
    let out = paths::scratch().join("offices-wasm");
    // The glue is CommonJS; the project says "module".
    fs::create_dir_all(&out)?;
    fs::write(out.join("package.json"), "{\"type\":\"commonjs\"}")?;
    let mut bind = Command::new(tools::WASM_BINDGEN.path()?);
    bind.args(["--target", "nodejs", "--out-dir"]).arg(&out).arg(&built);
    process::run(&mut bind, "wasm-bindgen")?;
    let module = out.join("offices_wasm_bg.wasm");
    let mut shrink = Command::new(paths::npm_bin("wasm-opt"));
    shrink.arg("-Oz").arg(&module).arg("-o").arg(&module);
    process::run(&mut shrink, "wasm-opt")?;
    Ok(out)
}
