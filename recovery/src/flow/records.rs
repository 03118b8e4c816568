//! The rows that the flow keeps: recoveries, tickets, sessions, messages, the audit.

use super::account::MemberRef;
use super::ids::{Digest32, Id, RecoveryId};
use crate::locale::Locale;
use crate::message::Template;

/// How a recovery was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// By the form, answered by email.
    Email,
    /// By text message.
    Sms,
    /// With an officer's help.
    Desk,
}

impl Channel {
    /// As stored and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Desk => "desk",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Email, Self::Sms, Self::Desk].into_iter().find(|c| c.as_str() == tag)
    }
}

/// Where a recovery stands. Expiry is not a state: it is a matter of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryState {
    /// Its code and link may still be redeemed.
    Open,
    /// Another recovery of the member was completed first.
    Voided,
    /// A password was set with it.
    Completed,
    /// The owner said "this was not me".
    Disowned,
}

impl RecoveryState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Voided => "voided",
            Self::Completed => "completed",
            Self::Disowned => "disowned",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Open, Self::Voided, Self::Completed, Self::Disowned]
            .into_iter()
            .find(|state| state.as_str() == tag)
    }
}

/// One recovery, real or decoy: the row tells them apart only by `decoy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Public id.
    pub id: RecoveryId,
    /// The way it was asked for.
    pub channel: Channel,
    /// The member; for a decoy a random name that no member has.
    pub member: MemberRef,
    /// The contact that the message goes to; for a decoy random too.
    pub contact: String,
    /// True where nobody can redeem it.
    pub decoy: bool,
    /// Which key its secrets derive from.
    pub kid: String,
    /// Salt of the verifiers.
    pub salt: [u8; 16],
    /// `SECRET_EPOCH` when it was made.
    pub epoch: i64,
    /// Verifier of the code.
    pub code: Digest32,
    /// Verifier of the link's secret.
    pub link: Digest32,
    /// Verifier of the disown secret.
    pub disown: Digest32,
    /// Counts dispatches: keyed name of identifier and email.
    pub dispatch_key: Digest32,
    /// Counts requests: keyed name of the identifier alone.
    pub identifier_key: Digest32,
    /// Counts compared codes: of the member, or of what was typed for a decoy.
    pub compare_key: Digest32,
    /// Language of its messages.
    pub locale: Locale,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds; the code is refused from then on.
    pub code_expires_at: i64,
    /// Unix seconds; the link is refused from then on.
    pub link_expires_at: i64,
    /// Unix seconds; disowning does nothing from then on.
    pub disown_expires_at: i64,
    /// Codes tried so far, never lowered by issuing.
    pub tries: u32,
    /// Where it stands.
    pub state: RecoveryState,
}

/// A ticket as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// SHA-256 of the 256-bit ticket.
    pub hash: Digest32,
    /// The recovery it was granted by.
    pub recovery: RecoveryId,
    /// Whose password it may set.
    pub member: MemberRef,
    /// `SECRET_EPOCH` when it was made.
    pub epoch: i64,
    /// Unix seconds.
    pub expires_at: i64,
    /// Live, voided, or spent by the named attempt.
    pub state: TicketState,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// May be spent until it expires.
    Live,
    /// Replaced by a later one, or ended with its recovery.
    Voided,
    /// Spent by this attempt: how a lost batch answer is resolved.
    Spent(Id),
}

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the 256-bit cookie.
    pub hash: Digest32,
    /// Who is signed in.
    pub member: MemberRef,
    /// `SECRET_EPOCH` when it was made.
    pub epoch: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds of the last use noted.
    pub seen_at: i64,
}

/// Where an outbox row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// Waiting for `due_at`.
    Pending,
    /// Somebody prepares it until `lease_until`; after that it is as good as pending.
    Leased,
    /// Handed to the transport, answer not yet known; after `lease_until` the outcome is unknown.
    Sending,
    /// The transport took it.
    Sent,
    /// A decoy: went through every step and to nobody.
    Discarded,
    /// Over the limit of its destination.
    Dropped,
    /// Would have come too late to be of use; a message that says so replaced it.
    TooLate,
    /// The outcome stayed unknown after the one repetition.
    Unknown,
    /// Given up: an operator may send it again.
    Dead,
}

impl OutboxState {
    const ALL: [Self; 9] = [
        Self::Pending,
        Self::Leased,
        Self::Sending,
        Self::Sent,
        Self::Discarded,
        Self::Dropped,
        Self::TooLate,
        Self::Unknown,
        Self::Dead,
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Discarded => "discarded",
            Self::Dropped => "dropped",
            Self::TooLate => "too-late",
            Self::Unknown => "unknown",
            Self::Dead => "dead",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == tag)
    }
}

/// One message to be sent. It holds no address, no code and no text: all of
/// that is rendered at dispatch, the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// The idempotency key towards the provider.
    pub id: Id,
    /// Which message.
    pub template: Template,
    /// The recovery it belongs to, and whose secrets it carries.
    pub recovery: RecoveryId,
    /// The member; random for a decoy.
    pub member: MemberRef,
    /// Which of the member's contacts; random for a decoy.
    pub contact: String,
    /// True: transport `discard`.
    pub decoy: bool,
    /// Language.
    pub locale: Locale,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds: not to be sent after that; `None` = at any time.
    pub not_after: Option<i64>,
    /// Unix seconds: not to be tried before that.
    pub due_at: i64,
    /// Unix seconds.
    pub lease_until: i64,
    /// Leases taken so far.
    pub attempts: u32,
    /// Times that the outcome stayed unknown.
    pub unknowns: u32,
    /// Where it stands.
    pub state: OutboxState,
}

/// One line of the append-only audit: no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Unix seconds.
    pub at: i64,
    /// What happened, such as `recovery-requested`.
    pub act: &'static str,
    /// On which channel.
    pub channel: Channel,
    /// The recovery concerned.
    pub recovery: Option<RecoveryId>,
}
