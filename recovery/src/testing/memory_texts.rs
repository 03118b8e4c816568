//! The text-message channel's tables in memory.

use std::collections::BTreeMap;

use super::memory::{MemoryStore, Other, below};
use crate::flow::ids::{Digest32, Id};
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{Batch, Conflict, StoreError};
use crate::flow::text_store::{
    NameKind, ReceiptCounts, TextCounts, TextNote, TextStore, TextWrite, Wait,
};
use crate::sms::short::ShortName;

/// What the channel keeps; tests may look.
#[derive(Clone, Default)]
pub struct TextTables {
    /// By key.
    pub notes: BTreeMap<Digest32, TextNote>,
    /// Sender's key, instant.
    pub counted: Vec<(Digest32, i64)>,
    /// Texts by day.
    pub days: BTreeMap<i64, u32>,
    /// Kind and name to owner and end.
    pub names: BTreeMap<(&'static str, ShortName), (Id, i64)>,
    /// By id.
    pub waits: BTreeMap<Id, Wait>,
    /// By outbox row: arrived, and when it was said.
    pub receipts: BTreeMap<Id, (bool, i64)>,
}

impl TextTables {
    pub(super) fn write(&mut self, write: TextWrite) -> Result<i64, Conflict> {
        match write {
            TextWrite::NoteText(note) => {
                if self.notes.contains_key(&note.key) {
                    return Err(Conflict::TextSeen);
                }
                self.notes.insert(note.key, note);
            }
            TextWrite::CountText { key, at, hour, day } => {
                let since = |start| {
                    self.counted
                        .iter()
                        .filter(|(k, noted)| *k == key && *noted > at - start)
                        .count()
                };
                if !(below(since(HOUR), hour) && below(since(DAY), day)) {
                    return Err(Conflict::TextLimit);
                }
                self.counted.push((key, at));
            }
            TextWrite::CountDay { day, cap } => {
                let count = self.days.entry(day).or_default();
                if cap > 0 && *count >= cap {
                    return Err(Conflict::TextBudget);
                }
                *count += 1;
                return Ok(i64::from(*count));
            }
            TextWrite::TakeName { kind, name, owner, at, until } => {
                let place = (kind.as_str(), name);
                if self.names.get(&place).is_some_and(|(_, end)| *end > at) {
                    return Err(Conflict::NameTaken);
                }
                self.names.insert(place, (owner, until));
            }
            TextWrite::InsertWait(wait) => {
                if self.waits.insert(wait.id, wait).is_some() {
                    return Err(Conflict::Duplicate);
                }
            }
            TextWrite::BindWait { wait, recovery, at } => {
                self.waits
                    .get_mut(&wait)
                    .filter(|wait| wait.recovery.is_none() && at < wait.expires_at)
                    .ok_or(Conflict::WaitClosed)?
                    .recovery = Some(recovery);
            }
            TextWrite::NoteReceipt { outbox, delivered, at } => {
                let first = self.receipts.insert(outbox, (delivered, at)).is_none();
                return Ok(i64::from(first));
            }
            TextWrite::PurgeTexts { now, before, day } => {
                let size = self.size();
                self.notes.retain(|_, note| note.at >= before);
                self.counted.retain(|(_, at)| *at >= before);
                self.days.retain(|known, _| *known >= day);
                self.names.retain(|_, (_, end)| *end >= now);
                self.waits.retain(|_, wait| wait.expires_at >= now);
                self.receipts.retain(|_, (_, at)| *at >= before);
                return Ok(i64::try_from(size - self.size()).unwrap_or(0));
            }
        }
        Ok(0)
    }

    fn size(&self) -> usize {
        self.notes.len()
            + self.counted.len()
            + self.days.len()
            + self.names.len()
            + self.waits.len()
            + self.receipts.len()
    }
}

impl TextStore for MemoryStore {
    async fn apply_with_texts(
        &self,
        texts: Vec<TextWrite>,
        batch: Batch,
    ) -> Result<Vec<i64>, StoreError> {
        self.give_way().await;
        self.transact(texts.into_iter().map(Other::Text).collect(), batch)
    }

    async fn text(&self, key: &Digest32) -> Result<Option<TextNote>, StoreError> {
        self.give_way().await;
        self.note("text?")?;
        Ok(self.with(|t| t.texts.notes.get(key).cloned()))
    }

    async fn texts(&self, key: &Digest32, hour: i64, day: i64) -> Result<TextCounts, StoreError> {
        self.give_way().await;
        self.note("texts?")?;
        Ok(self.with(|t| {
            let since = |start| {
                let counted = &t.texts.counted;
                let found = counted.iter().filter(|(known, at)| known == key && *at > start);
                u32::try_from(found.count()).unwrap_or(u32::MAX)
            };
            TextCounts { hour: since(hour), day: since(day) }
        }))
    }

    async fn texts_of_day(&self, day: i64) -> Result<u32, StoreError> {
        self.give_way().await;
        self.note("texts_of_day?")?;
        Ok(self.with(|t| t.texts.days.get(&day).copied().unwrap_or(0)))
    }

    async fn named(
        &self,
        kind: NameKind,
        name: &ShortName,
        at: i64,
    ) -> Result<Option<Id>, StoreError> {
        self.give_way().await;
        self.note("named?")?;
        Ok(self.with(|t| {
            let found = t.texts.names.get(&(kind.as_str(), *name));
            found.filter(|(_, end)| *end > at).map(|(owner, _)| *owner)
        }))
    }

    async fn wait(&self, id: &Id) -> Result<Option<Wait>, StoreError> {
        self.give_way().await;
        self.note("wait?")?;
        Ok(self.with(|t| t.texts.waits.get(id).cloned()))
    }

    async fn receipts(&self, since: i64) -> Result<ReceiptCounts, StoreError> {
        self.give_way().await;
        self.note("receipts?")?;
        Ok(self.with(|t| {
            let mut counts = ReceiptCounts::default();
            for (delivered, _) in t.texts.receipts.values().filter(|(_, at)| *at > since) {
                counts.delivered += u32::from(*delivered);
                counts.failed += u32::from(!delivered);
            }
            counts
        }))
    }
}
