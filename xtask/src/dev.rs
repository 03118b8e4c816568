//! `cargo xtask dev`: everything at one address.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::build;
use crate::http;
use crate::paths;
use crate::phone::Phone;
use crate::process::{self, say};
use crate::seed;
use crate::server::Server;
use crate::staff::{self, Issuer};
use crate::state::{Served, State};
use crate::tools;
use crate::words::{Words, assignment};

pub(crate) const STATE: &str = ".dev";
/// How often the scheduled work runs here: nobody wants to wait a minute for a second try.
const SWEEP_SECONDS: u64 = 2;

#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
struct Options {
    build: build::Options,
    port: u16,
    state: String,
    reset: bool,
    watch: bool,
    no_build: bool,
    no_seed: bool,
    contract: bool,
    /// A site that was built elsewhere, by its directory.
    site: Option<String>,
    /// Another Worker of the desk, by its directory; `none` leaves the desk out.
    desk: Option<String>,
    vars: Vec<(String, String)>,
}

impl Options {
    fn read(args: &[String]) -> Result<Self> {
        let mut options = Self {
            build: build::Options::default(),
            port: 8787,
            state: STATE.to_owned(),
            reset: false,
            watch: false,
            no_build: false,
            no_seed: false,
            contract: false,
            site: None,
            desk: None,
            vars: Vec::new(),
        };
        let mut words = Words::new(args);
        while let Some((name, given)) = words.next() {
            match name {
                "--mode" => options.build.set_mode(words.value(name, given)?)?,
                "--port" => options.port = words.number(name, given)?,
                "--state" => words.value(name, given)?.clone_into(&mut options.state),
                "--reset" => options.reset = true,
                "--watch" => {
                    options.watch = true;
                    options.build.debug = true;
                }
                "--no-build" => options.no_build = true,
                "--no-seed" => options.no_seed = true,
                "--contract" => options.contract = true,
                "--site" => options.site = Some(words.value(name, given)?.to_owned()),
                "--desk" => options.desk = Some(words.value(name, given)?.to_owned()),
                "--var" => options.vars.push(assignment(words.value(name, given)?)?),
                other => bail!("dev knows no `{other}`; see cargo xtask help"),
            }
        }
        Ok(options)
    }

    /// The directory of the desk's Worker, where the desk is one of its own.
    fn desk(&self) -> Result<Option<PathBuf>> {
        // The contract's Worker has the desk inside.
        if self.contract || self.desk.as_deref() == Some("none") || !build::has_desk(&self.build)? {
            return Ok(None);
        }
        let directory = self.desk.as_ref().map(|directory| paths::root().join(directory));
        Ok(Some(directory.unwrap_or_else(build::desk_directory)))
    }

    /// Seconds between two runs of the scheduled work; 0 leaves them to the caller.
    fn sweep(&self) -> Result<u64> {
        let set = self.vars.iter().rev().find(|(name, _)| name == "SWEEP_SECONDS");
        match set {
            Some((_, value)) => value.parse().context("SWEEP_SECONDS is no number"),
            None => Ok(SWEEP_SECONDS),
        }
    }
}

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let mut options = Options::read(args)?;
    if options.port == 0 {
        options.port = http::free_port()?;
    }
    let begun = Instant::now();
    if !http::is_free(options.port) {
        bail!(
            "port {} is taken: end what listens there, or choose another with --port",
            options.port
        );
    }
    let mut state = State::open(&options.state, options.reset)?;
    state.claim()?;
    if options.no_build {
        tools::for_serving()?;
    } else {
        build::for_dev(&options.build)?;
        if options.contract {
            build::contract_worker()?;
        }
    }
    let phone = Phone::open(options.port)?;
    let phone_url = phone.url();
    // A deployment of its own words signs staff in elsewhere.
    let elsewhere = options.vars.iter().any(|(name, _)| name.starts_with("ACCESS_"));
    let desk = options.desk()?;
    let issuer = if elsewhere || (desk.is_none() && !options.contract) {
        None
    } else {
        Some(Issuer::start(&format!("http://localhost:{}/ban-lam-viec", options.port))?)
    };
    let vars = prepare(&state, &options, &phone, issuer.as_ref())?;
    let worker =
        if options.contract { build::contract_directory() } else { build::worker_directory() };
    let site = options.site.as_ref();
    let site = site.map_or_else(build::site_directory, |site| paths::root().join(site));
    let served = Served { worker: &worker, desk: desk.as_deref(), site: &site };
    let configs = state.configure(&served, &vars)?;
    let mut server = Server::start(&state, &configs, options.port)?;
    server.wait_ready()?;
    phone.serve(options.port, &vars);
    let sweep = options.sweep()?;
    if sweep > 0 {
        server.sweep(Duration::from_secs(sweep));
    }
    if options.build.mode.as_deref() != Some("guide") {
        say(&format!("a phone to send and get text messages with: {phone_url}"));
    }
    say(&format!(
        "mail is captured, not sent: http://localhost:{}/cdn-cgi/explorer, and each one's file is \
         named here",
        options.port
    ));
    if let Some(issuer) = &issuer {
        say(&format!("staff sign in at {}", issuer.url));
    }
    say(&format!("started in {}; Ctrl-C ends it", process::seconds(begun.elapsed())));
    let mut out = std::io::stdout();
    writeln!(out, "ready: http://localhost:{}", options.port)?;
    out.flush()?;
    stay(&mut server, &options)?;
    Ok(ExitCode::SUCCESS)
}

/// The database with its schema and, when it is empty, its members; the configuration.
fn prepare(
    state: &State,
    options: &Options,
    phone: &Phone,
    issuer: Option<&Issuer>,
) -> Result<Vec<(String, String)>> {
    let applied = state.migrate()?;
    if !applied.is_empty() {
        say(&format!("database: {}", applied.join(", ")));
    }
    if !options.no_seed && seed::is_empty(state)? {
        seed::seed(state, seed::DEV_MEMBERS)?;
        say(&format!("{} synthetic members: docs/members.md", seed::DEV_MEMBERS));
    }
    if !options.no_seed && (options.contract || options.desk()?.is_some()) {
        staff::seed(state)?;
    }
    let mut vars = state.secrets(new_secrets)?;
    vars.extend(issuer.into_iter().flat_map(Issuer::vars));
    vars.push(("SWEEP_SECONDS".to_owned(), SWEEP_SECONDS.to_string()));
    // The scheduled work has no request to learn its own address from.
    vars.push(("PUBLIC_URL".to_owned(), format!("http://localhost:{}", options.port)));
    vars.extend(phone.vars());
    vars.extend(options.vars.iter().cloned());
    // 0 is for us, not for the Worker: see `Options::sweep`.
    vars.retain(|(name, value)| name != "SWEEP_SECONDS" || value != "0");
    Ok(vars)
}

/// What a deployment keeps as Worker secrets (docs/operations.md).
fn new_secrets() -> Result<Vec<(String, String)>> {
    Ok(vec![
        ("SECRET_KEYS".to_owned(), format!("dev1:{}", random()?)),
        ("MAIL_WEBHOOK_SECRETS".to_owned(), format!("whsec_{}", random()?)),
        ("TWILIO_AUTH_TOKENS".to_owned(), random()?),
    ])
}

/// 32 random bytes as base64.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(STANDARD.encode(bytes))
}

/// Until somebody ends it. With `--watch`, builds again what changed; wrangler sees that.
fn stay(server: &mut Server, options: &Options) -> Result<()> {
    let mut seen = if options.watch { inputs(options)? } else { String::new() };
    while !process::interrupted() {
        server.ended()?;
        std::thread::sleep(Duration::from_millis(if options.watch { 700 } else { 100 }));
        if !options.watch {
            continue;
        }
        let now = inputs(options)?;
        if now != seen {
            seen = now;
            match build::for_dev(&options.build) {
                Ok(()) => say("built again"),
                Err(error) if process::interrupted() => return Err(error),
                Err(error) => process::say_error(&format!("{error:#}")),
            }
        }
    }
    say("ending");
    Ok(())
}

fn inputs(options: &Options) -> Result<String> {
    Ok(build::site_inputs(&options.build)? + &build::worker_inputs(&options.build)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&args)
    }

    #[test]
    fn without_options_it_serves_at_the_documented_address() {
        let options = read("").unwrap();
        assert_eq!((options.port, options.state.as_str()), (8787, ".dev"));
        assert_eq!(options.sweep().unwrap(), 2);
    }

    #[test]
    fn watching_builds_for_debugging() {
        assert!(read("--watch").unwrap().build.debug);
        assert!(!read("--reset").unwrap().build.debug);
    }

    #[test]
    fn the_last_value_of_a_variable_counts() {
        let options = read("--var SWEEP_SECONDS=5 --var=SWEEP_SECONDS=0").unwrap();
        assert_eq!(options.sweep().unwrap(), 0);
    }

    #[test]
    fn unknown_options_and_modes_are_refused() {
        for line in ["--fast", "--mode agency", "--port http", "--var limit=1"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
