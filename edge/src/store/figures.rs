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
        store::{Channel, StoreError},
    },
};
#[cfg(feature = "contract-tests")]
use serde::Deserialize;

use super::{
    D1, results_of,
    rows::{Outbox, RecoveryRow, Row, broken},
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

const TALLIES: &str = "SELECT day AS m, channel AS a, office AS b, act AS c, count AS n FROM figure_day WHERE day BETWEEN \
                       ?1 AND ?2 ORDER BY day, channel, office";
const LASTED: &str = "SELECT channel AS a, office AS b, step AS m, sum(count) AS n FROM figure_time WHERE \
                      day BETWEEN ?1 AND ?2 GROUP BY channel, office, step ORDER BY channel, office";
const LIMITS: &str = "SELECT kind AS a, sum(count) AS n FROM figure_limit WHERE day BETWEEN ?1 AND \
                      ?2 GROUP BY kind ORDER BY kind";
const QUEUES: &str = "SELECT office AS a, count(*) AS n, min(opened_at) AS m FROM desk_case \
                      WHERE ended_at IS NULL GROUP BY office ORDER BY office";
const PLACE: &str = "SELECT opened_at AS n FROM desk_case WHERE office = ?1 AND ended_at IS \
                     NULL ORDER BY opened_at, id LIMIT 1 OFFSET ?2";
const DEAD_COUNT: &str = "SELECT count(*) AS n FROM outbox WHERE state IN ('dead', 'unknown')";
const DEAD: &str = "SELECT * FROM outbox WHERE state IN ('dead', 'unknown') ORDER BY created_at \
                    DESC, id DESC LIMIT ?1";
const LETTER: &str = "SELECT * FROM outbox WHERE id = ?1";
const TIMES: &str = "SELECT id AS a, settled_at AS n, resent_at AS m FROM outbox WHERE id IN (SELECT \
                     value FROM json_each(?1))";
const RECOVERIES: &str = "SELECT * FROM recovery WHERE id IN (SELECT value FROM json_each(?1))";
const RETURNED: &str = "SELECT kind AS a, count(*) AS n FROM mail_event WHERE at >= ?1 AND at < ?2 \
                        GROUP BY kind UNION ALL SELECT 'undelivered', count(*) FROM text_receipt \
                        WHERE delivered = 0 AND at >= ?1 AND at < ?2 ORDER BY 1";
const RETURNS: &str = "SELECT at AS n, kind AS a, member AS b, contact AS c FROM (SELECT * FROM (SELECT at, kind, \
                       outbox FROM mail_event WHERE at >= ?1 AND at < ?2 ORDER BY at DESC LIMIT \
                       ?3) UNION ALL SELECT * FROM (SELECT at, 'undelivered', outbox FROM \
                       text_receipt WHERE delivered = 0 AND at >= ?1 AND at < ?2 ORDER BY at DESC \
                       LIMIT ?3)) AS event LEFT JOIN outbox ON outbox.id = event.outbox \
                       ORDER BY at DESC LIMIT ?3";

fn of_days(text: &'static str, days: Days) -> Sql {
    Sql::new(text).int(days.first).int(days.last)
}

impl D1 {
    /// The rows with when they were settled and sent again, and their recoveries.
    async fn letters(&self, rows: Sql) -> Result<Vec<DeadLetter>, StoreError> {
        let mut letters = Vec::new();
        for row in self.read::<Outbox>(rows).await? {
            let (settled_at, resent_at, recovery) = (None, None, None);
            letters.push(DeadLetter { row: row.read()?, settled_at, resent_at, recovery });
        }
        if letters.is_empty() {
            return Ok(letters);
        }
        let list = |of: fn(&DeadLetter) -> Id| {
            let ids: Vec<String> = letters.iter().map(|letter| of(letter).to_string()).collect();
            serde_json::json!(ids).to_string()
        };
        let times = Sql::new(TIMES).text(&list(|letter| letter.row.id));
        let recoveries = Sql::new(RECOVERIES).text(&list(|letter| letter.row.recovery));
        for row in self.read::<Row>(times).await? {
            let id = Id::parse(row.text());
            for letter in letters.iter_mut().filter(|letter| Some(letter.row.id) == id) {
                (letter.settled_at, letter.resent_at) = (row.n, row.m);
            }
        }
        for row in self.read::<RecoveryRow>(recoveries).await? {
            let recovery = row.read()?;
            for letter in letters.iter_mut().filter(|one| one.row.recovery == recovery.id) {
                letter.recovery = Some(recovery.clone());
            }
        }
        Ok(letters)
    }
}

impl FigureStore for D1 {
    async fn tallies(&self, days: Days) -> Result<Vec<Tally>, StoreError> {
        let rows = self.read::<Row>(of_days(TALLIES, days)).await?;
        let mut tallies: Vec<Tally> = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(what) = row.c.as_deref().and_then(Counted::of) else { continue };
            let tally = Tally {
                day: row.m.unwrap_or(0),
                channel: channel(row.text())?,
                office: office(row.b.as_deref().unwrap_or_default())?,
                what,
                count: row.count(),
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
        for row in self.read::<Row>(of_days(LASTED, days)).await? {
            let channel = channel(row.text())?;
            let office = office(row.b.as_deref().unwrap_or_default())?;
            let step = row.m.and_then(|step| usize::try_from(step).ok()).unwrap_or(0);
            let last = all.last_mut();
            let last = last.filter(|known| known.channel == channel && known.office == office);
            if let Some(known) = last {
                known.times.add(step, row.count());
            } else {
                let mut times = Times::default();
                times.add(step, row.count());
                all.push(Lasted { channel, office, times });
            }
        }
        Ok(all)
    }

    async fn limits(&self, days: Days) -> Result<Vec<(Limit, u64)>, StoreError> {
        let mut limits = Vec::new();
        for row in self.read::<Row>(of_days(LIMITS, days)).await? {
            let limit = Limit::from_tag(row.text()).ok_or_else(|| broken("figure_limit"))?;
            limits.push((limit, row.count()));
        }
        Ok(limits)
    }

    async fn count_limits(&self, more: &[(Limit, u32)], day: i64) -> Result<(), StoreError> {
        let sql = Sql::new(
            "INSERT INTO figure_limit (day, kind, count) SELECT ?1, value ->> 0, value ->> 1 FROM \
             json_each(?2) WHERE TRUE ON CONFLICT (day, kind) DO UPDATE SET count = count + \
             excluded.count",
        );
        let more: Vec<_> = more.iter().map(|(limit, count)| (limit.as_str(), count)).collect();
        self.execute(sql.int(day).text(&serde_json::json!(more).to_string())).await
    }

    async fn queues(&self) -> Result<Vec<Queued>, StoreError> {
        let mut queues = Vec::new();
        for row in self.read::<Row>(Sql::new(QUEUES)).await? {
            let office = OfficeId::parse(row.text()).ok_or_else(|| broken("desk_case"))?;
            queues.push(Queued { office, count: row.count(), oldest: row.m.unwrap_or(0) });
        }
        Ok(queues)
    }

    async fn opened_at(&self, places: &[(OfficeId, u64)]) -> Result<Vec<i64>, StoreError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let mut statements = Vec::with_capacity(places.len());
        for (office, place) in places {
            let skip = i64::try_from(place.saturating_sub(1)).unwrap_or(i64::MAX);
            statements.push(Sql::new(PLACE).text(office.as_str()).int(skip));
        }
        let mut found = Vec::with_capacity(places.len());
        for result in self.batch(&statements).await? {
            found.push(results_of::<Row>(&result)?.first().and_then(|row| row.n).unwrap_or(0));
        }
        Ok(found)
    }

    async fn dead_letters(&self, limit: u32) -> Result<(u64, Vec<DeadLetter>), StoreError> {
        let count = self.first::<Row>(Sql::new(DEAD_COUNT)).await?;
        let count = count.map_or(0, |row| row.count());
        Ok((count, self.letters(Sql::new(DEAD).int(i64::from(limit))).await?))
    }

    async fn letter(&self, id: &Id) -> Result<Option<DeadLetter>, StoreError> {
        Ok(self.letters(Sql::new(LETTER).show(id)).await?.pop())
    }

    async fn bounces(
        &self,
        days: Days,
        limit: u32,
    ) -> Result<(Vec<(String, u64)>, Vec<Bounce>), StoreError> {
        let within = |text| Sql::new(text).int(days.begins()).int(days.ends());
        let mut kinds = Vec::new();
        for row in self.read::<Row>(within(RETURNED)).await? {
            if row.count() > 0 {
                kinds.push((row.text().to_owned(), row.count()));
            }
        }
        let mut newest = Vec::new();
        for row in self.read::<Row>(within(RETURNS).int(i64::from(limit))).await? {
            let (at, kind) = (row.n.unwrap_or(0), row.text().to_owned());
            let contact = row.b.map(MemberRef).zip(row.c);
            newest.push(Bounce { at, kind, contact });
        }
        Ok((kinds, newest))
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
