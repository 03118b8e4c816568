//! D1 behind the desk's [`FigureStore`]. Counts come from tables that the database fills by
//! itself (migration 0005): no statement here reads more rows than there are days, channels,
//! offices and kinds, but for the queue's, which reads an index of the open cases.

use recovery::{
    desk::{
        figures::{
            period::Days,
            store::{Bounce, Counted, DeadLetter, FigureStore, Lasted, Limit, Queued, Tally},
            times::Times,
        },
        names::OfficeId,
    },
    flow::{
        account::MemberRef,
        ids::Id,
        store::{Channel, OutboxRow, StoreError},
    },
};
use serde::Deserialize;

use super::{
    D1, results_of,
    rows::{Outbox, RecoveryRow, broken},
    sql::Sql,
};

/// An office, where there is one.
fn office(text: &str) -> Result<Option<OfficeId>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    OfficeId::parse(text).map(Some).ok_or_else(|| broken("figure_day"))
}

fn channel(tag: &str) -> Result<Channel, StoreError> {
    Channel::from_tag(tag).ok_or_else(|| broken("figure_day"))
}

const TALLIES: &str = "SELECT day, channel, office, act, count FROM figure_day WHERE day BETWEEN \
                       ?1 AND ?2 ORDER BY day, channel, office";
const LASTED: &str = "SELECT channel, office, step, sum(count) AS count FROM figure_time WHERE \
                      day BETWEEN ?1 AND ?2 GROUP BY channel, office, step ORDER BY channel, office";
const LIMITS: &str = "SELECT kind, sum(count) AS count FROM figure_limit WHERE day BETWEEN ?1 AND \
                      ?2 GROUP BY kind ORDER BY kind";
const QUEUES: &str = "SELECT office, count(*) AS count, min(opened_at) AS oldest FROM desk_case \
                      WHERE ended_at IS NULL GROUP BY office ORDER BY office";
const PLACE: &str = "SELECT opened_at AS value FROM desk_case WHERE office = ?1 AND ended_at IS \
                     NULL ORDER BY opened_at, id LIMIT 1 OFFSET ?2";
const DEAD_COUNT: &str = "SELECT count(*) AS value FROM outbox WHERE state IN ('dead', 'unknown')";
const DEAD: &str = "SELECT * FROM outbox WHERE state IN ('dead', 'unknown') ORDER BY created_at \
                    DESC, id DESC LIMIT ?1";
const LETTER: &str = "SELECT * FROM outbox WHERE id = ?1";
const RECOVERIES: &str = "SELECT * FROM recovery WHERE id IN (SELECT value FROM json_each(?1))";
const RETURNED: &str = "SELECT kind, count(*) AS count FROM mail_event WHERE at >= ?1 AND at < ?2 \
                        GROUP BY kind UNION ALL SELECT 'undelivered', count(*) FROM text_receipt \
                        WHERE delivered = 0 AND at >= ?1 AND at < ?2 ORDER BY 1";
const RETURNS: &str = "SELECT at, kind, member, contact FROM (SELECT * FROM (SELECT at, kind, \
                       outbox FROM mail_event WHERE at >= ?1 AND at < ?2 ORDER BY at DESC LIMIT \
                       ?3) UNION ALL SELECT * FROM (SELECT at, 'undelivered', outbox FROM \
                       text_receipt WHERE delivered = 0 AND at >= ?1 AND at < ?2 ORDER BY at DESC \
                       LIMIT ?3)) AS event LEFT JOIN outbox ON outbox.id = event.outbox \
                       ORDER BY at DESC LIMIT ?3";

#[derive(Deserialize)]
struct DayRow {
    day: i64,
    channel: String,
    office: String,
    act: String,
    count: u64,
}

#[derive(Deserialize)]
struct TimeRow {
    channel: String,
    office: String,
    step: usize,
    count: u64,
}

#[derive(Deserialize)]
struct KindRow {
    kind: String,
    count: u64,
}

#[derive(Deserialize)]
struct QueueRow {
    office: String,
    count: u64,
    oldest: i64,
}

#[derive(Deserialize)]
struct Value {
    value: i64,
}

#[derive(Deserialize)]
struct LetterRow {
    #[serde(flatten)]
    row: Outbox,
    settled_at: Option<i64>,
    resent_at: Option<i64>,
}

#[derive(Deserialize)]
struct BounceRow {
    at: i64,
    kind: String,
    member: Option<String>,
    contact: Option<String>,
}

fn of_days(text: &'static str, days: Days) -> Sql {
    Sql::new(text).int(days.first).int(days.last)
}

impl D1 {
    /// The rows with their recoveries.
    async fn letters(&self, rows: Vec<LetterRow>) -> Result<Vec<DeadLetter>, StoreError> {
        let mut letters = Vec::with_capacity(rows.len());
        for LetterRow { row, settled_at, resent_at } in rows {
            let row: OutboxRow = row.read()?;
            letters.push(DeadLetter { row, settled_at, resent_at, recovery: None });
        }
        if letters.is_empty() {
            return Ok(letters);
        }
        let ids: Vec<String> =
            letters.iter().map(|letter| letter.row.recovery.to_string()).collect();
        let sql = Sql::new(RECOVERIES).text(&serde_json::json!(ids).to_string());
        for row in self.read::<RecoveryRow>(sql).await? {
            let recovery = row.read()?;
            for letter in &mut letters {
                if letter.row.recovery == recovery.id {
                    letter.recovery = Some(recovery.clone());
                }
            }
        }
        Ok(letters)
    }
}

impl FigureStore for D1 {
    async fn tallies(&self, days: Days) -> Result<Vec<Tally>, StoreError> {
        let rows = self.read::<DayRow>(of_days(TALLIES, days)).await?;
        let mut tallies: Vec<Tally> = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(what) = Counted::of(&row.act) else { continue };
            let tally = Tally {
                day: row.day,
                channel: channel(&row.channel)?,
                office: office(&row.office)?,
                what,
                count: row.count,
            };
            // Several acts may count as one: they stand together.
            let same = |known: &&mut Tally| {
                (known.day, known.channel, known.what) == (tally.day, tally.channel, tally.what)
                    && known.office == tally.office
            };
            match tallies.iter_mut().rev().take(16).find(same) {
                Some(known) => known.count += tally.count,
                None => tallies.push(tally),
            }
        }
        Ok(tallies)
    }

    async fn lasted(&self, days: Days) -> Result<Vec<Lasted>, StoreError> {
        let mut all: Vec<Lasted> = Vec::new();
        for row in self.read::<TimeRow>(of_days(LASTED, days)).await? {
            let (channel, office) = (channel(&row.channel)?, office(&row.office)?);
            let last = all.last_mut();
            let last = last.filter(|known| known.channel == channel && known.office == office);
            if let Some(known) = last {
                known.times.add(row.step, row.count);
            } else {
                let mut times = Times::default();
                times.add(row.step, row.count);
                all.push(Lasted { channel, office, times });
            }
        }
        Ok(all)
    }

    async fn limits(&self, days: Days) -> Result<Vec<(Limit, u64)>, StoreError> {
        let rows = self.read::<KindRow>(of_days(LIMITS, days)).await?;
        let known = rows.into_iter().map(|row| {
            let limit = Limit::from_tag(&row.kind).ok_or_else(|| broken("figure_limit"))?;
            Ok((limit, row.count))
        });
        known.collect()
    }

    async fn count_limit(&self, limit: Limit, day: i64) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO figure_limit (day, kind, count) VALUES (?1, ?2, 1) \
             ON CONFLICT (day, kind) DO UPDATE SET count = count + 1",
        );
        self.execute(sql.int(day).text(limit.as_str())).await
    }

    async fn queues(&self) -> Result<Vec<Queued>, StoreError> {
        let rows = self.read::<QueueRow>(Sql::new(QUEUES)).await?;
        let queues = rows.into_iter().map(|row| {
            let office = OfficeId::parse(&row.office).ok_or_else(|| broken("desk_case"))?;
            Ok(Queued { office, count: row.count, oldest: row.oldest })
        });
        queues.collect()
    }

    async fn opened_at(&self, places: &[(OfficeId, u64)]) -> Result<Vec<i64>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let statements: Vec<Sql> = places
            .iter()
            .map(|(office, place)| {
                let skip = i64::try_from(place.saturating_sub(1)).unwrap_or(i64::MAX);
                Sql::new(PLACE).text(office.as_str()).int(skip)
            })
            .collect();
        let mut found = Vec::with_capacity(places.len());
        for result in self.batch(&statements).await? {
            found.push(results_of::<Value>(&result)?.first().map_or(0, |row| row.value));
        }
        Ok(found)
    }

    async fn dead_letters(&self, limit: u32) -> Result<(u64, Vec<DeadLetter>), StoreError> {
        let count = self.first::<Value>(Sql::new(DEAD_COUNT)).await?;
        let count = count.and_then(|row| u64::try_from(row.value).ok()).unwrap_or(0);
        let rows = self.read::<LetterRow>(Sql::new(DEAD).int(i64::from(limit))).await?;
        Ok((count, self.letters(rows).await?))
    }

    async fn letter(&self, id: &Id) -> Result<Option<DeadLetter>, StoreError> {
        let rows = self.read::<LetterRow>(Sql::new(LETTER).show(id)).await?;
        Ok(self.letters(rows).await?.into_iter().next())
    }

    async fn bounces(
        &self,
        days: Days,
        limit: u32,
    ) -> Result<(Vec<(String, u64)>, Vec<Bounce>), StoreError> {
        let within = |text| Sql::new(text).int(days.begins()).int(days.ends());
        let kinds = self.read::<KindRow>(within(RETURNED)).await?;
        let kinds = kinds.into_iter().filter(|row| row.count > 0);
        let rows = self.read::<BounceRow>(within(RETURNS).int(i64::from(limit))).await?;
        let newest = rows.into_iter().map(|row| Bounce {
            at: row.at,
            kind: row.kind,
            contact: row.member.map(MemberRef).zip(row.contact),
        });
        Ok((kinds.map(|row| (row.kind, row.count)).collect(), newest.collect()))
    }
}

#[cfg(feature = "contract-tests")]
impl D1 {
    /// How the database goes about each figure: question and plan.
    pub async fn figure_plans(&self) -> Result<Vec<(String, String)>, StoreError> {
        #[derive(Deserialize)]
        struct Step {
            detail: String,
        }
        let days = Days { first: 20_000, last: 20_090 };
        let within = |text| Sql::new(text).int(days.begins()).int(days.ends());
        let kinds = [
            ("counts by day", of_days(TALLIES, days)),
            ("durations", of_days(LASTED, days)),
            ("limits", of_days(LIMITS, days)),
            ("queues", Sql::new(QUEUES)),
            ("place in a queue", Sql::new(PLACE).text("thu").int(9)),
            ("dead letters, count", Sql::new(DEAD_COUNT)),
            ("dead letters", Sql::new(DEAD).int(50)),
            ("their recoveries", Sql::new(RECOVERIES).text("[]")),
            ("returned, count", within(RETURNED)),
            ("returned", within(RETURNS).int(50)),
        ];
        let mut plans = Vec::new();
        for (name, mut sql) in kinds {
            // Only in this build, which runs tests and ends.
            sql.text = Box::leak(format!("EXPLAIN QUERY PLAN {}", sql.text).into_boxed_str());
            let steps = self.read::<Step>(sql).await?;
            let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
            plans.push((name.to_owned(), steps.join("; ")));
        }
        Ok(plans)
    }
}
