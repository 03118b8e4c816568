//! What the desk reads and writes beyond the flow's store.
//!
//! An own trait: a deployment without the desk needs none of its tables. Its writes travel
//! in the same transaction as a [`Batch`].

use super::audit::{AuditLink, AuditRecord, Checkpoint};
use super::case::{Case, CaseState, Entry, SealedItem};
use super::inbox::{Letter, LetterQuery};
use super::names::{CaseId, CaseNumber, OfficeId, StaffId};
use super::review::Step;
use super::seal::Sealed;
use super::staff::Staff;
use crate::flow::account::{Contact, MemberRef};
use crate::flow::ids::{Digest32, Id, RecoveryId};
use crate::flow::store::{AuditEvent, Batch, Store, StoreError};

/// An audit line of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskAudit {
    /// What every channel notes.
    pub event: AuditEvent,
    /// The case concerned, where it is about one.
    pub case: Option<CaseId>,
    /// Who; `None` for the citizen and the schedule.
    pub staff: Option<StaffId>,
    /// Where the case lay, or where its officer works.
    pub office: OfficeId,
}

/// One write of the desk; each says what its fields mean.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variant's text covers its fields")]
pub enum DeskWrite {
    /// A new case with its sealed items. A repeated id or number is
    /// [`crate::flow::store::Conflict::Duplicate`].
    InsertCase { case: Box<Case>, items: Vec<SealedItem> },
    /// Guard [`crate::flow::store::Conflict::CaseChanged`]: the case stands at version `expect`.
    /// Stores what of it may change.
    UpdateCase { case: Box<Case>, expect: u32 },
    /// A new entry. A repeated id is [`crate::flow::store::Conflict::Duplicate`].
    InsertEntry(Entry),
    /// The member's contacts become `keep` and `add`; the others become former ones, which
    /// get notices and open nothing.
    ReplaceContacts { member: MemberRef, keep: Vec<String>, add: Vec<Contact>, at: i64 },
    /// One line of the audit.
    Audit(DeskAudit),
    /// Links and a checkpoint. A link that is there already is
    /// [`crate::flow::store::Conflict::Duplicate`]: another writer was first.
    Chain { links: Vec<AuditLink>, checkpoint: Checkpoint },
    /// Guard [`crate::flow::store::Conflict::Duplicate`]: this checkpoint was not mailed, and none
    /// after `since`. Notes that it is.
    MailCheckpoint { upto: i64, at: i64, since: i64 },
    /// Guard [`crate::flow::store::Conflict::MessageRevived`]: the message was given up and never
    /// sent again before. It is due now, once more.
    ReviveMessage { id: Id, at: i64 },
    /// A new letter with what was written, sealed. A repeated id is
    /// [`crate::flow::store::Conflict::Duplicate`].
    InsertLetter { letter: Box<Letter>, text: Sealed },
    /// Guard [`crate::flow::store::Conflict::CaseChanged`]: the letter stands at version `expect`.
    /// What was written is erased.
    SettleLetter { letter: Box<Letter>, expect: u32 },
    /// Removes cases with all that belongs to them: ended before `ended`, or not changed since
    /// `idle`; former contacts since before `former`; letters that came before `letters` or were
    /// decided about before `ended`. Value: rows removed, roughly.
    Purge { ended: i64, idle: i64, former: i64, letters: i64 },
}

/// In which order the queue comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueOrder {
    /// The longest waiting first.
    #[default]
    OldestFirst,
    /// The newest first.
    NewestFirst,
}

/// Cases by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Those that have not come to an end.
    #[default]
    Open,
    /// All.
    Any,
    /// Those in this state.
    In(CaseState),
}

/// Which cases an officer asks for. All conditions hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueQuery {
    /// The officer's office.
    pub office: OfficeId,
    /// Where they stand.
    pub which: Which,
    /// Only those taken by this person.
    pub assignee: Option<StaffId>,
    /// Only the one with this number.
    pub number: Option<CaseNumber>,
    /// Only those with this keyed name among theirs.
    pub key: Option<Digest32>,
    /// Not those with one of these among theirs: the officer's own.
    pub hidden: Vec<Digest32>,
    /// Order.
    pub order: QueueOrder,
    /// Where the last page ended.
    pub after: Option<(i64, CaseId)>,
    /// Most rows.
    pub limit: u32,
}

/// How many cases of an office stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCount {
    /// Where.
    pub state: CaseState,
    /// How many.
    pub count: u32,
    /// When the longest waiting of them was opened, Unix seconds.
    pub oldest: i64,
}

/// What the desk needs of a database.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait DeskStore: Store {
    /// Applies the desk's writes, then the batch, in one transaction; values in the same order.
    async fn apply_desk(&self, desk: Vec<DeskWrite>, batch: Batch) -> Result<Vec<i64>, StoreError>;
    /// One case.
    async fn case(&self, id: &CaseId) -> Result<Option<Case>, StoreError>;
    /// One case by its number.
    async fn case_by_number(&self, number: &CaseNumber) -> Result<Option<Case>, StoreError>;
    /// The case that led to this recovery.
    async fn case_of(&self, recovery: &RecoveryId) -> Result<Option<Case>, StoreError>;
    /// A case's sealed items.
    async fn items(&self, case: &CaseId) -> Result<Vec<SealedItem>, StoreError>;
    /// A case's entries, oldest first.
    async fn entries(&self, case: &CaseId) -> Result<Vec<Entry>, StoreError>;
    /// What the audit says of a case, oldest first.
    async fn course(&self, case: &CaseId) -> Result<Vec<Step>, StoreError>;
    /// A page of the queue.
    async fn queue(&self, query: &QueueQuery) -> Result<Vec<Case>, StoreError>;
    /// Counts by state for one office.
    async fn counts(&self, office: &OfficeId) -> Result<Vec<StateCount>, StoreError>;
    /// One letter.
    async fn inbox_letter(&self, id: &Id) -> Result<Option<Letter>, StoreError>;
    /// What was written in a letter, while it is kept.
    async fn letter_text(&self, id: &Id) -> Result<Option<Sealed>, StoreError>;
    /// A page of letters.
    async fn inbox_letters(&self, query: &LetterQuery) -> Result<Vec<Letter>, StoreError>;
    /// The member of staff with this sign-in address, in lower case.
    async fn staff_by_email(&self, email: &str) -> Result<Option<Staff>, StoreError>;
    /// The member of staff of this name.
    async fn staff(&self, id: &StaffId) -> Result<Option<Staff>, StoreError>;
    /// The offices with active staff, sorted.
    async fn desk_offices(&self) -> Result<Vec<OfficeId>, StoreError>;
    /// Cases whose cooling-off is over at `at`, oldest first.
    async fn cooled(&self, at: i64, limit: u32) -> Result<Vec<CaseId>, StoreError>;
    /// The newest link of the audit.
    async fn newest_link(&self) -> Result<Option<AuditLink>, StoreError>;
    /// Records above this number, in order.
    async fn records(&self, above: i64, limit: u32) -> Result<Vec<AuditRecord>, StoreError>;
    /// Links above this number, in order.
    async fn links(&self, above: i64, limit: u32) -> Result<Vec<AuditLink>, StoreError>;
    /// The newest checkpoint, unless it was mailed, or one was after `since`.
    async fn unmailed_checkpoint(&self, since: i64) -> Result<Option<Checkpoint>, StoreError>;
    /// All checkpoints above this number, in order.
    async fn checkpoints(&self, above: i64, limit: u32) -> Result<Vec<Checkpoint>, StoreError>;
}
