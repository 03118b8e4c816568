//! The recovery that a decision leads to, and its messages.

use super::case::Case;
use super::{Desk, DeskHost, DeskRefusal};
use crate::flow::Refusal;
use crate::flow::account::Member;
use crate::flow::ids::Digest32;
use crate::flow::keys::{Purpose, plain_name};
use crate::flow::store::{Channel, OutboxRow, OutboxState, Recovery, RecoveryState};
use crate::message::Template;

impl<H: DeskHost> Desk<'_, H> {
    /// A recovery whose link opens at `from` at the earliest. A guarded one needs the case's
    /// look-up code beside its link, and its link is none for the email channel's call. There
    /// is never a code to type; in the code's place stands what stops a change.
    pub(super) fn way_in(
        &self,
        case: &Case,
        member: &Member,
        contact: &str,
        guarded: bool,
        from: i64,
    ) -> Result<Recovery, DeskRefusal> {
        let (keys, id, salt) = (self.host.keys(), self.new_id(), self.random());
        let kid = keys.current_id().to_owned();
        let verifier = |purpose| {
            let secret = keys.derive(&kid, &id, purpose)?;
            keys.verifier(&kid, &salt, purpose, secret.as_bytes())
        };
        let lost = || DeskRefusal::from(Refusal::Unavailable("no current key".into()));
        let link = verifier(if guarded { Purpose::DeskLink } else { Purpose::Link });
        let stop = if guarded { verifier(Purpose::Cancel) } else { None };
        let never = Digest32::new(self.random());
        let key = plain_name("case", &case.id.to_string());
        let ends = from + self.policy().ttl_link;
        Ok(Recovery {
            id,
            channel: Channel::Desk,
            member: member.reference.clone(),
            contact: contact.to_owned(),
            decoy: false,
            code: stop.unwrap_or(never),
            link: link.ok_or_else(lost)?,
            disown: verifier(Purpose::Disown).ok_or_else(lost)?,
            kid,
            salt,
            epoch: self.host.policy().secret_epoch,
            dispatch_key: key,
            identifier_key: key,
            compare_key: plain_name("compare-member", &member.reference.0),
            locale: case.locale,
            created_at: self.now(),
            // No code is typed: this is when the link begins to work.
            code_expires_at: from,
            link_expires_at: ends,
            disown_expires_at: ends + self.host.policy().ttl_disown,
            tries: 0,
            state: RecoveryState::Open,
        })
    }

    pub(super) fn message(
        &self,
        template: Template,
        recovery: &Recovery,
        contact: &str,
    ) -> OutboxRow {
        let now = self.now();
        OutboxRow {
            id: self.new_id(),
            template,
            recovery: recovery.id,
            member: recovery.member.clone(),
            contact: contact.to_owned(),
            decoy: false,
            locale: recovery.locale,
            created_at: now,
            not_after: None,
            due_at: now,
            lease_until: 0,
            attempts: 0,
            unknowns: 0,
            state: OutboxState::Pending,
        }
    }
}
