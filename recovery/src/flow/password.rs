//! Setting the new password: the one place where a ticket is spent.

use super::account::{Accounts as _, Contact, ContactValue, CredentialState, Member};
use super::ids::{Id, Secret};
use super::keys::hash;
use super::store::{
    Batch, Conflict, OutboxRow, OutboxState, Recovery, Store as _, StoreError, Ticket, TicketState,
    Write,
};
use super::{Host, Refusal, Service};
use crate::message::Template;
use crate::password::{ContextWords, Password};

impl Member {
    /// Words that must not carry a password of this member's.
    pub fn context_words(&self) -> ContextWords {
        let words = ContextWords::new().name(&self.name);
        let words = self.identifiers.iter().fold(words, ContextWords::identifier);
        let words = self.phones().fold(words, |words, (_, phone)| words.phone(phone));
        let words = self.emails().fold(words, |words, (_, email)| words.email(email));
        match self.birth_year {
            Some(year) => words.birth_year(year),
            None => words,
        }
    }
}

impl<H: Host> Service<'_, H> {
    /// `POST /password`: spends the ticket once, stores the hash, voids every other way
    /// in, ends all sessions and writes a notice to every registered address. A
    /// refused password keeps the ticket.
    ///
    /// Gives the outbox rows to dispatch.
    pub async fn set_password(&self, ticket: &Secret, typed: &str) -> Result<Vec<Id>, Refusal> {
        let hashed = hash(ticket);
        let row = self.live_ticket(&hashed).await?;
        let member = self.host.accounts().member(&row.member).await?.ok_or(Refusal::TicketSpent)?;
        let recovery = self.store().recovery(&row.recovery).await?.ok_or(Refusal::TicketSpent)?;
        let password =
            Password::choose(typed, &member.context_words()).map_err(Refusal::PasswordRejected)?;

        let phc = self
            .host
            .hasher()
            .hash(password.as_bytes(), self.random())
            .map_err(|_| Refusal::Unavailable("hasher".into()))?;
        let attempt = self.new_id();
        let (batch, notices) = self.change(&row, &recovery, &member, phc, attempt);
        match self.store().apply(batch).await {
            Ok(_) => Ok(notices),
            Err(StoreError::Conflict(Conflict::TicketSpent)) => Err(Refusal::TicketSpent),
            Err(StoreError::Unavailable(why)) => {
                // Did this very attempt spend it? Then the answer was lost, not the deed.
                match self.store().ticket(&hashed).await? {
                    Some(Ticket { state: TicketState::Spent(by), .. }) if by == attempt => {
                        Ok(notices)
                    }
                    _ => Err(Refusal::Unavailable(why)),
                }
            }
            Err(other) => Err(other.into()),
        }
    }

    async fn live_ticket(&self, hashed: &super::ids::Digest32) -> Result<Ticket, Refusal> {
        let row = self.store().ticket(hashed).await?.ok_or(Refusal::TicketSpent)?;
        let live = row.state == TicketState::Live
            && self.now() < row.expires_at
            && row.epoch >= self.policy().secret_epoch;
        if live { Ok(row) } else { Err(Refusal::TicketSpent) }
    }

    fn change(
        &self,
        ticket: &Ticket,
        recovery: &Recovery,
        member: &Member,
        phc: String,
        attempt: Id,
    ) -> (Batch, Vec<Id>) {
        let now = self.now();
        let keys = self.host.keys();
        let mut batch = vec![
            Write::SpendTicket {
                hash: ticket.hash,
                attempt,
                at: now,
                epoch: self.policy().secret_epoch,
            },
            Write::VoidMember { member: ticket.member.clone(), except: ticket.recovery },
            Write::CompleteRecovery { recovery: ticket.recovery, at: now },
            Write::SetPassword {
                member: ticket.member.clone(),
                hash: phc,
                recovery: ticket.recovery,
                at: now,
            },
            Write::EndSessions { member: ticket.member.clone() },
            // Whoever forgot the password has likely locked the sign-in by guessing.
            Write::ClearSignins {
                identifiers: member
                    .identifiers
                    .iter()
                    .map(|identifier| keys.name("signin", &[identifier.normal()]))
                    .collect(),
            },
            self.audit("password-set", recovery.channel, Some(recovery.id)),
        ];
        let mut notices = Vec::new();
        for contact in self.notified(member) {
            let row = OutboxRow {
                id: self.new_id(),
                template: Template::PasswordChanged,
                recovery: recovery.id,
                member: ticket.member.clone(),
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
            notices.push(row.id);
            batch.push(Write::InsertOutbox(Box::new(row)));
        }
        (batch, notices)
    }
}

impl<H: Host> Service<'_, H> {
    /// The contacts that notices go to: every address, and the phones where texts can be sent.
    pub(super) fn notified<'m>(&self, member: &'m Member) -> impl Iterator<Item = &'m Contact> {
        let phones = self.host.text_policy().notify_phones;
        member.contacts.iter().filter(move |contact| match contact.value {
            ContactValue::Email(_) => true,
            ContactValue::Phone(_) => phones,
        })
    }
}

impl Member {
    /// The hash that a sign-in is checked against; `None` where none opens the account.
    pub(super) fn opening_hash(&self) -> Option<&str> {
        match self.credential.state {
            CredentialState::Active => self.credential.hash.as_deref(),
            CredentialState::ToBeRecovered => None,
        }
    }
}
