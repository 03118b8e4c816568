//! Synthetic staff of a local deployment, and where they sign in.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, Result};

use crate::process;
use crate::state::State;

/// What the local issuer's tokens are meant for.
const AUDIENCE: &str = "chiakhoa-local";

/// The office of the desk in a local deployment.
const OFFICE: &str = "bhxh-tp-ha-noi";
/// A second one, to hand cases over to.
const SECOND: &str = "bhxh-tp-da-nang";

/// Name in the audit, sign-in address, role, office, own account.
const STAFF: [(&str, &str, &str, &str, Option<&str>); 4] = [
    ("cb1", "can-bo-1@example.vn", "officer", OFFICE, Some("tv901")),
    ("cb2", "can-bo-2@example.vn", "officer", OFFICE, None),
    ("gs1", "giam-sat@example.vn", "supervisor", OFFICE, None),
    ("cb3", "can-bo-3@example.vn", "officer", SECOND, None),
];

/// Puts the staff into a local database that has none.
pub(crate) fn seed(state: &State) -> Result<()> {
    if !state.query("SELECT 1 FROM desk_staff LIMIT 1")?.is_empty() {
        return Ok(());
    }
    state.execute(|out| {
        for (id, email, role, office, member) in STAFF {
            let member = member.map_or_else(|| "NULL".to_owned(), |name| format!("'{name}'"));
            writeln!(
                out,
                "INSERT INTO desk_staff (id, email, role, office, member, active) \
                 VALUES ('{id}', '{email}', '{role}', '{office}', {member}, 1);"
            )?;
        }
        Ok(())
    })
}

/// The local issuer; it ends with this value.
pub(crate) struct Issuer {
    child: Child,
    /// Its address: `iss` of its tokens.
    pub(crate) url: String,
}

impl Issuer {
    /// Starts it; who has chosen goes on to `home`.
    pub(crate) fn start(home: &str) -> Result<Self> {
        let mut command = process::node_script("issuer.mjs");
        command.arg(AUDIENCE).arg(home).stdin(Stdio::null()).stdout(Stdio::piped());
        command.args(STAFF.iter().map(|(_, email, ..)| *email));
        let mut child = process::spawn(&mut command)?;
        let pipe = child.stdout.take().context("no pipe")?;
        let mut url = String::new();
        let read = BufReader::new(pipe).read_line(&mut url);
        let issuer = Self { child, url: url.trim().to_owned() };
        read.context("the local issuer said nothing")?;
        anyhow::ensure!(issuer.url.starts_with("http://"), "the local issuer did not start");
        Ok(issuer)
    }

    /// The Worker's variables for it.
    pub(crate) fn vars(&self) -> Vec<(String, String)> {
        vec![
            ("ACCESS_ISSUER".to_owned(), self.url.clone()),
            ("ACCESS_AUDIENCE".to_owned(), AUDIENCE.to_owned()),
            // The desk's pages lead there who has not signed in; no deployment has this variable.
            ("DEV_SIGN_IN".to_owned(), self.url.clone()),
        ]
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}
