//! `cargo xtask test`: everything that must hold, as CI runs it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::build;
use crate::paths;
use crate::process::{self, say};
use crate::size;
use crate::stamp;
use crate::tools;

/// One step: a part's name, a title, the work.
struct Step {
    title: String,
    work: Box<dyn Fn() -> Result<()>>,
}

impl Step {
    fn new(title: impl Into<String>, work: impl Fn() -> Result<()> + 'static) -> Self {
        Self { title: title.into(), work: Box::new(work) }
    }

    /// A cargo command, its output shown.
    fn cargo(title: &str, arguments: &str) -> Self {
        let arguments: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        let what = format!("cargo {}", arguments.join(" "));
        Self::new(title, move || process::run(process::cargo().args(&arguments), &what))
    }
}

pub(crate) fn run(parts: &[String]) -> Result<ExitCode> {
    let begun = Instant::now();
    let mut times = Vec::new();
    let steps = steps(parts)?;
    let outcome = steps.iter().try_for_each(|step| {
        say(&format!("— {}", step.title));
        let begun = Instant::now();
        let outcome = (step.work)();
        times.push((step.title.as_str(), begun.elapsed(), outcome.is_ok()));
        outcome
    });
    print!("{}", table(&times, begun.elapsed()));
    outcome?;
    Ok(ExitCode::SUCCESS)
}

/// All steps, or those of the parts asked for.
fn steps(parts: &[String]) -> Result<Vec<Step>> {
    if parts.is_empty() {
        let mut all = rust();
        all.extend(built());
        all.push(Step::new("types of the tests", check_types));
        all.push(Step::new("browser", || tools::chromium().map(|_| ())));
        // The long ones first: then no core waits for the last of them.
        let files = [found("tests/browser")?, beside_browser()?].concat();
        all.extend(node_tests(&files, "end to end, browser"));
        return Ok(all);
    }
    let mut steps = Vec::new();
    for part in parts {
        match part.as_str() {
            "rust" => steps.extend(rust()),
            "size" => steps.extend(built()),
            "e2e" => {
                steps.push(Step::new("artefacts", artefacts));
                steps.extend(node_tests(&beside_browser()?, "end to end"));
            }
            "browser" => {
                steps.push(Step::new("artefacts", artefacts));
                steps.extend(browser()?);
            }
            name => {
                let files = named(name)?;
                steps.push(Step::new("artefacts", artefacts));
                steps.extend(node_tests(&files, name));
            }
        }
    }
    Ok(steps)
}

/// What cargo checks, natively and for WebAssembly.
fn rust() -> Vec<Step> {
    let desk = "--no-default-features --features desk";
    let wasm = "--target wasm32-unknown-unknown -- -D warnings";
    vec![
        Step::new("WebAssembly target", tools::wasm_target),
        Step::cargo("format", "fmt --all -- --check"),
        Step::cargo("lints", "clippy --workspace --exclude app --all-targets -- -D warnings"),
        Step::cargo("lints, app", "clippy -p app --all-targets --features ssr -- -D warnings"),
        Step::cargo("lints, WebAssembly", &format!("clippy -p app --features hydrate {wasm}")),
        Step::cargo("lints, directory", &format!("clippy -p finder {wasm}")),
        Step::cargo("lints, Worker", &format!("clippy -p edge {wasm}")),
        Step::cargo("lints, desk", &format!("clippy -p edge {desk} {wasm}")),
        Step::cargo("tests", "test --workspace --exclude app"),
        Step::cargo("tests, desk", &format!("test -p edge {desk}")),
        Step::cargo("tests, app", "test -p app --features ssr"),
        // The mode is part of the build. The pages are rendered natively: no second WebAssembly.
        Step::new("tests, app as guide", || {
            let mut command = process::cargo();
            command.args(["test", "--package", "app", "--features", "ssr", "--test", "modes"]);
            process::run(command.env("CHIAKHOA_MODE", "guide"), "cargo test, as guide")
        }),
    ]
}

fn built() -> Vec<Step> {
    vec![
        Step::new("artefacts", artefacts),
        Step::new("sizes", || size::run(&["--no-build".to_owned()]).map(|_| ())),
    ]
}

fn artefacts() -> Result<()> {
    build::for_tests()
}

fn check_types() -> Result<()> {
    let mut command = Command::new(paths::npm_bin("tsc"));
    command.args(["--noEmit", "--project", "tests"]).current_dir(paths::root());
    process::run(&mut command, "tsc")
}

/// The journeys through a real browser.
fn browser() -> Result<Vec<Step>> {
    let mut steps = vec![Step::new("browser", || tools::chromium().map(|_| ()))];
    steps.extend(node_tests(&found("tests/browser")?, "in the browser"));
    Ok(steps)
}

/// All tests but those that drive the browser.
fn beside_browser() -> Result<Vec<PathBuf>> {
    let mut files = found("tests")?;
    files.retain(|file| !is_browser_test(file));
    Ok(files)
}

/// With more failed files than these something is broken, and a second run would only take time.
const SECOND_RUN: usize = 3;

/// Node's test runner on `files`; no step where there are none. What fails beside others on a busy
/// machine gets a second run by itself: it counts, and the first failure is said aloud.
fn node_tests(files: &[PathBuf], title: &str) -> Vec<Step> {
    if files.is_empty() {
        return Vec::new();
    }
    let files = files.to_vec();
    let step = Step::new(title, move || {
        let report = paths::root().join("target/test-files");
        let outcome = node_test(&files, at_once(), &report);
        let told = std::fs::read_to_string(&report).unwrap_or_default();
        print!("{}", slowest(&told));
        let Err(error) = outcome else { return Ok(()) };
        let failed: Vec<PathBuf> = told
            .lines()
            .filter_map(|line| line.strip_prefix("failed "))
            .map(PathBuf::from)
            .collect();
        if failed.is_empty() || failed.len() > SECOND_RUN || process::interrupted() {
            return Err(error);
        }
        for file in &failed {
            process::say_error(&format!("failed, runs again by itself: {}", paths::shown(file)));
        }
        node_test(&failed, 1, &report)?;
        for file in &failed {
            process::say_error(&format!("passed only the second time: {}", paths::shown(file)));
        }
        Ok(())
    });
    vec![step]
}

/// How many files run at a time: one for each core, for more servers and browsers than that only wait
/// for each other; two at least, because each waits for its own now and then.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 6))
}

/// The ten files that took the longest, from a report (`tests/support/file-report.ts`); nothing where
/// there are not several.
fn slowest(report: &str) -> String {
    let times = report.lines().filter_map(|line| {
        let (milliseconds, file) = line.split_once(' ')?;
        Some((milliseconds.parse().ok()?, file))
    });
    let mut times: Vec<(u64, &str)> = times.collect();
    if times.len() < 2 {
        return String::new();
    }
    times.sort_unstable_by(|a, b| b.cmp(a));
    let mut lines = format!("\nthe slowest of {} files\n", times.len());
    for (milliseconds, file) in times.into_iter().take(10) {
        let time = process::seconds(Duration::from_millis(milliseconds));
        let _ = writeln!(lines, "{:<38}{time:>14}", paths::shown(Path::new(file)));
    }
    lines
}

/// Runs `files`, `at_once` of them at a time; what is to be known of each goes to `report`.
fn node_test(files: &[PathBuf], at_once: usize, report: &Path) -> Result<()> {
    if let Some(directory) = report.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut command = Command::new(paths::npm_bin("node"));
    command
        .args(["--test", &format!("--test-concurrency={at_once}")])
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .args(["--test-reporter=./tests/support/file-report.ts"])
        .arg(format!("--test-reporter-destination={}", report.display()))
        .args(["--test-timeout=240000", "--disable-warning=ExperimentalWarning"])
        .args(files)
        .env("XTASK", std::env::current_exe().context("own path")?)
        // Nearly a hundred times wrangler starts, and is compiled by Node.
        .env("NODE_COMPILE_CACHE", paths::root().join("target/node-cache"))
        .current_dir(paths::root());
    if files.iter().any(|file| is_browser_test(file)) {
        command.env("CHROMIUM", tools::chromium()?);
    }
    process::run(&mut command, "node --test")
}

fn is_browser_test(file: &Path) -> bool {
    file.starts_with(paths::root().join("tests/browser"))
}

/// All test files below a directory.
fn found(directory: &str) -> Result<Vec<PathBuf>> {
    let mut files = stamp::files(&paths::root().join(directory))?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.ts"));
    Ok(files)
}

/// The test files with this name, or this end of a path, with or without their ending.
fn named(name: &str) -> Result<Vec<PathBuf>> {
    let all = found("tests")?;
    let bare = |file: &Path| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.trim_end_matches(".test.ts").to_owned()
    };
    let wanted = format!("{}.test.ts", name.trim_end_matches(".test.ts"));
    let files: Vec<PathBuf> = all.iter().filter(|file| file.ends_with(&wanted)).cloned().collect();
    if files.is_empty() {
        let names: Vec<String> = all.iter().map(|file| bare(file)).collect();
        bail!("no part `{name}`: there are rust, size, e2e, browser, {}", names.join(", "));
    }
    Ok(files)
}

fn table(times: &[(&str, Duration, bool)], all: Duration) -> String {
    let mut lines = String::from("\n");
    for (title, time, ok) in times {
        let verdict = if *ok { "ok" } else { "FAILED" };
        let _ = writeln!(lines, "{title:<24}{:>14}  {verdict}", process::seconds(*time));
    }
    lines + &format!("{:<24}{:>14}\n", "all", process::seconds(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_does_not_exist_is_refused_with_a_list() {
        let message = steps(&["speed".to_owned()]).err().unwrap().to_string();
        assert!(message.contains("rust, size, e2e, browser"), "{message}");
    }

    #[test]
    fn the_ten_slowest_of_several_files_are_named_slowest_first() {
        let times: Vec<String> = (1..=12).map(|n| format!("{n}000 {n}.test.ts")).collect();
        let text = slowest(&format!("{}\nfailed 3.test.ts\n", times.join("\n")));
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert!(text.contains("of 12 files"), "{text}");
        assert_eq!(lines.len(), 10, "{text}");
        assert!(lines[0].starts_with("12.test.ts") && lines[9].starts_with("3.test.ts"), "{text}");
        assert_eq!(slowest("1000 a.test.ts\n"), "");
    }

    #[test]
    fn a_failed_step_stands_out_in_the_table() {
        let second = Duration::from_secs(1);
        let text = table(&[("format", second, true), ("tests", second, false)], second * 2);
        assert!(text.lines().any(|line| line.starts_with("tests") && line.ends_with("FAILED")));
        assert!(text.lines().any(|line| line.starts_with("format") && line.ends_with("ok")));
    }
}
