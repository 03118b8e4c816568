//! The local server: workerd under wrangler, with the scheduled work that wrangler leaves out.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::http;
use crate::paths;
use crate::process::{self, say};
use crate::state::State;

const HEALTH: &str = "/api/v1/health";
/// Where the local runtime takes the call that cron makes in production.
const SCHEDULED: &str = "/cdn-cgi/handler/scheduled";

/// The same for the desk's Worker, where there is one: see `edge/entry.js`.
const SCHEDULED_DESK: &str = "/cdn-cgi/handler/scheduled?cron=desk";

/// A running server; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    port: u16,
    has_desk: bool,
    log: PathBuf,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// Starts wrangler on a state that was configured before.
    pub(crate) fn start(state: &State, configs: &[PathBuf], port: u16) -> Result<Self> {
        let log = state.file("wrangler.log");
        let mut command = std::process::Command::new(paths::npm_bin("node"));
        command
            .arg(paths::root().join("node_modules/wrangler/bin/wrangler.js"))
            .args(["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0"])
            .args(["--port", &port.to_string()])
            .args(configs.iter().flat_map(|file| [OsStr::new("--config"), file.as_os_str()]))
            .arg("--persist-to")
            .arg(state.file("data"))
            .args(["--show-interactive-dev-session=false", "--log-level=log"])
            .env("WRANGLER_SEND_METRICS", "false")
            .env("WRANGLER_SEND_ERROR_REPORTS", "false")
            .env("WRANGLER_HIDE_BANNER", "true")
            .env("WRANGLER_LOG_PATH", state.file("wrangler-debug"))
            .env("WRANGLER_REGISTRY_PATH", state.file("registry"))
            .env("X_LOCAL_OBSERVABILITY", "false")
            .env("NO_COLOR", "1")
            .env("CI", "1")
            .current_dir(paths::root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        // For whoever wants to see what a crash does: kill -9 of this process group.
        fs::write(state.file("wrangler.group"), child.id().to_string())?;
        let file = Arc::new(File::create(&log).with_context(|| paths::shown(&log))?);
        follow(child.stdout.take(), &file);
        follow(child.stderr.take(), &file);
        let has_desk = configs.len() > 1;
        Ok(Self { child, port, has_desk, log, ended: Arc::new(AtomicBool::new(false)) })
    }

    /// Waits until the health call answers 200.
    pub(crate) fn wait_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        loop {
            if process::interrupted() {
                bail!("interrupted");
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("wrangler ended ({status}):\n{}", self.log_end());
            }
            let health = http::get_status(self.port, HEALTH).ok();
            if health == Some(200) {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_mins(1) {
                let health = health.map_or("nothing".to_owned(), |status| status.to_string());
                bail!("{HEALTH} answers {health} after a minute:\n{}", self.log_end());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Calls the scheduled handler every `period` from now on.
    pub(crate) fn sweep(&self, period: Duration) {
        let (port, ended) = (self.port, Arc::clone(&self.ended));
        // The desk's first: what it ends now is sent now.
        let paths = if self.has_desk { &[SCHEDULED_DESK, SCHEDULED][..] } else { &[SCHEDULED] };
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(period);
                for path in paths {
                    // A failure stands in the server's log; the next call comes anyway.
                    let _ = http::get_status(port, path);
                }
            }
        });
    }

    /// Whether wrangler has ended by itself.
    pub(crate) fn ended(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("wrangler ended ({status}):\n{}", self.log_end());
        }
        Ok(())
    }

    fn log_end(&self) -> String {
        // The threads that write the log may be a moment behind.
        std::thread::sleep(Duration::from_millis(200));
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        process::stop(&mut self.child);
    }
}

/// Copies what the server prints to its log, and to the terminal what a person wants to see.
fn follow(pipe: Option<impl Read + Send + 'static>, log: &Arc<File>) {
    let Some(pipe) = pipe else { return };
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line);
            // A full disk must not stop the server: the pipe has to be read.
            let _ = writeln!(&*log, "{line}");
            if let Some(shown) = worth_showing(&line) {
                say(&shown);
            }
        }
    });
}

/// Mails, errors and what the Worker itself logs; not wrangler's own news.
fn worth_showing(line: &str) -> Option<String> {
    let line = line.trim_end();
    if let Some(path) = line.strip_prefix("Text: ") {
        return Some(format!("mail: {path}"));
    }
    if let Some(own) = workers_own(line) {
        // What went well is for the log file only.
        return (!own.contains(r#""level":"info""#)).then(|| own.to_owned());
    }
    line.starts_with("[wrangler:error]").then(|| line.to_owned())
}

/// A line of the Worker, which logs JSON; wrangler puts its warnings and errors between colours.
fn workers_own(line: &str) -> Option<&str> {
    let own = line.get(line.find("{\"")?..=line.rfind('}')?)?;
    own.contains(r#""level":""#).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_shows_mails_and_errors_but_no_news_of_wrangler() {
        assert_eq!(worth_showing("Text: /a/b.txt").as_deref(), Some("mail: /a/b.txt"));
        assert!(worth_showing("[wrangler:error] Error: no").is_some());
        assert!(worth_showing("[wrangler:info] GET / 200 OK (4ms)").is_none());
        assert!(worth_showing(r#"{"level":"warn","event":"mail"}"#).is_some());
        assert!(worth_showing(r#"{"event":"request","level":"info"}"#).is_none());
        let framed = "\u{1b}[31m✘ [ERROR] \u{1b}[1m{\"event\":\"x\",\"level\":\"error\"}\u{1b}[0m";
        assert_eq!(worth_showing(framed).as_deref(), Some(r#"{"event":"x","level":"error"}"#));
        assert!(worth_showing("    at getaddrinfo (node:dns:123:26)").is_none());
    }
}
