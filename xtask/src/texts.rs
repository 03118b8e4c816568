//! `cargo xtask texts`: what text messages cost today, and how they fare.

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::dev;
use crate::outbox::{Place, Row};
use crate::tools;
use crate::words::Words;

/// Figures only: the tables of the channel hold neither numbers nor words. Days are Vietnam's.
const FIGURES: &str = "\
     SELECT 'on the bill today' AS what, coalesce(sum(sent), 0) AS figure FROM text_day \
     WHERE day = (unixepoch() + 25200) / 86400 \
     UNION ALL SELECT 'waiting to be sent', count(*) FROM outbox \
     JOIN member_contact ON member_contact.id = outbox.contact \
     WHERE kind = 'phone' AND outbox.state IN ('pending', 'leased', 'sending') \
     UNION ALL SELECT 'delivered in a day', count(*) FROM text_receipt \
     WHERE delivered = 1 AND at > unixepoch() - 86400 \
     UNION ALL SELECT 'failed in a day', count(*) FROM text_receipt \
     WHERE delivered = 0 AND at > unixepoch() - 86400 \
     UNION ALL SELECT act, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch') FROM audit \
     WHERE act IN ('sms-budget-near', 'sms-budget-used') AND at > unixepoch() - 604800";

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let mut place = Place::Local(dev::STATE);
    let mut words = Words::new(args);
    while let Some((name, given)) = words.next() {
        match name {
            "--state" => place = Place::Local(words.value(name, given)?),
            "--remote" => place = Place::Remote,
            other => bail!("texts knows no `{other}`"),
        }
    }
    tools::for_serving()?;
    for row in place.query(FIGURES)? {
        println!("{}", line(&row));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(row: &Row) -> String {
    let what = row.get("what").and_then(Value::as_str).unwrap_or_default();
    let figure = match row.get("figure") {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    format!("{what:<20}{figure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_name() {
        let row = |text: &str| serde_json::from_str::<Row>(text).unwrap();
        let shown = line(&row(r#"{"what":"on the bill today","figure":12}"#));
        assert_eq!(shown, "on the bill today   12");
        assert!(line(&row(r#"{"what":"sms-budget-near","figure":"2026-01-01"}"#)).ends_with("-01"));
    }

    #[test]
    fn nothing_but_an_option_is_taken() {
        assert!(run(&["--all".to_owned()]).is_err());
    }
}
