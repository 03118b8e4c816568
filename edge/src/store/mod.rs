//! D1 behind the flow's [`Store`] and [`Accounts`]: one `batch()` per decision.
//!
//! A batch is one transaction. A condition that must hold is a row that cannot be inserted
//! (`guard`), so that a refusal is a constraint error with the conflict's name, and nothing
//! of the batch is written. Every read goes to the primary.

mod accounts;
mod desk;
mod desk_letters;
mod desk_queue;
mod desk_writes;
mod figures;
mod inserts;
pub mod rows;
pub mod sql;
mod texts;
#[cfg(feature = "contract-tests")]
pub mod work;
pub mod writes;

use recovery::flow::{
    account::MemberRef,
    ids::{Digest32, Id, RecoveryId},
    store::{
        Batch, Conflict, OutboxRow, Recovery, Session, SigninCounts, Store, StoreError, Ticket,
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use worker::{
    D1DatabaseSession, D1PreparedStatement, D1Result, D1SessionConstraint, Env,
    wasm_bindgen::JsValue,
};

use self::{
    rows::{Outbox, RecoveryRow, SessionRow, TicketRow},
    sql::{Bind, Gives, Sql},
};

/// The binding's name.
pub const BINDING: &str = "DB";

/// Seconds to wait when the database does not answer.
pub const RETRY_AFTER: u32 = 30;

/// One request's session with D1. Its first query and all after it see every batch that was
/// answered before.
pub struct D1 {
    session: D1DatabaseSession,
}

#[derive(Deserialize)]
struct Value {
    value: i64,
}

impl D1 {
    /// Opens a session on the primary.
    pub fn open(env: &Env) -> Result<Self, StoreError> {
        let database = env.d1(BINDING).map_err(|error| unavailable(&error))?;
        let session = database
            .with_session_constraint(D1SessionConstraint::FirstPrimary)
            .map_err(|error| unavailable(&error))?;
        Ok(Self { session })
    }

    /// Does the database answer, and has it our tables? `guard` is always empty.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read::<Value>(Sql::new("SELECT count(*) AS value FROM guard")).await.map(|_| ())
    }

    /// Runs one statement that writes and stands by itself.
    pub async fn execute(&self, sql: Sql) -> Result<(), StoreError> {
        self.batch(&[sql]).await.map(|_| ())
    }

    fn prepare(&self, sql: &Sql) -> Result<D1PreparedStatement, StoreError> {
        let values: Vec<JsValue> = sql
            .binds
            .iter()
            .map(|bind| match bind {
                Bind::Text(text) => JsValue::from_str(text),
                #[expect(clippy::cast_precision_loss, reason = "D1 takes numbers of 53 bits")]
                Bind::Int(number) => JsValue::from_f64(*number as f64),
                Bind::Null => JsValue::NULL,
            })
            .collect();
        let statement = self.session.prepare(sql.text);
        if values.is_empty() {
            return Ok(statement);
        }
        statement.bind(&values).map_err(|error| unavailable(&error))
    }

    async fn batch(&self, statements: &[Sql]) -> Result<Vec<D1Result>, StoreError> {
        let prepared = statements.iter().map(|sql| self.prepare(sql)).collect::<Result<_, _>>()?;
        let outcome = self.session.batch(prepared).await.map_err(|error| classify(&error));
        #[cfg(feature = "contract-tests")]
        work::note(statements, outcome.as_deref());
        outcome
    }

    /// Runs the statements of a list of writes as one transaction. `ends` says behind which
    /// statement each write ends; the answer is each write's value.
    async fn run(&self, statements: &[Sql], ends: Vec<usize>) -> Result<Vec<i64>, StoreError> {
        let results = self.batch(statements).await?;
        if results.len() != statements.len() {
            return Err(StoreError::Unavailable("a batch gave too few answers".to_owned()));
        }
        let mut answers = statements.iter().zip(&results);
        let mut values = Vec::with_capacity(ends.len());
        let mut start = 0;
        for end in ends {
            let mut sum = 0;
            for (sql, result) in answers.by_ref().take(end - start) {
                sum += value_of(sql.gives, result)?;
            }
            values.push(sum);
            start = end;
        }
        Ok(values)
    }

    /// The rows of one query.
    async fn read<T: DeserializeOwned>(&self, sql: Sql) -> Result<Vec<T>, StoreError> {
        let results = self.batch(&[sql]).await?;
        results.first().map_or_else(|| Ok(Vec::new()), results_of)
    }

    /// Applies the statements of each write, in one transaction; one value per write.
    async fn apply_groups(&self, groups: Vec<Vec<Sql>>) -> Result<Vec<i64>, StoreError> {
        let mut ends = Vec::with_capacity(groups.len());
        let mut statements = Vec::new();
        for group in groups {
            statements.extend(group);
            ends.push(statements.len());
        }
        self.run(&statements, ends).await
    }

    async fn first<T: DeserializeOwned>(&self, sql: Sql) -> Result<Option<T>, StoreError> {
        Ok(self.read(sql).await?.into_iter().next())
    }
}

/// Rows of an answer.
fn results_of<T: DeserializeOwned>(result: &D1Result) -> Result<Vec<T>, StoreError> {
    result.results().map_err(|error| unavailable(&error))
}

/// What counts of one statement's answer.
fn value_of(gives: Gives, result: &D1Result) -> Result<i64, StoreError> {
    let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    Ok(match gives {
        Gives::Nothing => 0,
        Gives::Rows => length(results_of::<serde::de::IgnoredAny>(result)?.len()),
        Gives::Value => results_of::<Value>(result)?.first().map_or(0, |row| row.value),
        Gives::Changes => {
            let meta = result.meta().map_err(|error| unavailable(&error))?;
            meta.and_then(|meta| meta.changes).map_or(0, length)
        }
    })
}

fn unavailable(error: &worker::Error) -> StoreError {
    StoreError::Unavailable(message(error))
}

/// A constraint by its name, everything else as "no answer".
fn classify(error: &worker::Error) -> StoreError {
    let message = message(error);
    conflict(&message).map_or(StoreError::Unavailable(message), StoreError::Conflict)
}

/// The error's own words; D1 puts them into the message or into its cause.
fn message(error: &worker::Error) -> String {
    let text = match error {
        worker::Error::D1(d1) => {
            let message = String::from(AsRef::<worker::js_sys::Error>::as_ref(d1).message());
            format!("{message} / {}", d1.cause())
        }
        other => other.to_string(),
    };
    text.chars().take(300).collect()
}

/// The conflict that a constraint error stands for.
fn conflict(message: &str) -> Option<Conflict> {
    if message.contains("CHECK constraint failed") {
        let named = [
            ("dispatch_limit", Conflict::DispatchLimit),
            ("recovery_closed", Conflict::RecoveryClosed),
            ("ticket_spent", Conflict::TicketSpent),
            ("signin_limit", Conflict::SigninLimit),
            ("text_seen", Conflict::TextSeen),
            ("text_limit", Conflict::TextLimit),
            ("text_budget", Conflict::TextBudget),
            ("name_taken", Conflict::NameTaken),
            ("wait_closed", Conflict::WaitClosed),
            ("case_changed", Conflict::CaseChanged),
            ("message_revived", Conflict::MessageRevived),
        ];
        return named.iter().find(|(name, _)| message.contains(name)).map(|(_, found)| *found);
    }
    if message.contains("UNIQUE constraint failed") {
        let captcha = message.contains("captcha_nonce.nonce");
        return Some(if captcha { Conflict::CaptchaSpent } else { Conflict::Duplicate });
    }
    None
}

impl Store for D1 {
    async fn apply(&self, batch: Batch) -> Result<Vec<i64>, StoreError> {
        let groups = batch.iter().map(|write| {
            let mut statements = Vec::new();
            writes::statements(write, &mut statements);
            statements
        });
        self.apply_groups(groups.collect()).await
    }

    async fn recovery(&self, id: &RecoveryId) -> Result<Option<Recovery>, StoreError> {
        let sql = Sql::new("SELECT * FROM recovery WHERE id = ?1").show(id);
        self.first::<RecoveryRow>(sql).await?.map(RecoveryRow::read).transpose()
    }

    async fn ticket(&self, hash: &Digest32) -> Result<Option<Ticket>, StoreError> {
        let sql = Sql::new("SELECT * FROM ticket WHERE hash = ?1").show(hash);
        self.first::<TicketRow>(sql).await?.map(TicketRow::read).transpose()
    }

    async fn session(&self, hash: &Digest32) -> Result<Option<Session>, StoreError> {
        let sql = Sql::new("SELECT * FROM session WHERE hash = ?1").show(hash);
        self.first::<SessionRow>(sql).await?.map(SessionRow::read).transpose()
    }

    async fn dispatches(&self, key: &Digest32, since: i64) -> Result<Vec<i64>, StoreError> {
        let sql = Sql::new(
            "SELECT at AS value FROM dispatch WHERE key = ?1 AND at > ?2 ORDER BY at DESC LIMIT 50",
        );
        let rows = self.read::<Value>(sql.show(key).int(since)).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    async fn requests(&self, identifier: &Digest32, since: i64) -> Result<u32, StoreError> {
        let sql =
            Sql::new("SELECT count(*) AS value FROM dispatch WHERE identifier = ?1 AND at > ?2");
        let row = self.first::<Value>(sql.show(identifier).int(since)).await?;
        Ok(row.map_or(0, |row| u32::try_from(row.value).unwrap_or(u32::MAX)))
    }

    async fn signins(
        &self,
        pair: &Digest32,
        identifier: &Digest32,
        since: i64,
    ) -> Result<SigninCounts, StoreError> {
        #[derive(Deserialize)]
        struct Counts {
            pair: u32,
            pair_newest: i64,
            identifier: u32,
        }
        let sql = Sql::new(
            "SELECT (SELECT count(*) FROM signin WHERE pair = ?1 AND at > ?3) AS pair, \
             (SELECT coalesce(max(at), 0) FROM signin WHERE pair = ?1 AND at > ?3) \
             AS pair_newest, \
             (SELECT count(*) FROM signin WHERE identifier = ?2 AND at > ?3) AS identifier",
        );
        let row = self.first::<Counts>(sql.show(pair).show(identifier).int(since)).await?;
        Ok(row.map_or_else(SigninCounts::default, |row| SigninCounts {
            pair: row.pair,
            pair_newest: row.pair_newest,
            identifier: row.identifier,
        }))
    }

    async fn recent(&self, member: &MemberRef, limit: u32) -> Result<Vec<Recovery>, StoreError> {
        let sql = Sql::new(
            "SELECT * FROM recovery WHERE member = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2",
        );
        let rows = self.read::<RecoveryRow>(sql.text(&member.0).int(i64::from(limit))).await?;
        rows.into_iter().map(RecoveryRow::read).collect()
    }

    async fn outbox(&self, id: &Id) -> Result<Option<OutboxRow>, StoreError> {
        let sql = Sql::new("SELECT * FROM outbox WHERE id = ?1").show(id);
        self.first::<Outbox>(sql).await?.map(Outbox::read).transpose()
    }

    async fn due(&self, at: i64, limit: u32) -> Result<Vec<Id>, StoreError> {
        #[derive(Deserialize)]
        struct Due {
            id: String,
        }
        // Two indexed halves: an OR over both would scan the whole table.
        let sql = Sql::new(
            "SELECT id FROM (SELECT id, due_at FROM outbox \
             WHERE state = 'pending' AND due_at <= ?1 \
             UNION ALL SELECT id, due_at FROM outbox \
             WHERE state IN ('leased', 'sending') AND lease_until <= ?1) \
             ORDER BY due_at, id LIMIT ?2",
        );
        let rows = self.read::<Due>(sql.int(at).int(i64::from(limit))).await?;
        rows.into_iter()
            .map(|row| Id::parse(&row.id).ok_or_else(|| rows::broken("outbox")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_error_becomes_its_own_conflict() {
        for (message, expected) in [
            (
                "D1_ERROR: CHECK constraint failed: ticket_spent: SQLITE_CONSTRAINT",
                Some(Conflict::TicketSpent),
            ),
            ("D1_ERROR: CHECK constraint failed: recovery_closed", Some(Conflict::RecoveryClosed)),
            ("CHECK constraint failed: dispatch_limit", Some(Conflict::DispatchLimit)),
            ("CHECK constraint failed: signin_limit", Some(Conflict::SigninLimit)),
            ("CHECK constraint failed: text_seen: SQLITE_CONSTRAINT", Some(Conflict::TextSeen)),
            ("CHECK constraint failed: name_taken", Some(Conflict::NameTaken)),
            ("CHECK constraint failed: case_changed", Some(Conflict::CaseChanged)),
            ("UNIQUE constraint failed: desk_case.number", Some(Conflict::Duplicate)),
            (
                "UNIQUE constraint failed: captcha_nonce.nonce: SQLITE_CONSTRAINT_PRIMARYKEY",
                Some(Conflict::CaptchaSpent),
            ),
            ("UNIQUE constraint failed: recovery.id", Some(Conflict::Duplicate)),
            ("UNIQUE constraint failed: ticket.recovery", Some(Conflict::Duplicate)),
            ("CHECK constraint failed: tries >= 0", None),
            ("D1_ERROR: Network connection lost.", None),
        ] {
            assert_eq!(conflict(message), expected, "{message}");
        }
    }
}
