//! Sending a message again that was given up: by a supervisor, once, while it is of use.

use super::store::{DeadLetter, FigureStore};
use crate::desk::staff::{Act, Staff};
use crate::desk::store::{DeskAudit, DeskStore as _, DeskWrite};
use crate::desk::{Desk, DeskHost, DeskRefusal};
use crate::flow::Refusal;
use crate::flow::ids::Id;
use crate::flow::store::{AuditEvent, Channel, Conflict, OutboxState, RecoveryState, StoreError};
use crate::message::Template;

/// Whether a message that was given up can be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It can.
    Live,
    /// Somebody has sent it again already.
    SentAgain,
    /// It would be of no use any more.
    Over,
}

impl Life {
    /// On the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::SentAgain => "sent-again",
            Self::Over => "over",
        }
    }
}

/// Where a message that was given up stands at `now`.
pub fn life(letter: &DeadLetter, now: i64) -> Life {
    let row = &letter.row;
    if letter.resent_at.is_some() {
        return Life::SentAgain;
    }
    if row.template == Template::AuditCheckpoint {
        // It has no recovery, and its checkpoint is worth having at any time.
        return Life::Live;
    }
    let Some(recovery) = &letter.recovery else { return Life::Over };
    let ends = match row.template {
        Template::DeskLink | Template::DeskGuardedLink => Some(recovery.link_expires_at),
        // When the cooling-off is over there is nothing left to stop.
        Template::ContactsChanging | Template::RecoveryCode => Some(recovery.code_expires_at),
        Template::PasswordChanged => Some(recovery.disown_expires_at),
        Template::TooLate
        | Template::PasswordDisowned
        | Template::ContactsChanged
        | Template::AuditCheckpoint => None,
    };
    let late = |end: Option<i64>| end.is_some_and(|end| now >= end);
    let closed = row.template.needs_open() && recovery.state != RecoveryState::Open;
    if closed || late(ends) || late(row.not_after) { Life::Over } else { Life::Live }
}

impl<H: DeskHost<Store: FigureStore>> Desk<'_, H> {
    /// Puts a message that was given up back among those to be sent, under the same id: to the
    /// same contact, with the same code and link, and a provider that honours the id sends it
    /// once. Gives the message to send.
    pub async fn resend_message(&self, staff: &Staff, id: &Id) -> Result<Vec<Id>, DeskRefusal> {
        if !staff.may(Act::ResendMessage) {
            return Err(DeskRefusal::NotAllowed);
        }
        let letter = self.store().letter(id).await?.ok_or(DeskRefusal::MessageNotFound)?;
        // Nobody has a hand in what concerns the own account.
        if staff.member.as_ref() == Some(&letter.row.member) {
            return Err(DeskRefusal::NotAllowed);
        }
        let given_up = matches!(letter.row.state, OutboxState::Dead | OutboxState::Unknown);
        match life(&letter, self.now()) {
            Life::SentAgain => return Err(DeskRefusal::MessageSentAgain),
            _ if !given_up => return Err(DeskRefusal::MessageNotFound),
            Life::Over => return Err(DeskRefusal::MessageOver),
            Life::Live => {}
        }
        let channel = letter.recovery.as_ref().map_or(Channel::Desk, |recovery| recovery.channel);
        let audit = DeskAudit {
            event: AuditEvent {
                at: self.now(),
                act: "message-sent-again",
                channel,
                recovery: Some(letter.row.recovery),
            },
            case: None,
            staff: Some(staff.id.clone()),
            office: staff.office.clone(),
        };
        let writes =
            vec![DeskWrite::ReviveMessage { id: *id, at: self.now() }, DeskWrite::Audit(audit)];
        match self.store().apply_desk(writes, Vec::new()).await {
            Ok(_) => Ok(vec![*id]),
            Err(StoreError::Conflict(Conflict::MessageRevived)) => {
                Err(DeskRefusal::MessageSentAgain)
            }
            // A lost answer: whoever asks again hears whether it was done.
            Err(StoreError::Unavailable(why)) => Err(Refusal::Unavailable(why).into()),
            Err(other) => Err(other.into()),
        }
    }
}
