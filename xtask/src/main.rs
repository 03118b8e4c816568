//! `cargo xtask`: builds, runs, tests and measures the project, and installs what that needs.
#![expect(clippy::print_stdout, reason = "talking to the person at the terminal is its job")]

mod audit;
mod bench;
mod build;
mod dev;
mod finder;
mod http;
mod look;
mod offices;
mod outbox;
mod paths;
mod phone;
mod process;
mod seed;
mod server;
mod shrink;
mod size;
mod staff;
mod stamp;
mod state;
mod test;
mod texts;
mod tools;
mod wasm;
mod words;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  dev      build, migrate, seed and serve everything at one address
           --mode guide|service   instead of the mode in operator.toml
           --port N               default 8787; 0 takes any free one
           --state DIR            where the local database lives; default .dev
           --reset                start with an empty state
           --watch                debug builds, rebuilt on change
           --var KEY=VALUE        a limit or setting of the Worker; may be repeated
           --no-build             serve the artefacts of the last build as they are
           --no-seed              leave an empty database empty
           --contract             the Worker that runs the store's contract suite
           --site DIR             another site than dist/, with --no-build
           --desk DIR             another Worker of the desk; `none` leaves it out
  build    release artefacts: the site in dist/, the Workers in edge/build/ and edge/build-desk/
           --mode guide|service
  test     formats, lints, tests, sizes, end to end in Chromium; what CI runs
           [PART]…                only these parts: rust, size, e2e, browser, or a test file's name
  bench    benchmarks, as tables
  lighthouse   Lighthouse on every kind of page, mobile, median of three; --no-build
  screenshots  every page as pictures on one sheet in tests/out; --no-build
  size     artefacts against their budgets, as a table
           --no-build
  seed     --members N            N synthetic members into the local database
           --state DIR            which one; default .dev
           --out FILE             write the SQL to a file instead
  outbox   list                   messages that were given up
           resend ID | --all      makes them due again
           --state DIR            which database; default .dev
           --remote               the deployed one, through wrangler
  texts    the day's text messages and their alarms
           --state DIR            which database; default .dev
           --remote               the deployed one, through wrangler
  audit    verify                 is the audit what was written? fails where it is not
           --state DIR            which database; default .dev
           --remote               the deployed one; SECRET_KEYS from the environment
           --checkpoints FILE|DIR a log or a copy of the bucket: shows a table cut off as a whole
  offices  check [FILE]           check the directory data, or a table before it is imported
           import FILE            put its rows among the present ones; --replace: in their place
           build                  compile the tables into offices/data/directory.bin
           coverage               what the data covers
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match process::heed_interrupts().and_then(|()| run(&args)) {
        Ok(code) => code,
        Err(error) => {
            process::say_error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<ExitCode> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    match command {
        "dev" => dev::run(rest),
        "build" => build::run(rest),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "lighthouse" | "screenshots" => look::run(command, rest),
        "size" => size::run(rest),
        "seed" => seed::run(rest),
        "outbox" => outbox::run(rest),
        "texts" => texts::run(rest),
        "audit" => audit::run(rest),
        "offices" => offices::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("unknown command `{other}`\n\n{HELP}"),
    }
}
