//! The desk's tables in memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::memory::{MemoryStore, Other, Tables};
use crate::desk::audit::{AuditLink, AuditRecord, Checkpoint};
use crate::desk::case::{Case, CaseState, Entry, SealedItem};
use crate::desk::inbox::{Letter, LetterQuery};
use crate::desk::names::{CaseId, CaseNumber, OfficeId, StaffId};
use crate::desk::review::Step;
use crate::desk::seal::Sealed;
use crate::desk::staff::Staff;
use crate::desk::store::{
    DeskAudit, DeskStore, DeskWrite, QueueOrder, QueueQuery, StateCount, Which,
};
use crate::flow::ids::{Id, RecoveryId};
use crate::flow::store::{Batch, Conflict, StoreError};

/// What the desk keeps; tests may look.
#[derive(Clone, Default)]
pub struct DeskTables {
    /// By id.
    pub cases: BTreeMap<CaseId, Case>,
    /// By case.
    pub items: BTreeMap<CaseId, Vec<SealedItem>>,
    /// In order of arrival.
    pub entries: Vec<Entry>,
    /// By id, with what was written.
    pub letters: BTreeMap<Id, (Letter, Option<Sealed>)>,
    /// By sign-in address.
    pub staff: BTreeMap<String, Staff>,
    /// What the desk's lines of the audit say beyond the others', by their place in it.
    pub lines: BTreeMap<usize, DeskAudit>,
    /// In order.
    pub links: Vec<AuditLink>,
    /// In order.
    pub checkpoints: Vec<Checkpoint>,
    /// Up to which record, and when, checkpoints were mailed; in order.
    pub mailed: Vec<(i64, i64)>,
}

impl Tables {
    pub(super) fn write_desk(&mut self, write: DeskWrite) -> Result<i64, Conflict> {
        match write {
            DeskWrite::InsertCase { case, items } => {
                let twice = self.desk.cases.values().any(|known| known.number == case.number);
                if twice || self.desk.cases.contains_key(&case.id) {
                    return Err(Conflict::Duplicate);
                }
                self.desk.items.insert(case.id, items);
                self.desk.cases.insert(case.id, *case);
            }
            DeskWrite::UpdateCase { case, expect } => {
                let known = self.desk.cases.get_mut(&case.id);
                let known = known.filter(|known| known.version == expect);
                let known = known.ok_or(Conflict::CaseChanged)?;
                // What a case came from does not change.
                *known = Case { from_letter: known.from_letter, ..*case };
            }
            DeskWrite::InsertEntry(entry) => {
                if self.desk.entries.iter().any(|known| known.id == entry.id) {
                    return Err(Conflict::Duplicate);
                }
                self.desk.entries.push(entry);
            }
            DeskWrite::ReplaceContacts { member, keep, add, at } => {
                if let Some(member) = self.members.get_mut(&member) {
                    let (kept, gone): (Vec<_>, Vec<_>) =
                        member.contacts.drain(..).partition(|contact| keep.contains(&contact.id));
                    member.contacts = kept.into_iter().chain(add).collect();
                    member.former.extend(gone);
                    member.contacts_changed_at = Some(at);
                }
            }
            DeskWrite::Audit(line) => {
                self.audit.push(line.event.clone());
                self.desk.lines.insert(self.audit.len() - 1, line);
            }
            DeskWrite::Chain { links, checkpoint } => {
                let newest = self.desk.links.last().map_or(0, |link| link.seq);
                if links.first().is_none_or(|first| first.seq <= newest) {
                    return Err(Conflict::Duplicate);
                }
                self.desk.links.extend(links);
                self.desk.checkpoints.push(checkpoint);
            }
            DeskWrite::MailCheckpoint { upto, at, since } => {
                let known = |one: &(i64, i64)| one.0 == upto || one.1 > since;
                if self.desk.mailed.iter().any(known) {
                    return Err(Conflict::Duplicate);
                }
                self.desk.mailed.push((upto, at));
            }
            DeskWrite::ReviveMessage { id, at } => return self.revive(id, at),
            DeskWrite::InsertLetter { letter, text } => return self.insert_letter(*letter, text),
            DeskWrite::SettleLetter { letter, expect } => {
                return self.settle_letter(*letter, expect);
            }
            DeskWrite::Purge { ended, idle, former, letters } => {
                self.purge_letters(letters, ended);
                return Ok(self.purge_desk(ended, idle, former));
            }
        }
        Ok(0)
    }

    fn purge_desk(&mut self, ended: i64, idle: i64, former: i64) -> i64 {
        let desk = &mut self.desk;
        let before = desk.cases.len() + desk.items.len() + desk.entries.len();
        desk.cases.retain(|_, case| {
            case.ended_at.is_none_or(|at| at >= ended)
                && (case.state == CaseState::CoolingOff || case.changed_at >= idle)
        });
        let (cases, items) = (&desk.cases, &mut desk.items);
        items.retain(|case, _| cases.contains_key(case));
        desk.entries.retain(|entry| cases.contains_key(&entry.case));
        for member in self.members.values_mut() {
            if member.contacts_changed_at.is_some_and(|at| at < former) {
                member.former.clear();
            }
        }
        let after = desk.cases.len() + desk.items.len() + desk.entries.len();
        i64::try_from(before - after).unwrap_or(0)
    }

    fn record(&self, place: usize) -> AuditRecord {
        let (event, line) = (&self.audit[place], self.desk.lines.get(&place));
        AuditRecord {
            seq: i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1),
            at: event.at,
            act: event.act.to_owned(),
            channel: event.channel.as_str().to_owned(),
            recovery: event.recovery.map(|id| id.to_string()),
            case: line.and_then(|line| Some(line.case?.to_string())),
            staff: line.and_then(|line| Some(line.staff.as_ref()?.0.clone())),
            office: line.map(|line| line.office.to_string()),
        }
    }
}

fn fits(case: &Case, query: &QueueQuery) -> bool {
    let mut keys = case.keys.iter().flatten();
    let hidden = case.keys.iter().flatten().any(|key| query.hidden.contains(key));
    let later = query.after.is_none_or(|after| match query.order {
        QueueOrder::OldestFirst => (case.opened_at, case.id) > after,
        QueueOrder::NewestFirst => (case.opened_at, case.id) < after,
    });
    case.office == query.office
        && match query.which {
            Which::Open => case.ended_at.is_none(),
            Which::Any => true,
            Which::In(state) => case.state == state,
        }
        && (query.assignee.is_none() || query.assignee == case.assignee)
        && query.number.is_none_or(|number| number == case.number)
        && query.key.is_none_or(|key| keys.any(|known| *known == key))
        && !hidden
        && later
}

fn page<T>(rows: impl Iterator<Item = T>, limit: u32) -> Vec<T> {
    rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
}

impl DeskStore for MemoryStore {
    async fn apply_desk(&self, desk: Vec<DeskWrite>, batch: Batch) -> Result<Vec<i64>, StoreError> {
        self.give_way().await;
        self.transact(desk.into_iter().map(Other::Desk).collect(), batch)
    }

    async fn case(&self, id: &CaseId) -> Result<Option<Case>, StoreError> {
        self.give_way().await;
        self.note("case?")?;
        Ok(self.with(|t| t.desk.cases.get(id).cloned()))
    }

    async fn case_by_number(&self, number: &CaseNumber) -> Result<Option<Case>, StoreError> {
        self.give_way().await;
        self.note("case_by_number?")?;
        Ok(self.with(|t| t.desk.cases.values().find(|case| case.number == *number).cloned()))
    }

    async fn case_of(&self, recovery: &RecoveryId) -> Result<Option<Case>, StoreError> {
        self.give_way().await;
        self.note("case_of?")?;
        let fits = |case: &&Case| case.recovery == Some(*recovery);
        Ok(self.with(|t| t.desk.cases.values().find(fits).cloned()))
    }

    async fn items(&self, case: &CaseId) -> Result<Vec<SealedItem>, StoreError> {
        self.give_way().await;
        self.note("items?")?;
        Ok(self.with(|t| t.desk.items.get(case).cloned().unwrap_or_default()))
    }

    async fn entries(&self, case: &CaseId) -> Result<Vec<Entry>, StoreError> {
        self.give_way().await;
        self.note("entries?")?;
        Ok(self.with(|t| {
            let mut own: Vec<Entry> =
                t.desk.entries.iter().filter(|entry| entry.case == *case).cloned().collect();
            own.sort_by_key(|entry| entry.at);
            own
        }))
    }

    async fn course(&self, case: &CaseId) -> Result<Vec<Step>, StoreError> {
        self.give_way().await;
        self.note("course?")?;
        Ok(self.with(|t| {
            let own = t.desk.lines.values().filter(|line| line.case == Some(*case));
            own.map(|line| {
                let is_theirs = |known: &&Staff| Some(&known.id) == line.staff.as_ref();
                Step {
                    at: line.event.at,
                    act: line.event.act.to_owned(),
                    staff: line.staff.clone(),
                    role: t.desk.staff.values().find(is_theirs).map(|known| known.role),
                    office: Some(line.office.clone()),
                }
            })
            .collect()
        }))
    }

    async fn queue(&self, query: &QueueQuery) -> Result<Vec<Case>, StoreError> {
        self.give_way().await;
        self.note("queue?")?;
        let mut rows: Vec<Case> = self
            .with(|t| t.desk.cases.values().filter(|case| fits(case, query)).cloned().collect());
        match query.order {
            QueueOrder::OldestFirst => rows.sort_by_key(|case| (case.opened_at, case.id)),
            QueueOrder::NewestFirst => rows.sort_by_key(|case| Reverse((case.opened_at, case.id))),
        }
        Ok(page(rows.into_iter(), query.limit))
    }

    async fn counts(&self, office: &OfficeId) -> Result<Vec<StateCount>, StoreError> {
        self.give_way().await;
        self.note("counts?")?;
        Ok(self.with(|t| {
            let mut counts: BTreeMap<CaseState, StateCount> = BTreeMap::new();
            for case in t.desk.cases.values().filter(|case| case.office == *office) {
                let fresh = StateCount { state: case.state, count: 0, oldest: i64::MAX };
                let row = counts.entry(case.state).or_insert(fresh);
                row.count += 1;
                row.oldest = row.oldest.min(case.opened_at);
            }
            counts.into_values().collect()
        }))
    }

    async fn inbox_letter(&self, id: &Id) -> Result<Option<Letter>, StoreError> {
        self.give_way().await;
        self.note("letter?")?;
        Ok(self.with(|t| t.letter_with_text(id)))
    }

    async fn letter_text(&self, id: &Id) -> Result<Option<Sealed>, StoreError> {
        self.give_way().await;
        self.note("letter_text?")?;
        Ok(self.with(|t| t.text_of_letter(id)))
    }

    async fn inbox_letters(&self, query: &LetterQuery) -> Result<Vec<Letter>, StoreError> {
        self.give_way().await;
        self.note("letters?")?;
        Ok(self.with(|t| t.page_of_letters(query)))
    }

    async fn staff_by_email(&self, email: &str) -> Result<Option<Staff>, StoreError> {
        self.give_way().await;
        self.note("staff_by_email?")?;
        Ok(self.with(|t| t.desk.staff.get(email).cloned()))
    }

    async fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        self.give_way().await;
        self.note("staff?")?;
        Ok(self.with(|t| t.desk.staff.values().find(|staff| staff.id == *id).cloned()))
    }

    async fn desk_offices(&self) -> Result<Vec<OfficeId>, StoreError> {
        self.give_way().await;
        self.note("desk_offices?")?;
        Ok(self.with(|t| {
            let active = t.desk.staff.values().filter(|staff| staff.active);
            let mut offices: Vec<OfficeId> = active.map(|staff| staff.office.clone()).collect();
            offices.sort();
            offices.dedup();
            offices
        }))
    }

    async fn cooled(&self, at: i64, limit: u32) -> Result<Vec<CaseId>, StoreError> {
        self.give_way().await;
        self.note("cooled?")?;
        let over = |case: &&Case| {
            case.state == CaseState::CoolingOff
                && case.cooling_until.is_some_and(|until| until <= at)
        };
        Ok(self.with(|t| {
            let mut due: Vec<(Option<i64>, CaseId)> = t
                .desk
                .cases
                .values()
                .filter(over)
                .map(|case| (case.cooling_until, case.id))
                .collect();
            due.sort_unstable();
            page(due.into_iter().map(|(_, id)| id), limit)
        }))
    }

    async fn newest_link(&self) -> Result<Option<AuditLink>, StoreError> {
        self.give_way().await;
        self.note("newest_link?")?;
        Ok(self.with(|t| t.desk.links.last().cloned()))
    }

    async fn records(&self, above: i64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        self.give_way().await;
        self.note("records?")?;
        let above = usize::try_from(above).unwrap_or(0);
        Ok(self.with(|t| page((above..t.audit.len()).map(|place| t.record(place)), limit)))
    }

    async fn links(&self, above: i64, limit: u32) -> Result<Vec<AuditLink>, StoreError> {
        self.give_way().await;
        self.note("links?")?;
        let fits = |link: &&AuditLink| link.seq > above;
        Ok(self.with(|t| page(t.desk.links.iter().filter(fits).cloned(), limit)))
    }

    async fn unmailed_checkpoint(&self, since: i64) -> Result<Option<Checkpoint>, StoreError> {
        self.give_way().await;
        self.note("unmailed_checkpoint?")?;
        Ok(self.with(|t| {
            let newest = t.desk.checkpoints.iter().max_by_key(|point| point.upto)?;
            let known = |one: &(i64, i64)| one.0 == newest.upto || one.1 > since;
            (!t.desk.mailed.iter().any(known)).then(|| newest.clone())
        }))
    }

    async fn checkpoints(&self, above: i64, limit: u32) -> Result<Vec<Checkpoint>, StoreError> {
        self.give_way().await;
        self.note("checkpoints?")?;
        let fits = |point: &&Checkpoint| point.upto > above;
        Ok(self.with(|t| page(t.desk.checkpoints.iter().filter(fits).cloned(), limit)))
    }
}
