//! What the text-message channel reads and writes beyond [`super::store`].
//!
//! An own trait: a deployment without the channel needs none of its tables. Its writes travel in
//! the same transaction as a [`Batch`]: [`TextStore::apply_with_texts`].

use super::ids::{Digest32, Id, RecoveryId};
use super::store::{Batch, Store, StoreError};
use crate::locale::Locale;
use crate::sms::short::ShortName;

/// Which answer a text got: all that is kept of it. The words are derived again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextAnswer {
    /// Locator, code and the address to type them at.
    Code,
    /// The second code of a page that waits.
    WebCode,
    /// A temporary password.
    Temporary,
    /// How the channel is used, by what the text said.
    Usage,
    /// Over a limit.
    TooMany,
    /// None.
    Silence,
}

impl TextAnswer {
    const ALL: [Self; 6] =
        [Self::Code, Self::WebCode, Self::Temporary, Self::Usage, Self::TooMany, Self::Silence];

    /// Does it carry what opens something?
    pub const fn holds_secret(self) -> bool {
        matches!(self, Self::Code | Self::WebCode | Self::Temporary)
    }

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::WebCode => "web-code",
            Self::Temporary => "temporary",
            Self::Usage => "usage",
            Self::TooMany => "too-many",
            Self::Silence => "silence",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == tag)
    }
}

/// One text that was decided about: neither number nor body, only what a repetition needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextNote {
    /// Name of provider and message id.
    pub key: Digest32,
    /// Keyed name of sender and body: another text under the same id is no repetition.
    pub fingerprint: Digest32,
    /// The answer it got.
    pub answer: TextAnswer,
    /// The recovery it started.
    pub recovery: Option<RecoveryId>,
    /// Unix seconds.
    pub at: i64,
}

/// A page that waits for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Known to that page only; grants nothing.
    pub id: Id,
    /// Language of the page.
    pub locale: Locale,
    /// Unix seconds; no text is bound from then on.
    pub expires_at: i64,
    /// What the text started.
    pub recovery: Option<RecoveryId>,
}

/// What a [`ShortName`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A recovery, before its code in a text.
    Locator,
    /// A [`Wait`].
    Web,
}

impl NameKind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Locator => "locator",
            Self::Web => "web",
        }
    }
}

/// One write of the channel; each says what its fields mean.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variant's text covers its fields")]
pub enum TextWrite {
    /// Guard [`super::store::Conflict::TextSeen`]: no note with this key is there.
    NoteText(TextNote),
    /// Guard [`super::store::Conflict::TextLimit`]: fewer than `hour` and `day` texts under `key`
    /// in the last hour and day (0 = no limit); notes one more.
    CountText { key: Digest32, at: i64, hour: u32, day: u32 },
    /// Guard [`super::store::Conflict::TextBudget`]: fewer than `cap` texts counted on this `day`
    /// (0 = no limit). Counts one. Value: how many that day now has.
    CountDay { day: i64, cap: u32 },
    /// Guard [`super::store::Conflict::NameTaken`]: nothing has this name at `at`. It names
    /// `owner` until `until`.
    TakeName { kind: NameKind, name: ShortName, owner: Id, at: i64, until: i64 },
    /// A page begins to wait. A repeated id is [`super::store::Conflict::Duplicate`].
    InsertWait(Wait),
    /// Guard [`super::store::Conflict::WaitClosed`]: the page waits at `at` and nothing is bound
    /// to it. Binds the recovery.
    BindWait { wait: Id, recovery: RecoveryId, at: i64 },
    /// The provider says what became of a text; the last word counts. Value: 1 if it is the first
    /// about this row.
    NoteReceipt { outbox: Id, delivered: bool, at: i64 },
    /// Removes notes, counters and receipts strictly older than `before`, names and waits that
    /// ended before `now`, days before `day`. Value: rows removed, roughly.
    PurgeTexts { now: i64, before: i64, day: i64 },
}

/// Texts counted for one sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextCounts {
    /// In the last hour.
    pub hour: u32,
    /// In the last day.
    pub day: u32,
}

/// Delivery receipts counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptCounts {
    /// Arrived.
    pub delivered: u32,
    /// Never will.
    pub failed: u32,
}

/// What the channel needs of a database.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait TextStore: Store {
    /// Applies the texts' writes, then the batch, in one transaction; values in the same order.
    async fn apply_with_texts(
        &self,
        texts: Vec<TextWrite>,
        batch: Batch,
    ) -> Result<Vec<i64>, StoreError>;
    /// The note with this key.
    async fn text(&self, key: &Digest32) -> Result<Option<TextNote>, StoreError>;
    /// Texts counted under `key` after each instant.
    async fn texts(&self, key: &Digest32, hour: i64, day: i64) -> Result<TextCounts, StoreError>;
    /// Texts counted on this day.
    async fn texts_of_day(&self, day: i64) -> Result<u32, StoreError>;
    /// What the name names at `at`.
    async fn named(
        &self,
        kind: NameKind,
        name: &ShortName,
        at: i64,
    ) -> Result<Option<Id>, StoreError>;
    /// One page that waits or waited.
    async fn wait(&self, id: &Id) -> Result<Option<Wait>, StoreError>;
    /// Receipts noted after `since`.
    async fn receipts(&self, since: i64) -> Result<ReceiptCounts, StoreError>;
}
