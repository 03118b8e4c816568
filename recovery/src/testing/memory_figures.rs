//! Figures in memory: counted from the records themselves, where D1 counts as they come.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::memory::{MemoryStore, Tables};
use crate::desk::figures::period::Days;
use crate::desk::figures::store::{
    Bounce, Counted, DeadLetter, FigureStore, Lasted, Limit, Queued, Tally,
};
use crate::desk::figures::times::{Times, step_of};
use crate::desk::names::OfficeId;
use crate::flow::ids::Id;
use crate::flow::store::{Channel, Conflict, OutboxState, StoreError};
use crate::flow::text_policy::vietnam_day;
use crate::flow::text_store::TextAnswer;

/// What only figures need; tests may fill it.
#[derive(Clone, Default)]
pub struct FigureTables {
    /// Limits met, by day.
    pub limits: BTreeMap<(i64, Limit), u64>,
    /// Messages that were sent again, and when.
    pub revived: BTreeMap<Id, i64>,
    /// What providers reported: when, what, of which message.
    pub events: Vec<(i64, String, Option<Id>)>,
}

fn given_up(state: OutboxState) -> bool {
    matches!(state, OutboxState::Dead | OutboxState::Unknown)
}

impl Tables {
    pub(super) fn revive(&mut self, id: Id, at: i64) -> Result<i64, Conflict> {
        let row = self.outbox.get_mut(&id).filter(|row| given_up(row.state));
        let Some(row) = row.filter(|_| !self.figures.revived.contains_key(&id)) else {
            return Err(Conflict::MessageRevived);
        };
        (row.state, row.due_at, row.lease_until) = (OutboxState::Pending, at, 0);
        (row.attempts, row.unknowns) = (0, row.unknowns.min(1));
        self.settled.remove(&id);
        self.figures.revived.insert(id, at);
        Ok(0)
    }

    /// The office of an act, by its own line or by the case that led to its recovery.
    fn office_of(&self, place: usize) -> Option<OfficeId> {
        if let Some(line) = self.desk.lines.get(&place) {
            return Some(line.office.clone());
        }
        let recovery = self.audit.get(place)?.recovery?;
        let case = self.desk.cases.values().find(|case| case.recovery == Some(recovery));
        case.map(|case| case.office.clone())
    }

    fn letter(&self, id: &Id) -> Option<DeadLetter> {
        let row = self.outbox.get(id)?.clone();
        Some(DeadLetter {
            settled_at: self.settled.get(id).copied(),
            resent_at: self.figures.revived.get(id).copied(),
            recovery: self.recoveries.get(&row.recovery).cloned(),
            row,
        })
    }

    fn events(&self, days: Days) -> Vec<Bounce> {
        let within = |at: &i64| days.contains(vietnam_day(*at));
        let mails = self.figures.events.iter().cloned();
        let texts = self.texts.receipts.iter().filter(|(_, (arrived, _))| !arrived);
        let texts = texts.map(|(id, (_, at))| (*at, "undelivered".to_owned(), Some(*id)));
        let mut all: Vec<Bounce> = mails
            .chain(texts)
            .filter(|(at, ..)| within(at))
            .map(|(at, kind, id)| {
                let row = id.and_then(|id| self.outbox.get(&id));
                let contact = row.map(|row| (row.member.clone(), row.contact.clone()));
                Bounce { at, kind, contact }
            })
            .collect();
        all.sort_by_key(|event| Reverse(event.at));
        all
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl FigureStore for MemoryStore {
    async fn tallies(&self, days: Days) -> Result<Vec<Tally>, StoreError> {
        self.give_way().await;
        self.note("tallies?")?;
        Ok(self.with(|t| {
            let mut rows: Vec<Tally> = Vec::new();
            for (place, event) in t.audit.iter().enumerate() {
                let Some(what) = Counted::of(event.act) else { continue };
                let (day, channel) = (vietnam_day(event.at), event.channel);
                let office = if channel == Channel::Desk { t.office_of(place) } else { None };
                let same = |row: &&mut Tally| {
                    (row.day, row.channel, row.what) == (day, channel, what) && row.office == office
                };
                match rows.iter_mut().find(same) {
                    Some(row) => row.count += 1,
                    None if days.contains(day) => {
                        rows.push(Tally { day, channel, office, what, count: 1 });
                    }
                    None => {}
                }
            }
            rows
        }))
    }

    async fn lasted(&self, days: Days) -> Result<Vec<Lasted>, StoreError> {
        self.give_way().await;
        self.note("lasted?")?;
        Ok(self.with(|t| {
            let mut rows: Vec<Lasted> = Vec::new();
            for (place, event) in t.audit.iter().enumerate() {
                let done = event.act == "password-set" && days.contains(vietnam_day(event.at));
                let Some(id) = event.recovery.filter(|_| done) else { continue };
                let case = t.desk.cases.values().find(|case| case.recovery == Some(id));
                let begun = case.map(|case| case.opened_at);
                let begun = begun.or(t.recoveries.get(&id).map(|recovery| recovery.created_at));
                let Some(begun) = begun else { continue };
                let office = t.office_of(place).filter(|_| event.channel == Channel::Desk);
                let known = rows
                    .iter_mut()
                    .find(|row| row.channel == event.channel && row.office == office);
                let step = step_of(event.at - begun);
                if let Some(row) = known {
                    row.times.add(step, 1);
                } else {
                    let mut row =
                        Lasted { channel: event.channel, office, times: Times::default() };
                    row.times.add(step, 1);
                    rows.push(row);
                }
            }
            rows
        }))
    }

    async fn limits(&self, days: Days) -> Result<Vec<(Limit, u64)>, StoreError> {
        self.give_way().await;
        self.note("limits?")?;
        Ok(self.with(|t| {
            let mut all: BTreeMap<Limit, u64> = BTreeMap::new();
            let noted = t.figures.limits.iter().filter(|((day, _), _)| days.contains(*day));
            for ((_, limit), count) in noted {
                *all.entry(*limit).or_default() += count;
            }
            let texts = t.texts.notes.values().filter(|note| {
                note.answer == TextAnswer::TooMany && days.contains(vietnam_day(note.at))
            });
            *all.entry(Limit::Texts).or_default() += texts.map(|_| 1).sum::<u64>();
            let dropped = t.outbox.values().filter(|row| {
                let at = t.settled.get(&row.id);
                row.state == OutboxState::Dropped
                    && at.is_some_and(|at| days.contains(vietnam_day(*at)))
            });
            *all.entry(Limit::Dropped).or_default() += dropped.map(|_| 1).sum::<u64>();
            all.into_iter().filter(|(_, count)| *count > 0).collect()
        }))
    }

    async fn count_limits(&self, more: &[(Limit, u32)], day: i64) -> Result<(), StoreError> {
        self.give_way().await;
        self.note("count_limits")?;
        self.with(|t| {
            for (limit, count) in more {
                *t.figures.limits.entry((day, *limit)).or_default() += u64::from(*count);
            }
        });
        Ok(())
    }

    async fn queues(&self) -> Result<Vec<Queued>, StoreError> {
        self.give_way().await;
        self.note("queues?")?;
        Ok(self.with(|t| {
            let mut rows: BTreeMap<OfficeId, Queued> = BTreeMap::new();
            for case in t.desk.cases.values().filter(|case| case.ended_at.is_none()) {
                let office = case.office.clone();
                let fresh = Queued { office: office.clone(), count: 0, oldest: i64::MAX };
                let row = rows.entry(office).or_insert(fresh);
                row.count += 1;
                row.oldest = row.oldest.min(case.opened_at);
            }
            rows.into_values().collect()
        }))
    }

    async fn opened_at(&self, places: &[(OfficeId, u64)]) -> Result<Vec<i64>, StoreError> {
        self.give_way().await;
        self.note("opened_at?")?;
        Ok(self.with(|t| {
            let at = |(office, place): &(OfficeId, u64)| {
                let open = t.desk.cases.values();
                let mut open: Vec<i64> = open
                    .filter(|case| case.office == *office && case.ended_at.is_none())
                    .map(|case| case.opened_at)
                    .collect();
                open.sort_unstable();
                open.get(index(place.saturating_sub(1))).copied().unwrap_or(0)
            };
            places.iter().map(at).collect()
        }))
    }

    async fn dead_letters(&self, limit: u32) -> Result<(u64, Vec<DeadLetter>), StoreError> {
        self.give_way().await;
        self.note("dead_letters?")?;
        Ok(self.with(|t| {
            let mut dead: Vec<_> = t.outbox.values().filter(|row| given_up(row.state)).collect();
            dead.sort_by_key(|row| Reverse((row.created_at, row.id)));
            let count = u64::try_from(dead.len()).unwrap_or(u64::MAX);
            let newest = dead.iter().take(index(u64::from(limit)));
            (count, newest.filter_map(|row| t.letter(&row.id)).collect())
        }))
    }

    async fn letter(&self, id: &Id) -> Result<Option<DeadLetter>, StoreError> {
        self.give_way().await;
        self.note("letter?")?;
        Ok(self.with(|t| t.letter(id)))
    }

    async fn bounces(
        &self,
        days: Days,
        limit: u32,
    ) -> Result<(Vec<(String, u64)>, Vec<Bounce>), StoreError> {
        self.give_way().await;
        self.note("bounces?")?;
        Ok(self.with(|t| {
            let mut all = t.events(days);
            let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
            for event in &all {
                *kinds.entry(event.kind.clone()).or_default() += 1;
            }
            all.truncate(index(u64::from(limit)));
            (kinds.into_iter().collect(), all)
        }))
    }
}
