//! What figures are read from: counts by day, made by the database itself as records are added
//! to the audit. They hold nothing of a person and outlive what they count.

use super::period::Days;
use super::times::Times;
use crate::desk::case::tags;
use crate::desk::names::OfficeId;
use crate::desk::store::DeskStore;
use crate::flow::account::MemberRef;
use crate::flow::ids::Id;
use crate::flow::store::{Channel, OutboxRow, Recovery, StoreError};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// A recovery was asked for, or a case opened. By email and text everything that was
    /// accepted counts, accounts that do not exist too: the count says nothing about them.
    Asked,
    /// It led to a new password.
    Recovered,
    /// A case was approved.
    Approved,
    /// A case was refused.
    Rejected,
    /// A citizen withdrew a case.
    Withdrawn,
    /// A change of contacts was stopped by an old contact.
    Disputed,
}

impl Counted {
    /// What an act in the audit counts as; the migration that counts has the same list.
    pub fn of(act: &str) -> Option<Self> {
        Some(match act {
            "recovery-requested" | "case-opened" => Self::Asked,
            "password-set" => Self::Recovered,
            "case-approved" | "case-change-done" => Self::Approved,
            "case-withdrawn" => Self::Withdrawn,
            "case-disputed" => Self::Disputed,
            act if act.starts_with("case-rejected-") => Self::Rejected,
            _ => return None,
        })
    }
}

/// How often something happened on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Vietnam's day.
    pub day: i64,
    /// On which channel.
    pub channel: Channel,
    /// At which office: the desk's alone have one.
    pub office: Option<OfficeId>,
    /// What.
    pub what: Counted,
    /// How often.
    pub count: u64,
}

/// How long recoveries of a channel and office took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasted {
    /// On which channel.
    pub channel: Channel,
    /// At which office.
    pub office: Option<OfficeId>,
    /// From asking, or from opening the case, to the new password.
    pub times: Times,
}

/// A limit that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// 429: too many recoveries by email asked for with the same number and address.
    Requests,
    /// 429: too many messages of one recovery.
    Resends,
    /// 429: too many cases of one citizen in a day.
    Cases,
    /// 429: too many messages into one case in a day.
    CaseMessages,
    /// 429: too many links sent for one case in a day.
    CaseLinks,
    /// 429: too many wrong passwords for one identifier and network.
    SignIns,
    /// 429: too many writes of one network in a minute.
    Network,
    /// A code was not compared: too many were, of this member and day. The answer was that of a
    /// wrong code.
    Compared,
    /// A sender was told that there were too many texts.
    Texts,
    /// A message was not sent: over its destination's limit, or of no use any more.
    Dropped,
}

tags!(Limit {
    Requests => "requests",
    Resends => "resends",
    Cases => "cases",
    CaseMessages => "case-messages",
    CaseLinks => "case-links",
    SignIns => "sign-ins",
    Network => "network",
    Compared => "compared",
    Texts => "texts",
    Dropped => "dropped",
});

/// The open cases of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Which.
    pub office: OfficeId,
    /// How many.
    pub count: u64,
    /// When the longest waiting was opened, Unix seconds.
    pub oldest: i64,
}

/// A message that was given up, as it stands in the outbox: no address, no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message. After it was sent again it may stand elsewhere than among the dead.
    pub row: OutboxRow,
    /// When it was given up, Unix seconds.
    pub settled_at: Option<i64>,
    /// When somebody sent it again, Unix seconds.
    pub resent_at: Option<i64>,
    /// What it belongs to; `None` where that is gone.
    pub recovery: Option<Recovery>,
}

/// A message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Unix seconds.
    pub at: i64,
    /// `bounced`, `delayed`, `complained`, or `undelivered` for a text.
    pub kind: String,
    /// Whose address, and which; `None` where the message is gone.
    pub contact: Option<(MemberRef, String)>,
}

/// What the figures need of a database.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait FigureStore: DeskStore {
    /// All counts of these days, each day, channel, office and kind at most once.
    async fn tallies(&self, days: Days) -> Result<Vec<Tally>, StoreError>;
    /// How long the recoveries that were completed on these days took, each channel and office
    /// once.
    async fn lasted(&self, days: Days) -> Result<Vec<Lasted>, StoreError>;
    /// Limits met on these days; a limit that was not met may be absent.
    async fn limits(&self, days: Days) -> Result<Vec<(Limit, u64)>, StoreError>;
    /// Counts so many more: of refusals that anybody gets for the same input, known or not.
    async fn count_limits(&self, more: &[(Limit, u32)], day: i64) -> Result<(), StoreError>;
    /// The open cases of every office that has some, in the order of the offices.
    async fn queues(&self) -> Result<Vec<Queued>, StoreError>;
    /// For each office and place (from 1, the longest waiting first): when the open case at
    /// that place was opened; 0 where there are not so many.
    async fn opened_at(&self, places: &[(OfficeId, u64)]) -> Result<Vec<i64>, StoreError>;
    /// How many messages were given up, and the newest of them.
    async fn dead_letters(&self, limit: u32) -> Result<(u64, Vec<DeadLetter>), StoreError>;
    /// One message, given up or not.
    async fn letter(&self, id: &Id) -> Result<Option<DeadLetter>, StoreError>;
    /// Messages that came back on these days: how many of each kind, and the newest.
    async fn bounces(
        &self,
        days: Days,
        limit: u32,
    ) -> Result<(Vec<(String, u64)>, Vec<Bounce>), StoreError>;
}
