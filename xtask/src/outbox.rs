//! `cargo xtask outbox`: messages that were given up, for an operator to see and send again.

use std::fmt::Write as _;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::dev;
use crate::paths;
use crate::process::{self, say};
use crate::state::State;
use crate::tools;
use crate::words::Words;

pub(crate) type Row = Map<String, Value>;

/// What `wrangler.toml` calls the database.
const DATABASE: &str = "chiakhoa";

/// Nothing that names a person: the row itself holds none (docs/architecture.md, the outbox).
const LIST: &str = "SELECT id, template, state, attempts, \
     strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch') AS written, \
     strftime('%Y-%m-%dT%H:%M:%SZ', settled_at, 'unixepoch') AS given_up FROM dead_letter";

/// Which database.
pub(crate) enum Place<'a> {
    Local(&'a str),
    Remote,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
enum Task<'a> {
    List,
    Resend(Which<'a>),
}

#[derive(Debug, PartialEq, Eq)]
enum Which<'a> {
    One(&'a str),
    All,
}

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let (task, place) = read(args)?;
    tools::for_serving()?;
    let rows = place.query(&sql(&task)?)?;
    match task {
        Task::List if rows.is_empty() => say("no message was given up"),
        Task::List => print!("{}", table(&rows)),
        Task::Resend(Which::One(id)) if rows.is_empty() => {
            bail!("no message {id} was given up: see cargo xtask outbox list");
        }
        Task::Resend(_) => say(&format!("{}: the next sweep sends what it can", counted(&rows))),
    }
    Ok(ExitCode::SUCCESS)
}

fn counted(rows: &[Row]) -> String {
    match rows.len() {
        1 => "1 message is due again".to_owned(),
        n => format!("{n} messages are due again"),
    }
}

fn read(args: &[String]) -> Result<(Task<'_>, Place<'_>)> {
    let mut place = Place::Local(dev::STATE);
    let mut operands = Vec::new();
    let mut all = false;
    let mut words = Words::new(args);
    while let Some((name, given)) = words.next() {
        match name {
            "--state" => place = Place::Local(words.value(name, given)?),
            "--remote" => place = Place::Remote,
            "--all" => all = true,
            option if option.starts_with('-') => bail!("outbox knows no `{option}`"),
            operand => operands.push(operand),
        }
    }
    let task = match (operands.as_slice(), all) {
        (["list"], false) => Task::List,
        (["resend", id], false) => Task::Resend(Which::One(id)),
        (["resend"], true) => Task::Resend(Which::All),
        _ => bail!("cargo xtask outbox list | resend ID | resend --all"),
    };
    Ok((task, place))
}

/// A row that is due again is dispatched like a new one. Where its code has expired meanwhile,
/// the dispatch puts the message "please start again" in its place.
fn sql(task: &Task<'_>) -> Result<String> {
    let which = match task {
        Task::List => return Ok(LIST.to_owned()),
        Task::Resend(Which::All) => String::new(),
        Task::Resend(Which::One(id)) => {
            let plain = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase();
            if id.len() != 26 || !id.bytes().all(plain) {
                bail!("`{id}` is no message id: 26 digits and small letters");
            }
            format!(" AND id = '{id}'")
        }
    };
    Ok(format!(
        "UPDATE outbox SET state = 'pending', attempts = 0, unknowns = 0, due_at = unixepoch(), \
         settled_at = NULL WHERE state IN ('dead', 'unknown'){which} RETURNING id"
    ))
}

impl Place<'_> {
    /// `SECRET_KEYS` of that deployment: the local one's own, else from the environment.
    pub(crate) fn secret_keys(&self) -> Result<String> {
        if let Self::Local(directory) = self {
            let kept = State::open(directory, false)?.secrets(|| Ok(Vec::new()))?;
            if let Some((_, keys)) = kept.into_iter().find(|(name, _)| name == "SECRET_KEYS") {
                return Ok(keys);
            }
        }
        std::env::var("SECRET_KEYS").context("SECRET_KEYS is not set")
    }

    pub(crate) fn query(&self, sql: &str) -> Result<Vec<Row>> {
        match self {
            Self::Local(directory) => State::open(directory, false)?.query(sql),
            Self::Remote => {
                let mut command = Command::new(paths::npm_bin("node"));
                command
                    .arg(paths::root().join("node_modules/wrangler/bin/wrangler.js"))
                    .args(["d1", "execute", DATABASE, "--remote", "--json", "--yes", "--command"])
                    .arg(sql)
                    .env("WRANGLER_SEND_METRICS", "false")
                    .current_dir(paths::root());
                results(&process::read(&mut command, "asking the remote database")?)
            }
        }
    }
}

/// The rows in what `wrangler d1 execute --json` prints.
fn results(text: &str) -> Result<Vec<Row>> {
    let answers: Vec<Row> = serde_json::from_str(text).context("the answer of wrangler")?;
    let rows = answers.into_iter().next().and_then(|mut answer| answer.remove("results"));
    serde_json::from_value(rows.context("an answer without results")?).context("rows")
}

fn table(rows: &[Row]) -> String {
    let columns = ["id", "template", "state", "attempts", "written", "given_up"];
    let cell = |row: &Row, column: &str| match row.get(column) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(other) => other.to_string(),
    };
    let mut lines = vec![columns.map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(|row| columns.map(|column| cell(row, column)).to_vec()));
    let mut text = String::new();
    for line in &lines {
        for (place, word) in line.iter().enumerate() {
            let width = lines.iter().map(|line| line[place].len()).max().unwrap_or(0);
            let _ = write!(text, "{word:<width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn one_or_all_are_sent_again_but_never_by_omission() {
        let id = "0123456789abcdefghjkmnpqrs";
        let line = words(&format!("resend {id} --remote"));
        assert_eq!(read(&line).unwrap().0, Task::Resend(Which::One(id)));
        assert_eq!(read(&words("resend --all")).unwrap().0, Task::Resend(Which::All));
        assert_eq!(read(&words("list --state .x")).unwrap().0, Task::List);
        for line in ["", "resend", "list --all", "resend a --all", "purge", "list --force"] {
            assert!(read(&words(line)).is_err(), "{line}");
        }
    }

    #[test]
    fn only_an_id_gets_into_the_statement() {
        for id in ["x' OR '1'='1", "", "0123456789ABCDEFGHJKMNPQRS", "é".repeat(13).as_str()] {
            assert!(sql(&Task::Resend(Which::One(id))).is_err(), "{id}");
        }
    }

    #[test]
    fn the_answer_of_wrangler_is_read() {
        let rows = results(r#"[{"results":[{"id":"a"}],"success":true,"meta":{}}]"#).unwrap();
        assert_eq!(rows.len(), 1);
        assert!(results("[]").is_err());
        assert!(results("not json").is_err());
    }

    #[test]
    fn the_table_stands_in_columns() {
        let rows = results(
            r#"[{"results":[{"id":"abc","template":"recovery-code","state":"dead","attempts":16,
                "written":"2026-01-01T00:00:00Z","given_up":null}]}]"#,
        )
        .unwrap();
        assert_eq!(
            table(&rows),
            "id   template       state  attempts  written               given_up\n\
             abc  recovery-code  dead   16        2026-01-01T00:00:00Z  -\n"
        );
    }
}
