//! `cargo xtask audit verify`: is the audit what was written? See docs/desk.md.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use recovery::desk::audit::{AuditLink, AuditRecord, Checkpoint, Report, verify};
use recovery::flow::ids::Digest32;
use recovery::flow::keys::{Key, Keyring};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::dev;
use crate::outbox::Place;
use crate::process::say;
use crate::stamp;
use crate::tools;
use crate::words::Words;

type Row = Map<String, Value>;

/// Rows asked for at once.
const PAGE: usize = 5_000;

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let mut place = Place::Local(dev::STATE);
    let mut elsewhere = None;
    let mut operands = Vec::new();
    let mut words = Words::new(args);
    while let Some((name, given)) = words.next() {
        match name {
            "--state" => place = Place::Local(words.value(name, given)?),
            "--remote" => place = Place::Remote,
            "--checkpoints" => elsewhere = Some(words.value(name, given)?),
            option if option.starts_with('-') => bail!("audit knows no `{option}`"),
            operand => operands.push(operand),
        }
    }
    if operands != ["verify"] {
        bail!("cargo xtask audit verify [--state DIR | --remote] [--checkpoints FILE|DIR]");
    }
    tools::for_serving()?;
    let keys = keyring(&place.secret_keys()?)?;
    let all = |sql: &str| pages(&place, sql);
    let records = parse(
        &all("SELECT seq, at, act, channel, recovery, case_id, staff, office FROM audit")?,
        record,
    )?;
    let links = parse(&all("SELECT seq, kid, hash FROM audit_link")?, link)?;
    let stored = "SELECT upto AS seq, upto, head, at, kid, signature FROM audit_checkpoint";
    let mut checkpoints = parse(&all(stored)?, checkpoint)?;
    if let Some(file) = elsewhere {
        let found = kept(Path::new(file)).with_context(|| format!("reading {file}"))?;
        say(&format!("{} checkpoints in {file}", found.len()));
        if found.is_empty() {
            bail!("no checkpoint in {file}: nothing could be compared with it");
        }
        checkpoints.extend(found);
    }
    let report = verify(&keys, &records, &links, &checkpoints);
    print!("{}", shown(&report));
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All rows of a table that is numbered by `seq`.
fn pages(place: &Place<'_>, select: &str) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let above = rows.last().and_then(|row| row.get("seq")).and_then(Value::as_i64);
        let column = if select.contains("AS seq") { "upto" } else { "seq" };
        let above = above.unwrap_or(i64::MIN + 1);
        let page = place
            .query(&format!("{select} WHERE {column} > {above} ORDER BY {column} LIMIT {PAGE}"))?;
        let last = page.len() < PAGE;
        rows.extend(page);
        if last {
            return Ok(rows);
        }
    }
}

fn parse<T>(rows: &[Row], read: impl Fn(&Row) -> Option<T>) -> Result<Vec<T>> {
    rows.iter().map(|row| read(row).context("a row of the audit cannot be read")).collect()
}

fn text(row: &Row, name: &str) -> Option<String> {
    row.get(name)?.as_str().map(str::to_owned)
}

fn record(row: &Row) -> Option<AuditRecord> {
    Some(AuditRecord {
        seq: row.get("seq")?.as_i64()?,
        at: row.get("at")?.as_i64()?,
        act: text(row, "act")?,
        channel: text(row, "channel")?,
        recovery: text(row, "recovery"),
        case: text(row, "case_id"),
        staff: text(row, "staff"),
        office: text(row, "office"),
    })
}

fn link(row: &Row) -> Option<AuditLink> {
    let hash = Digest32::parse(&text(row, "hash")?)?;
    Some(AuditLink { seq: row.get("seq")?.as_i64()?, kid: text(row, "kid")?, hash })
}

fn checkpoint(row: &Row) -> Option<Checkpoint> {
    Some(Checkpoint {
        upto: row.get("upto")?.as_i64()?,
        head: Digest32::parse(&text(row, "head")?)?,
        at: row.get("at")?.as_i64()?,
        kid: text(row, "kid")?,
        signature: Digest32::parse(&text(row, "signature")?)?,
    })
}

/// The checkpoints kept in a file, or in all files of a directory: logs, a copy of the bucket, mails
/// as they were saved or as their text was copied.
fn kept(place: &Path) -> Result<Vec<Checkpoint>> {
    let mut found: Vec<Checkpoint> = Vec::new();
    for file in stamp::files(place)? {
        // A directory may hold other things than text.
        let text = String::from_utf8_lossy(&fs::read(file)?).into_owned();
        for point in logged(&text).into_iter().chain(mailed(&text)) {
            if !found.contains(&point) {
                found.push(point);
            }
        }
    }
    Ok(found)
}

/// The checkpoints among the lines of a Worker's log, whatever stands around them.
fn logged(text: &str) -> Vec<Checkpoint> {
    let lines = text.lines().filter(|line| line.contains("\"audit-checkpoint\""));
    lines
        .filter_map(|line| {
            let object = line.get(line.find('{')?..=line.rfind('}')?)?;
            checkpoint(&serde_json::from_str(object).ok()?)
        })
        .collect()
}

/// The checkpoints in a mail: in its text, or in the text as mail programs write it down, in
/// quoted-printable or base 64.
fn mailed(text: &str) -> Vec<Checkpoint> {
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let mut found = Checkpoint::find(text);
    found.extend(Checkpoint::find(&joined));
    let mut block = String::new();
    for line in text.lines().map(str::trim_end).chain([""]) {
        let encoded = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        if !line.is_empty() && line.bytes().all(encoded) {
            block.push_str(line);
        } else if let Ok(bytes) = STANDARD.decode(std::mem::take(&mut block)) {
            found.extend(Checkpoint::find(&String::from_utf8_lossy(&bytes)));
        }
    }
    found
}

/// The flow's keys out of `SECRET_KEYS`, as the Worker derives them.
fn keyring(list: &str) -> Result<Keyring> {
    let mut keys = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (id, encoded) = entry.split_once(':').context("SECRET_KEYS: not id:base64")?;
        let root = STANDARD.decode(encoded).context("SECRET_KEYS: not base64")?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&root).context("SECRET_KEYS")?;
        mac.update(b"chiakhoa recovery");
        keys.push(Key { id: id.to_owned(), bytes: mac.finalize().into_bytes().into() });
    }
    if keys.is_empty() {
        bail!("SECRET_KEYS holds no key");
    }
    let current = keys.remove(0);
    Ok(Keyring::new(current, keys))
}

fn shown(report: &Report) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "{} records hold; {} wait to be linked; {} findings\n",
        report.good,
        report.open,
        report.findings.len()
    );
    for finding in &report.findings {
        let _ = writeln!(text, "record {}: {}", finding.seq(), finding.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use recovery::desk::audit::chain;

    use super::*;

    fn keys() -> Keyring {
        keyring(&format!("k1:{}", STANDARD.encode([7; 32]))).unwrap()
    }

    #[test]
    fn a_checkpoint_is_read_from_a_log_with_other_lines() {
        let record = AuditRecord {
            seq: 1,
            at: 5,
            act: "case-opened".into(),
            channel: "desk".into(),
            recovery: None,
            case: None,
            staff: None,
            office: None,
        };
        let (links, point) = chain(&keys(), None, std::slice::from_ref(&record), 9).unwrap();
        let line = format!(
            "x {{\"at\":9,\"event\":\"audit-checkpoint\",\"head\":\"{}\",\"kid\":\"k1\",\"level\":\
             \"info\",\"signature\":\"{}\",\"upto\":1}} y",
            point.head, point.signature
        );
        let found = logged(&format!("other\n{{\"event\":\"request\"}}\n{line}\n"));
        assert_eq!(found, [point]);
        assert!(verify(&keys(), &[record], &links, &found).findings.is_empty());
        let cut = verify(&keys(), &[], &[], &found);
        assert_eq!(
            shown(&cut),
            "0 records hold; 0 wait to be linked; 1 findings\nrecord 1: removed\n"
        );
    }

    #[test]
    fn a_checkpoint_is_read_from_a_mail_however_it_was_saved() {
        let hex = "0123456789abcdef".repeat(4);
        let line = format!("audit-checkpoint 7 1800000000 k1 {hex} {hex}");
        let body = format!("Mốc đã ký.\n\n{line}\n\nA checkpoint.\n");
        let head = "Subject: =?utf-8?q?M=E1=BB=91c?=\r\nMIME-Version: 1.0\r\n";
        let soft = body.replace(&line, &format!("{}=\r\n{}", &line[..70], &line[70..]));
        let encoded = STANDARD.encode(&body);
        let lines: Vec<_> = encoded.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
        for text in [
            body.clone(),
            format!("> {}", body.replace(' ', "\n> ")),
            format!("{head}Content-Transfer-Encoding: quoted-printable\r\n\r\n{soft}"),
            format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{}\r\n", lines.join("\r\n")),
        ] {
            let found = mailed(&text);
            assert_eq!(found.first().map(Checkpoint::line), Some(line.clone()), "{text}");
        }
        assert_eq!(mailed(&body.replace("k1 0", "k1 x")), []);
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        for bad in ["", "k1", "k1:!!"] {
            assert!(keyring(bad).is_err(), "{bad}");
        }
    }
}
