//! Only with the feature `contract-tests`: what every statement cost the database, so that a test
//! can lay the work for a known and an unknown account side by side. No release has it.

use std::cell::RefCell;

use recovery::flow::store::StoreError;
use serde_json::{Value, json};
use worker::D1Result;

use super::sql::{Bind, Sql};

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static WHOLE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// Notes a batch: each statement's text, without its values, with the rows it read and wrote as D1
/// bills them; for a refused batch why.
pub(super) fn note(statements: &[Sql], outcome: Result<&[D1Result], &StoreError>) {
    let line = |(i, sql): (usize, &Sql)| {
        let cost = match outcome {
            Ok(results) => {
                let meta = results.get(i).and_then(|result| result.meta().ok().flatten());
                let [read, written] = meta.map_or([None, None], |m| [m.rows_read, m.rows_written]);
                format!("read {} wrote {}", read.unwrap_or(0), written.unwrap_or(0))
            }
            Err(why) => format!("{why:?}"),
        };
        format!("{} | {cost}", sql.text)
    };
    let bind = |bind: &Bind| match bind {
        Bind::Text(text) => json!(text),
        Bind::Int(number) => json!(number),
        Bind::Null => Value::Null,
    };
    WHOLE.with_borrow_mut(|all| {
        all.extend(statements.iter().map(|sql| {
            json!({"text": sql.text, "binds": sql.binds.iter().map(bind).collect::<Vec<_>>()})
        }));
    });
    let lines = statements.iter().enumerate().map(line);
    LINES.with_borrow_mut(|all| {
        all.push("BATCH".to_owned());
        all.extend(lines);
    });
}

/// Every statement since the last time with its values, in order: for plans and timings.
pub fn take_whole() -> Vec<Value> {
    WHOLE.take()
}

/// What was noted since the last time, in order.
pub fn take() -> Vec<String> {
    LINES.take()
}
