//! What the flow reads and writes, and the trait behind which a database stands.
//!
//! A decision is one [`Batch`]: all of its writes happen, or none does. Writes
//! marked *guard* refuse the whole batch with a [`Conflict`] when their
//! condition does not hold at that moment, whatever was read before.

use super::account::MemberRef;
use super::ids::{Digest32, Id, RecoveryId};
pub use super::records::{
    AuditEvent, Channel, OutboxRow, OutboxState, Recovery, RecoveryState, Session, Ticket,
    TicketState,
};

/// One write of a batch; each says what its fields mean.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variant's text covers its fields")]
pub enum Write {
    /// Guard [`Conflict::CaptchaSpent`]: the nonce was never seen.
    SpendCaptcha { nonce: String, expires_at: i64 },
    /// Guard [`Conflict::DispatchLimit`]: fewer than `hour` and `day` dispatches under
    /// `key` in the last hour and day (0 = no limit); notes one more, under
    /// `identifier` too.
    CountDispatch { key: Digest32, identifier: Digest32, at: i64, hour: u32, day: u32 },
    /// A new recovery. A repeated id is [`Conflict::Duplicate`].
    InsertRecovery(Box<Recovery>),
    /// A new message. A repeated id is [`Conflict::Duplicate`].
    InsertOutbox(Box<OutboxRow>),
    /// Guard [`Conflict::RecoveryClosed`]: the recovery is open, its code lives at `at`,
    /// and fewer than `cap` tries were taken (0 = no limit). Takes one. Value: tries now taken.
    TakeTry { recovery: RecoveryId, at: i64, cap: u32 },
    /// Notes a comparison under `key` if fewer than `cap` stand there in the 24 hours
    /// before `at` (0 = no limit). Value: 1 if noted, 0 if not.
    TakeCompare { id: Id, key: Digest32, at: i64, cap: u32 },
    /// Takes back the try and the comparison of a code that was right.
    ReturnTry { recovery: RecoveryId, compare: Id },
    /// Guard [`Conflict::RecoveryClosed`]: the recovery is open.
    RequireOpen { recovery: RecoveryId },
    /// Voids every live ticket of the recovery. Value: how many.
    VoidTickets { recovery: RecoveryId },
    /// A new live ticket. A second live one of its recovery is [`Conflict::Duplicate`].
    InsertTicket(Ticket),
    /// Guard [`Conflict::TicketSpent`]: the ticket is live at `at` and of `epoch`.
    SpendTicket { hash: Digest32, attempt: Id, at: i64, epoch: i64 },
    /// Voids every other open recovery and every live ticket of the member.
    VoidMember { member: MemberRef, except: RecoveryId },
    /// The recovery led to a new password.
    CompleteRecovery { recovery: RecoveryId, at: i64 },
    /// Stores the hash, set by this recovery; the password opens the account again.
    SetPassword { member: MemberRef, hash: String, recovery: RecoveryId, at: i64 },
    /// Ends every session of the member. Value: how many.
    EndSessions { member: MemberRef },
    /// Voids the recovery if it is open, and its live tickets. Value: 1 if it was open.
    DisownOpen { recovery: RecoveryId },
    /// If the member's password was set by this recovery: it no longer opens the
    /// account and all sessions end. Value: 1 if so.
    DisownCompleted { member: MemberRef, recovery: RecoveryId },
    /// Guard [`Conflict::SigninLimit`]: fewer than `cap` sign-ins noted under `pair`
    /// since `since` (0 = no limit). Notes one under `pair` and `identifier`.
    TakeSignin { id: Id, pair: Digest32, identifier: Digest32, at: i64, since: i64, cap: u32 },
    /// The password was right: forgets what is noted under `pair`, and note `id`.
    ReturnSignin { id: Id, pair: Digest32 },
    /// Forgets all noted sign-ins under these identifiers.
    ClearSignins { identifiers: Vec<Digest32> },
    /// A new session.
    InsertSession(Session),
    /// The session was used.
    TouchSession { hash: Digest32, at: i64 },
    /// Signs out. Value: 1 if there was such a session.
    DeleteSession { hash: Digest32 },
    /// Takes a due row that nobody holds: pending, or held with a lease that ran out.
    /// Value: 1 if taken. A row that ran out while `Sending` counts one unknown.
    LeaseOutbox { id: Id, at: i64, until: i64 },
    /// From `Leased` to `Sending`. Value: 1 if so.
    MarkSending { id: Id, until: i64 },
    /// Notes a message for a destination if fewer than `cap` stand there in the 24 hours
    /// before `at` (0 = no limit), once per outbox row. Value: 1 if noted (now or
    /// before for the same row), 0 if over the limit.
    CountAddress { id: Id, key: Digest32, at: i64, cap: u32 },
    /// The end of an attempt: a final state, or `Pending` again at `due_at`. What was sent stays
    /// sent.
    SettleOutbox { id: Id, state: OutboxState, due_at: i64, unknowns: u32, at: i64 },
    /// The provider says that it took the message, after all: a row that is being sent, or whose
    /// outcome is unknown, is sent. No other row changes.
    ProveSent { id: Id, at: i64 },
    /// One line of the audit.
    Audit(AuditEvent),
    /// Removes what retention no longer allows: see [`Purge`]. Value: rows removed, roughly.
    Purge(Purge),
}

/// Bounds of the retention job; everything strictly older goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purge {
    /// The present: captcha nonces, sessions and tickets past their end go.
    pub now: i64,
    /// Recoveries, settled outbox rows.
    pub before: i64,
    /// Counters with a 24-hour window.
    pub counters_before: i64,
    /// Sessions not used since.
    pub idle_before: i64,
}

/// Writes that happen together or not at all.
pub type Batch = Vec<Write>;

/// Which condition of a batch did not hold; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The captcha's nonce was spent before.
    CaptchaSpent,
    /// Too many dispatches.
    DispatchLimit,
    /// The recovery is not open, or its tries are used up.
    RecoveryClosed,
    /// The ticket is not live.
    TicketSpent,
    /// Too many sign-ins.
    SigninLimit,
    /// The id was there before.
    Duplicate,
    /// The text was decided about before.
    TextSeen,
    /// Too many texts of this sender.
    TextLimit,
    /// Too many texts on the agency's bill today.
    TextBudget,
    /// The short name names something else.
    NameTaken,
    /// The page waits no longer, or its text has come.
    WaitClosed,
    /// The case is at another version.
    CaseChanged,
    /// The message is not among those that were given up, or was sent again before.
    MessageRevived,
}

/// Why a read or a batch brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// A guard refused; nothing was written.
    Conflict(Conflict),
    /// The store did not answer. A batch may or may not have been written: the
    /// caller finds out by reading an id of its own.
    Unavailable(String),
}

impl From<Conflict> for StoreError {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

/// What the flow needs of a database. Reads see every batch that was answered
/// before (D1: sessions on the primary).
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait Store {
    /// Applies all writes in order, in one transaction; one value per write (0 where
    /// none is documented).
    async fn apply(&self, batch: Batch) -> Result<Vec<i64>, StoreError>;
    /// One recovery.
    async fn recovery(&self, id: &RecoveryId) -> Result<Option<Recovery>, StoreError>;
    /// One ticket.
    async fn ticket(&self, hash: &Digest32) -> Result<Option<Ticket>, StoreError>;
    /// One session.
    async fn session(&self, hash: &Digest32) -> Result<Option<Session>, StoreError>;
    /// Instants of the dispatches under `key` after `since`, newest first, at most 50.
    async fn dispatches(&self, key: &Digest32, since: i64) -> Result<Vec<i64>, StoreError>;
    /// How many dispatches stand under the identifier after `since`.
    async fn requests(&self, identifier: &Digest32, since: i64) -> Result<u32, StoreError>;
    /// Sign-ins noted after `since`: under the pair (count and newest instant) and
    /// under the identifier.
    async fn signins(
        &self,
        pair: &Digest32,
        identifier: &Digest32,
        since: i64,
    ) -> Result<SigninCounts, StoreError>;
    /// The member's own recoveries, newest first.
    async fn recent(&self, member: &MemberRef, limit: u32) -> Result<Vec<Recovery>, StoreError>;
    /// One outbox row.
    async fn outbox(&self, id: &Id) -> Result<Option<OutboxRow>, StoreError>;
    /// Rows that [`Write::LeaseOutbox`] would take at `at`, oldest first.
    async fn due(&self, at: i64, limit: u32) -> Result<Vec<Id>, StoreError>;
}

/// Counts of noted sign-ins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SigninCounts {
    /// Under identifier and caller's address.
    pub pair: u32,
    /// Newest of those, Unix seconds; 0 = none.
    pub pair_newest: i64,
    /// Under the identifier, from anywhere.
    pub identifier: u32,
}
