//! The text-message channel's tables: its writes as SQL, and [`TextStore`] over D1.

use recovery::{
    flow::{
        ids::{Digest32, Id},
        policy::{DAY, HOUR},
        store::{Batch, StoreError},
        text_store::{
            NameKind, ReceiptCounts, TextAnswer, TextCounts, TextNote, TextStore, TextWrite, Wait,
        },
    },
    locale::Locale,
    sms::short::ShortName,
};
use serde::Deserialize;

use super::{
    D1, Value,
    rows::broken,
    sql::{Bind, Gives, Sql},
    writes::{self, unless_changed},
};

/// Appends the statements of one write, in their order.
pub(super) fn statements(write: &TextWrite, out: &mut Vec<Sql>) {
    match write {
        TextWrite::NoteText(note) => note_text(note, out),
        TextWrite::CountText { key, at, hour, day } => {
            for (cap, window) in [(hour, HOUR), (day, DAY)] {
                out.push(
                    Sql::new(
                        "INSERT INTO guard (conflict) SELECT 'text-limit' WHERE ?2 > 0 AND \
                         (SELECT count(*) FROM text_count WHERE key = ?1 AND at > ?3) >= ?2",
                    )
                    .show(key)
                    .int(i64::from(*cap))
                    .int(at - window),
                );
            }
            let count = Sql::new("INSERT INTO text_count (key, at) VALUES (?1, ?2)");
            out.push(count.show(key).int(*at));
        }
        TextWrite::CountDay { day, cap } => {
            out.push(
                Sql::new("INSERT INTO text_day (day, sent) VALUES (?1, 0) ON CONFLICT DO NOTHING")
                    .int(*day),
            );
            out.push(
                Sql::new(
                    "UPDATE text_day SET sent = sent + 1 WHERE day = ?1 AND \
                     (?2 = 0 OR sent < ?2) RETURNING sent AS value",
                )
                .int(*day)
                .int(i64::from(*cap))
                .gives(Gives::Value),
            );
            out.push(unless_changed("text-budget"));
        }
        TextWrite::TakeName { kind, name, owner, at, until } => {
            out.push(
                Sql::new(
                    "INSERT INTO text_name (kind, name, owner, until) VALUES (?1, ?2, ?3, ?5) \
                     ON CONFLICT (kind, name) DO UPDATE SET owner = ?3, until = ?5 \
                     WHERE until <= ?4",
                )
                .text(kind.as_str())
                .show(name)
                .show(owner)
                .int(*at)
                .int(*until),
            );
            out.push(unless_changed("name-taken"));
        }
        TextWrite::InsertWait(wait) => out.push(
            Sql::new(
                "INSERT INTO text_wait (id, locale, expires_at, recovery) VALUES (?1, ?2, ?3, ?4)",
            )
            .show(wait.id)
            .text(wait.locale.as_str())
            .int(wait.expires_at)
            .bind(or_null(wait.recovery)),
        ),
        TextWrite::BindWait { wait, recovery, at } => {
            out.push(
                Sql::new(
                    "UPDATE text_wait SET recovery = ?2 WHERE id = ?1 AND recovery IS NULL AND \
                     expires_at > ?3",
                )
                .show(wait)
                .show(recovery)
                .int(*at),
            );
            out.push(unless_changed("wait-closed"));
        }
        TextWrite::NoteReceipt { outbox, delivered, at } => {
            note_receipt(outbox, *delivered, *at, out);
        }
        TextWrite::PurgeTexts { now, before, day } => purge(*now, *before, *day, out),
    }
}

fn note_text(note: &TextNote, out: &mut Vec<Sql>) {
    out.push(
        Sql::new(
            "INSERT INTO text_note (key, fingerprint, answer, recovery, at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO NOTHING",
        )
        .show(note.key)
        .show(note.fingerprint)
        .text(note.answer.as_str())
        .bind(or_null(note.recovery))
        .int(note.at),
    );
    out.push(unless_changed("text-seen"));
}

fn note_receipt(outbox: &Id, delivered: bool, at: i64, out: &mut Vec<Sql>) {
    out.push(
        Sql::new(
            "SELECT 1 AS value WHERE NOT EXISTS (SELECT 1 FROM text_receipt WHERE outbox = ?1)",
        )
        .show(outbox)
        .gives(Gives::Rows),
    );
    out.push(
        Sql::new(
            "INSERT INTO text_receipt (outbox, delivered, at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (outbox) DO UPDATE SET delivered = ?2, at = ?3",
        )
        .show(outbox)
        .int(i64::from(delivered))
        .int(at),
    );
}

fn purge(now: i64, before: i64, day: i64, out: &mut Vec<Sql>) {
    for (text, bound) in [
        ("DELETE FROM text_note WHERE at < ?1", before),
        ("DELETE FROM text_count WHERE at < ?1", before),
        ("DELETE FROM text_day WHERE day < ?1", day),
        ("DELETE FROM text_name WHERE until < ?1", now),
        ("DELETE FROM text_wait WHERE expires_at < ?1", now),
        ("DELETE FROM text_receipt WHERE at < ?1", before),
    ] {
        out.push(Sql::new(text).int(bound).gives(Gives::Changes));
    }
}

fn or_null(id: Option<Id>) -> Bind {
    id.map_or(Bind::Null, |id| Bind::Text(id.to_string()))
}

#[derive(Deserialize)]
struct NoteRow {
    key: String,
    fingerprint: String,
    answer: String,
    recovery: Option<String>,
    at: i64,
}

impl NoteRow {
    fn read(self) -> Option<TextNote> {
        Some(TextNote {
            key: Digest32::parse(&self.key)?,
            fingerprint: Digest32::parse(&self.fingerprint)?,
            answer: TextAnswer::from_tag(&self.answer)?,
            recovery: optional(self.recovery.as_deref())?,
            at: self.at,
        })
    }
}

#[derive(Deserialize)]
struct WaitRow {
    id: String,
    locale: String,
    expires_at: i64,
    recovery: Option<String>,
}

impl WaitRow {
    fn read(self) -> Option<Wait> {
        Some(Wait {
            id: Id::parse(&self.id)?,
            locale: Locale::from_tag(&self.locale)?,
            expires_at: self.expires_at,
            recovery: optional(self.recovery.as_deref())?,
        })
    }
}

/// `Some(None)` for no id, `None` for one that cannot be read.
#[expect(clippy::option_option, reason = "absent and broken are two things here")]
fn optional(id: Option<&str>) -> Option<Option<Id>> {
    id.map_or(Some(None), |text| Id::parse(text).map(Some))
}

impl TextStore for D1 {
    async fn apply_with_texts(
        &self,
        texts: Vec<TextWrite>,
        batch: Batch,
    ) -> Result<Vec<i64>, StoreError> {
        let mut list = Vec::new();
        let mut ends = Vec::with_capacity(texts.len() + batch.len());
        for write in &texts {
            statements(write, &mut list);
            ends.push(list.len());
        }
        for write in &batch {
            writes::statements(write, &mut list);
            ends.push(list.len());
        }
        self.run(&list, ends).await
    }

    async fn text(&self, key: &Digest32) -> Result<Option<TextNote>, StoreError> {
        let sql = Sql::new("SELECT * FROM text_note WHERE key = ?1").show(key);
        let row = self.first::<NoteRow>(sql).await?;
        row.map(|row| row.read().ok_or_else(|| broken("text_note"))).transpose()
    }

    async fn texts(&self, key: &Digest32, hour: i64, day: i64) -> Result<TextCounts, StoreError> {
        #[derive(Deserialize)]
        struct Counts {
            hour: u32,
            day: u32,
        }
        let sql = Sql::new(
            "SELECT (SELECT count(*) FROM text_count WHERE key = ?1 AND at > ?2) AS hour, \
             (SELECT count(*) FROM text_count WHERE key = ?1 AND at > ?3) AS day",
        );
        let row = self.first::<Counts>(sql.show(key).int(hour).int(day)).await?;
        Ok(row.map_or_else(TextCounts::default, |row| TextCounts { hour: row.hour, day: row.day }))
    }

    async fn texts_of_day(&self, day: i64) -> Result<u32, StoreError> {
        let sql = Sql::new("SELECT sent AS value FROM text_day WHERE day = ?1").int(day);
        let row = self.first::<Value>(sql).await?;
        Ok(row.map_or(0, |row| u32::try_from(row.value).unwrap_or(u32::MAX)))
    }

    async fn named(
        &self,
        kind: NameKind,
        name: &ShortName,
        at: i64,
    ) -> Result<Option<Id>, StoreError> {
        #[derive(Deserialize)]
        struct Owner {
            owner: String,
        }
        let sql =
            Sql::new("SELECT owner FROM text_name WHERE kind = ?1 AND name = ?2 AND until > ?3");
        let row = self.first::<Owner>(sql.text(kind.as_str()).show(name).int(at)).await?;
        row.map(|row| Id::parse(&row.owner).ok_or_else(|| broken("text_name"))).transpose()
    }

    async fn wait(&self, id: &Id) -> Result<Option<Wait>, StoreError> {
        let sql = Sql::new("SELECT * FROM text_wait WHERE id = ?1").show(id);
        let row = self.first::<WaitRow>(sql).await?;
        row.map(|row| row.read().ok_or_else(|| broken("text_wait"))).transpose()
    }

    async fn receipts(&self, since: i64) -> Result<ReceiptCounts, StoreError> {
        #[derive(Deserialize)]
        struct Counts {
            delivered: u32,
            failed: u32,
        }
        let sql = Sql::new(
            "SELECT count(*) FILTER (WHERE delivered = 1) AS delivered, \
             count(*) FILTER (WHERE delivered = 0) AS failed FROM text_receipt WHERE at > ?1",
        );
        let row = self.first::<Counts>(sql.int(since)).await?;
        Ok(row.map_or_else(ReceiptCounts::default, |row| ReceiptCounts {
            delivered: row.delivered,
            failed: row.failed,
        }))
    }
}
