//! Running other programs, and saying what goes on.

use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::paths;

/// One line about what is going on, on stderr: stdout is for results.
pub(crate) fn say(line: &str) {
    // A closed terminal is no reason to stop working.
    let _ = writeln!(std::io::stderr(), "· {line}");
}

/// One error, on stderr.
pub(crate) fn say_error(line: &str) {
    let _ = writeln!(std::io::stderr(), "error: {line}");
}

/// `82 s` or `3 min 05 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let all = time.as_secs();
    if all < 100 {
        return format!("{:.1} s", time.as_secs_f64());
    }
    format!("{} min {:02} s", all / 60, all % 60)
}

/// Cargo, cleared of what the cargo that started us left in the environment: build scripts
/// that watch those variables would run again each time.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    without_cargo_variables(&mut command);
    command.current_dir(paths::root());
    command
}

/// See [`cargo`].
pub(crate) fn without_cargo_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name == "CARGO_PRIMARY_PACKAGE"
        {
            command.env_remove(name.as_ref());
        }
    }
}

/// A Node script of this crate, run by the Node that npm installed.
pub(crate) fn node_script(name: &str) -> Command {
    let mut command = Command::new(paths::npm_bin("node"));
    command.arg("--disable-warning=ExperimentalWarning");
    command.arg(paths::root().join("xtask/js").join(name)).current_dir(paths::root());
    command
}

/// Runs to the end with our own output; an exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = wait(spawn(command.stdin(Stdio::null()))?, || ())?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}

/// Runs to the end and returns what it printed to stdout.
pub(crate) fn read(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", command.get_program().to_string_lossy()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{what} failed ({})\n{}", output.status, stderr.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what} printed no text"))
}

/// Runs to the end with its output in a log file, saying every 15 seconds that it still runs.
/// On failure the log's last lines are part of the error.
pub(crate) fn run_logged(command: &mut Command, what: &str, usual: &str) -> Result<()> {
    let name: String =
        what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let log = paths::scratch().join("log").join(format!("{name}.log"));
    std::fs::create_dir_all(paths::scratch().join("log"))?;
    let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    say(&format!("{what} (usually {usual}) …"));
    let begun = Instant::now();
    let mut said = begun;
    let status = wait(spawn(command)?, || {
        if said.elapsed() >= Duration::from_secs(15) {
            said = Instant::now();
            say(&format!("{what} … {:.0} s so far", begun.elapsed().as_secs_f64()));
        }
    })?;
    if !status.success() {
        GIVEN_UP.store(true, Ordering::Relaxed);
        bail!("{what} failed ({status}); the end of {}:\n{}", paths::shown(&log), tail(&log)?);
    }
    say(&format!("{what}: {}", seconds(begun.elapsed())));
    Ok(())
}

/// Starts a program as the head of a process group of its own: what it starts in turn can then
/// be stopped with it, and an interrupt from the terminal reaches us alone.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start `{}`", command.get_program().to_string_lossy()))
}

/// Waits for the end of `child`, calling `meanwhile` often. An interrupt ends it.
fn wait(mut child: Child, mut meanwhile: impl FnMut()) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupted() {
            stop(&mut child);
            bail!("interrupted");
        }
        if GIVEN_UP.load(Ordering::Relaxed) {
            stop(&mut child);
            return Err(GivenUp.into());
        }
        meanwhile();
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Ends a child started by [`spawn`] and all that it started: politely, then for certain.
pub(crate) fn stop(child: &mut Child) {
    let Ok(id) = i32::try_from(child.id()) else { return };
    let group = Pid::from_raw(id);
    let asked = Instant::now();
    // An error says that the group is gone already.
    let _ = killpg(group, Signal::SIGTERM);
    while asked.elapsed() < Duration::from_secs(5) {
        let ended = !matches!(child.try_wait(), Ok(None));
        if ended && killpg(group, None).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait();
}

/// The error of work that was ended because other work beside it failed.
#[derive(Debug)]
pub(crate) struct GivenUp;

impl std::fmt::Display for GivenUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("given up, because something beside it failed")
    }
}

impl std::error::Error for GivenUp {}

static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Forgets an earlier failure: new work may start.
pub(crate) fn begin_anew() {
    GIVEN_UP.store(false, Ordering::Relaxed);
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether somebody asked us to end (Ctrl-C, SIGTERM, SIGHUP).
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// From here on an interrupt ends the programs we started, then us.
pub(crate) fn heed_interrupts() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed)).context("signal handler")
}

fn tail(log: &Path) -> Result<String> {
    let text = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(60)..].join("\n"))
}
