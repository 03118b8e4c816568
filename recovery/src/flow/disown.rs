//! "Không phải tôi": the owner stops a recovery, or what came of it.

use super::ids::LinkToken;
use super::keys::Purpose;
use super::store::{OutboxRow, OutboxState, Store as _, StoreError, Write};
use super::{Host, Refusal, Service};
use crate::flow::account::Accounts as _;
use crate::flow::ids::Id;
use crate::message::Template;

impl<H: Host> Service<'_, H> {
    /// `POST /recoveries/disown`. Every well-formed token gets the same answer.
    ///
    /// Before completion it voids this recovery and its ticket, and nothing that was
    /// started later. After it, if the password still is the one set by this
    /// recovery, all sessions end and the password must be recovered; a later
    /// password stays. It never restores the old one and never blocks a new recovery.
    ///
    /// Gives the outbox rows to dispatch.
    pub async fn disown(&self, token: &LinkToken) -> Result<Vec<Id>, Refusal> {
        let now = self.now();
        let Some(recovery) = self.store().recovery(&token.recovery).await? else {
            return Ok(Vec::new());
        };
        let right = self.matches(&recovery, Purpose::Disown, &token.secret);
        let live = now < recovery.disown_expires_at && recovery.epoch >= self.policy().secret_epoch;
        if !(right && live) {
            return Ok(Vec::new());
        }
        let values = self
            .store()
            .apply(vec![
                Write::DisownOpen { recovery: recovery.id },
                Write::DisownCompleted { member: recovery.member.clone(), recovery: recovery.id },
                self.audit("disowned", recovery.channel, Some(recovery.id)),
            ])
            .await?;
        if values.get(1) != Some(&1) {
            return Ok(Vec::new());
        }
        // The password was theirs and is now shut: say so wherever the owner reads.
        let Some(member) = self.host.accounts().member(&recovery.member).await? else {
            return Ok(Vec::new());
        };
        let mut ids = Vec::new();
        let mut batch = Vec::new();
        for contact in self.notified(&member) {
            let row = OutboxRow {
                id: self.new_id(),
                template: Template::PasswordDisowned,
                recovery: recovery.id,
                member: recovery.member.clone(),
                contact: contact.id.clone(),
                decoy: false,
                locale: recovery.locale,
                created_at: now,
                not_after: None,
                due_at: now,
                lease_until: 0,
                attempts: 0,
                unknowns: 0,
                state: OutboxState::Pending,
            };
            ids.push(row.id);
            batch.push(Write::InsertOutbox(Box::new(row)));
        }
        match self.store().apply(batch).await {
            Ok(_) | Err(StoreError::Unavailable(_)) => Ok(ids),
            Err(other) => Err(other.into()),
        }
    }
}
