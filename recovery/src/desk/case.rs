//! A case as stored: where it stands, and what was written into it.

use super::names::{CaseId, CaseNumber, OfficeId, StaffId};
use super::seal::Sealed;
use super::stated::Item;
use crate::flow::account::MemberRef;
use crate::flow::ids::{Digest32, Id, RecoveryId};
use crate::locale::Locale;

/// Names for the values of an enumeration, both ways.
macro_rules! tags {
    ($name:ident { $($variant:ident => $tag:literal),* $(,)? }) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As stored and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $tag),* }
            }

            /// Reads what [`Self::as_str`] gives.
            pub fn from_tag(tag: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == tag)
            }
        }
    };
}
pub(crate) use tags;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseState {
    /// Nobody has taken it yet.
    Received,
    /// An officer works on it.
    InReview,
    /// The office has asked the citizen something.
    Waiting,
    /// One officer has approved changed contact data; another must look.
    SecondApproval,
    /// Two have; the old contacts were told and may stop it.
    CoolingOff,
    /// An old contact stopped it.
    Disputed,
    /// A way in was sent.
    Approved,
    /// Refused, with a reason.
    Rejected,
    /// Taken back by the citizen.
    Withdrawn,
}

tags!(CaseState {
    Received => "received",
    InReview => "in-review",
    Waiting => "waiting",
    SecondApproval => "second-approval",
    CoolingOff => "cooling-off",
    Disputed => "disputed",
    Approved => "approved",
    Rejected => "rejected",
    Withdrawn => "withdrawn",
});

impl CaseState {
    /// Is an officer still to decide on its own merits?
    pub const fn is_under_review(self) -> bool {
        matches!(self, Self::Received | Self::InReview | Self::Waiting)
    }

    /// Has it come to an end? Retention counts from there.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::Withdrawn)
    }
}

/// One case. Everything personal is in sealed items beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The row's name; the sealed items are bound to it.
    pub id: CaseId,
    /// What the citizen calls it.
    pub number: CaseNumber,
    /// Whose desk it lies on.
    pub office: OfficeId,
    /// Language of its messages.
    pub locale: Locale,
    /// Where it stands.
    pub state: CaseState,
    /// Raised with every change: a decision names the version it was made on.
    pub version: u32,
    /// Unix seconds.
    pub opened_at: i64,
    /// Unix seconds.
    pub changed_at: i64,
    /// Unix seconds; since then retention counts.
    pub ended_at: Option<i64>,
    /// Which key the look-up code's verifier is made with.
    pub kid: String,
    /// Its salt.
    pub salt: [u8; 16],
    /// The look-up code's verifier.
    pub lookup: Digest32,
    /// Keyed names of the stated number, phone and email: staff are kept from cases that
    /// share one with them, and cases are searched by them, without the data itself.
    pub keys: [Option<Digest32>; 3],
    /// Who has taken it.
    pub assignee: Option<StaffId>,
    /// Who approved changed contacts first, or first went on after a dispute.
    pub first: Option<StaffId>,
    /// Whose account it was decided to be: set with an approval.
    pub member: Option<MemberRef>,
    /// The way in that it led to, open or about to be.
    pub recovery: Option<RecoveryId>,
    /// Whether its way in comes with changed contact data.
    pub changes_contacts: bool,
    /// Unix seconds: the way in opens then.
    pub cooling_until: Option<i64>,
    /// Unix seconds: an old contact stopped it then.
    pub disputed_at: Option<i64>,
    /// Whether an officer made it of a letter, whose writer nobody knows. Nobody has its look-up
    /// code; its way in goes to a contact on record, and it changes no contacts.
    pub from_letter: bool,
}

/// A sealed item of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedItem {
    /// Which.
    pub item: Item,
    /// Its text, sealed under case and item.
    pub sealed: Sealed,
}

/// What an officer did to verify the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Called a number on record, and the right person answered.
    CallBack,
    /// Saw the person with the citizen card.
    InPerson,
    /// Asked what only the person would know of the own record.
    Record,
}

tags!(Check { CallBack => "call-back", InPerson => "in-person", Record => "record" });

/// Why a case was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The person could not be verified.
    NotVerified,
    /// There is no account under the number.
    NoAccount,
    /// The person did not answer.
    NoAnswer,
    /// There is another case about the same.
    Duplicate,
    /// Another way is open and quicker.
    OtherWay,
}

tags!(Reason {
    NotVerified => "not-verified",
    NoAccount => "no-account",
    NoAnswer => "no-answer",
    Duplicate => "duplicate",
    OtherWay => "other-way",
});

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// From the citizen.
    CitizenMessage,
    /// From the office to the citizen.
    OfficeMessage,
    /// Among staff; the citizen does not see it.
    Note,
    /// A check: called back.
    CallBack,
    /// A check: seen in person.
    InPerson,
    /// A check: asked about the record.
    Record,
    /// The letter that the case was made of: sender as claimed, subject, text.
    Letter,
}

tags!(EntryKind {
    CitizenMessage => "citizen-message",
    OfficeMessage => "office-message",
    Note => "note",
    CallBack => "call-back",
    InPerson => "in-person",
    Record => "record",
    Letter => "letter",
});

impl EntryKind {
    /// May the citizen read it?
    pub const fn is_for_the_citizen(self) -> bool {
        matches!(self, Self::CitizenMessage | Self::OfficeMessage)
    }

    /// The check that it notes.
    pub const fn check(self) -> Option<Check> {
        match self {
            Self::CallBack => Some(Check::CallBack),
            Self::InPerson => Some(Check::InPerson),
            Self::Record => Some(Check::Record),
            _ => None,
        }
    }
}

impl From<Check> for EntryKind {
    fn from(check: Check) -> Self {
        match check {
            Check::CallBack => Self::CallBack,
            Check::InPerson => Self::InPerson,
            Check::Record => Self::Record,
        }
    }
}

/// One entry of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its own id; its text is sealed under it too.
    pub id: Id,
    /// The case.
    pub case: CaseId,
    /// Unix seconds.
    pub at: i64,
    /// What it is.
    pub kind: EntryKind,
    /// Who wrote it; `None` for the citizen.
    pub staff: Option<StaffId>,
    /// Its text; checks have none.
    pub text: Option<Sealed>,
}
