//! Who works at a desk, and what a role may do.

use super::case::{Case, tags};
use super::names::{OfficeId, StaffId};
use crate::flow::account::MemberRef;

/// What somebody is at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Decides on cases.
    Officer,
    /// Decides too, and sees figures and audit.
    Supervisor,
}

tags!(Role { Officer => "officer", Supervisor => "supervisor" });

/// A member of staff, as the agency's administration entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// The name in the audit.
    pub id: StaffId,
    /// Role.
    pub role: Role,
    /// The one office whose cases are seen.
    pub office: OfficeId,
    /// The own account, where there is one: kept from cases about it and about members who
    /// share its contacts.
    pub member: Option<MemberRef>,
    /// Whether the person still works there.
    pub active: bool,
}

/// What can be done at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Lists the office's cases.
    Queue,
    /// Reads a case.
    View,
    /// Takes it.
    Take,
    /// Notes a check.
    Check,
    /// Writes a note.
    Note,
    /// Asks the citizen.
    Ask,
    /// Gives it to another office.
    HandOver,
    /// Refuses it.
    Reject,
    /// Sends a way in to a contact on record.
    Approve,
    /// First approval of changed contacts.
    Propose,
    /// Second approval of changed contacts.
    Confirm,
    /// The second officer sends it back.
    Return,
    /// Goes on after a dispute.
    Resume,
    /// Sends the way in again.
    Resend,
    /// Sees figures over all cases of the office.
    Figures,
    /// Verifies the audit.
    Audit,
    /// Sends a message again that was given up.
    ResendMessage,
    /// Lists and reads the office's letters.
    Letters,
    /// Makes a case of a letter.
    TakeLetter,
    /// Puts a letter away.
    DiscardLetter,
}

tags!(Act {
    Queue => "queue",
    View => "view",
    Take => "take",
    Check => "check",
    Note => "note",
    Ask => "ask",
    HandOver => "hand-over",
    Reject => "reject",
    Approve => "approve",
    Propose => "propose",
    Confirm => "confirm",
    Return => "return",
    Resume => "resume",
    Resend => "resend",
    Figures => "figures",
    Audit => "audit",
    ResendMessage => "resend-message",
    Letters => "letters",
    TakeLetter => "take-letter",
    DiscardLetter => "discard-letter",
});

impl Role {
    /// The whole of what roles may do.
    pub const fn may(self, act: Act) -> bool {
        match act {
            Act::Figures | Act::Audit | Act::ResendMessage => matches!(self, Self::Supervisor),
            Act::Queue
            | Act::View
            | Act::Take
            | Act::Check
            | Act::Note
            | Act::Ask
            | Act::HandOver
            | Act::Reject
            | Act::Approve
            | Act::Propose
            | Act::Confirm
            | Act::Return
            | Act::Resume
            | Act::Resend
            | Act::Letters
            | Act::TakeLetter
            | Act::DiscardLetter => true,
        }
    }
}

impl Staff {
    /// May this person do it, as far as the role goes?
    pub const fn may(&self, act: Act) -> bool {
        self.active && self.role.may(act)
    }

    /// Does the case lie on this person's desk?
    pub fn has(&self, case: &Case) -> bool {
        case.office == self.office
    }
}
