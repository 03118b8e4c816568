//! The outbox: messages are written with the decision that asks for them and sent
//! afterwards; a lease keeps two dispatchers apart, the row's id is the
//! idempotency key towards the provider.
//!
//! A row that was never handed to the transport is repeated freely. One whose
//! outcome is unknown is repeated freely where the provider honours the key, and
//! once, with the same code, where it does not.

use super::account::{Accounts as _, Contact, ContactValue, Member};
use super::ids::{Id, LinkToken};
use super::keys::Purpose;
use super::policy::HOUR;
use super::store::{OutboxRow, OutboxState, Recovery, RecoveryState, Store as _, Write};
use super::{Host, Refusal, Service};
use crate::code::Code;
use crate::email::EmailAddress;
use crate::locale::Locale;
use crate::message::{
    BadField, Content, Context, Hotline, Line, Link, Message, RecoveryCode, Template, render,
};

/// How long a dispatcher may hold a row, in seconds.
pub const LEASE: i64 = 60;
/// Leases after which a row is given up and left to an operator.
pub const MAX_ATTEMPTS: u32 = 16;
/// Times an unknown outcome is met where the provider has no idempotency key:
/// the first is repeated, the second is left.
pub(super) const MAX_UNKNOWNS: u32 = 2;

/// What became of one attempt to hand over a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The transport took it.
    Sent,
    /// It did not, for now; the provider may have said for how many seconds.
    Retry {
        /// Seconds.
        after: Option<i64>,
    },
    /// It never will: this address or message is refused.
    Permanent,
    /// No answer: it may have been taken.
    Unknown,
}

/// A transport for email.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait Mailer {
    /// Does the provider take a repeated id as the same message (for 24 hours)?
    fn honours_idempotency_key(&self) -> bool;
    /// Hands over one message; gives up after 10 seconds with [`Outcome::Unknown`].
    async fn send(&self, key: &Id, to: &EmailAddress, message: &Message) -> Outcome;
}

/// Who writes, and where the links lead.
#[derive(Clone, Debug)]
pub struct Sender {
    /// `PUBLIC_URL`, without a slash at the end.
    pub public_url: String,
    /// Name of the service.
    pub service: Line,
    /// Synthetic members only.
    pub demonstration: bool,
    /// Where checkpoints of the audit go.
    pub supervisor: Option<EmailAddress>,
    /// What differs by language: Vietnamese, then English.
    pub imprints: [Imprint; 2],
}

/// Who answers for a message, in one language.
#[derive(Clone, Debug, Default)]
pub struct Imprint {
    /// The agency that runs the service.
    pub operator: Option<Line>,
    /// Whom to call.
    pub hotlines: Vec<Hotline>,
}

impl Sender {
    const fn imprint(&self, locale: Locale) -> &Imprint {
        let [vi, en] = &self.imprints;
        match locale {
            Locale::Vi => vi,
            Locale::En => en,
        }
    }
}

/// What a dispatch leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatched {
    /// Somebody else has it, or it is not due.
    Skipped,
    /// It came to an end, good or bad.
    Settled(OutboxState),
    /// To be tried again at this time, Unix seconds.
    Again(i64),
    /// Replaced by this row, due now.
    Replaced(Id),
}

impl<H: Host> Service<'_, H> {
    /// Rows due now, oldest first: the sweep dispatches each.
    pub async fn due(&self, limit: u32) -> Result<Vec<Id>, Refusal> {
        Ok(self.store().due(self.now(), limit).await?)
    }

    /// Leases, renders, sends and settles one row. Decoys go through every step and
    /// to nobody.
    pub async fn dispatch<M: Mailer>(
        &self,
        id: &Id,
        sender: &Sender,
        mailer: &M,
    ) -> Result<Dispatched, Refusal> {
        let now = self.now();
        let lease = Write::LeaseOutbox { id: *id, at: now, until: now + LEASE };
        if self.store().apply(vec![lease]).await? != [1] {
            return Ok(Dispatched::Skipped);
        }
        let Some(row) = self.store().outbox(id).await? else { return Ok(Dispatched::Skipped) };
        let recovery = self.store().recovery(&row.recovery).await?;
        let member = self.host.accounts().member(&row.member).await?;

        if row.unknowns >= MAX_UNKNOWNS && !mailer.honours_idempotency_key() {
            return self.settle(&row, OutboxState::Unknown).await;
        }
        if row.template == Template::AuditCheckpoint {
            return self.send_checkpoint(&row, sender, mailer).await;
        }
        let Some(recovery) = recovery else { return self.settle(&row, OutboxState::Dropped).await };
        if row.template.needs_open() && recovery.state != RecoveryState::Open {
            return self.settle(&row, OutboxState::Dropped).await;
        }
        if row.not_after.is_some_and(|end| now >= end) {
            return self.replace(&row, now).await;
        }
        let Some(to) = destination(&row, member.as_ref()) else {
            return self.settle(&row, OutboxState::Dropped).await;
        };
        let counted = Write::CountAddress {
            id: row.id,
            key: match &to {
                To::Member(email) => self.host.keys().name("address", &[email.normal()]),
                To::Nobody => self.host.keys().name("address-decoy", &[&row.contact]),
            },
            at: now,
            cap: self.policy().address_day,
        };
        let marked = Write::MarkSending { id: row.id, until: now + LEASE };
        let Ok(message) = self.render(&row, &recovery, member.as_ref(), sender) else {
            return self.settle(&row, OutboxState::Dead).await;
        };
        let values = self.store().apply(vec![counted, marked]).await?;
        if values.first() != Some(&1) {
            return self.settle(&row, OutboxState::Dropped).await;
        }
        if values.get(1) != Some(&1) {
            return Ok(Dispatched::Skipped);
        }
        let outcome = match to {
            To::Member(email) => mailer.send(&row.id, email, &message).await,
            To::Nobody => return self.settle(&row, OutboxState::Discarded).await,
        };
        self.after(&row, outcome, mailer.honours_idempotency_key(), 0).await
    }

    /// What follows an attempt. An unknown outcome waits at least `patience` seconds.
    pub(super) async fn after(
        &self,
        row: &OutboxRow,
        outcome: Outcome,
        idempotent: bool,
        patience: i64,
    ) -> Result<Dispatched, Refusal> {
        let unknowns = row.unknowns + u32::from(outcome == Outcome::Unknown);
        let wait = match outcome {
            Outcome::Sent => return self.settle(row, OutboxState::Sent).await,
            Outcome::Permanent => return self.settle(row, OutboxState::Dead).await,
            Outcome::Unknown if !idempotent && unknowns >= MAX_UNKNOWNS => {
                return self.settle(row, OutboxState::Unknown).await;
            }
            Outcome::Unknown => backoff(row.attempts).max(patience),
            Outcome::Retry { after } => {
                after.unwrap_or(0).clamp(0, HOUR).max(backoff(row.attempts))
            }
        };
        if row.attempts >= MAX_ATTEMPTS {
            return self.settle(row, OutboxState::Dead).await;
        }
        let now = self.now();
        // The row must be tried once more before it is too late, so that its reader is told.
        let due_at = row.not_after.map_or(now + wait, |end| (now + wait).min(end.max(now)));
        self.store()
            .apply(vec![Write::SettleOutbox {
                id: row.id,
                state: OutboxState::Pending,
                due_at,
                unknowns,
                at: now,
            }])
            .await?;
        Ok(Dispatched::Again(due_at))
    }

    pub(super) async fn settle(
        &self,
        row: &OutboxRow,
        state: OutboxState,
    ) -> Result<Dispatched, Refusal> {
        let at = self.now();
        let unknowns = row.unknowns;
        let settle = Write::SettleOutbox { id: row.id, state, due_at: row.due_at, unknowns, at };
        self.store().apply(vec![settle]).await?;
        Ok(Dispatched::Settled(state))
    }

    /// Too late to be of use: one message without secrets takes its place.
    pub(super) async fn replace(&self, row: &OutboxRow, now: i64) -> Result<Dispatched, Refusal> {
        let late = OutboxRow {
            id: self.new_id(),
            template: Template::TooLate,
            created_at: now,
            not_after: None,
            due_at: now,
            lease_until: 0,
            attempts: 0,
            unknowns: 0,
            state: OutboxState::Pending,
            ..row.clone()
        };
        let id = late.id;
        self.store()
            .apply(vec![
                Write::SettleOutbox {
                    id: row.id,
                    state: OutboxState::TooLate,
                    due_at: row.due_at,
                    unknowns: row.unknowns,
                    at: now,
                },
                Write::InsertOutbox(Box::new(late)),
            ])
            .await?;
        Ok(Dispatched::Replaced(id))
    }

    fn render(
        &self,
        row: &OutboxRow,
        recovery: &Recovery,
        member: Option<&Member>,
        sender: &Sender,
    ) -> Result<Message, BadField> {
        let account = member
            .and_then(|member| member.identifiers.first())
            .map_or_else(|| "••••••••••".to_owned(), crate::identifier::Identifier::masked);
        let imprint = sender.imprint(row.locale).clone();
        let context = Context {
            service: sender.service.clone(),
            operator: imprint.operator,
            demonstration: sender.demonstration,
            account: Line::new(&account),
            hotlines: imprint.hotlines,
        };
        let content = self.content(row, recovery, sender)?;
        Ok(render(&content, row.locale, &context))
    }

    fn content(
        &self,
        row: &OutboxRow,
        recovery: &Recovery,
        sender: &Sender,
    ) -> Result<Content, BadField> {
        let keys = self.host.keys();
        let page = |path: &str| {
            let prefix = match row.locale {
                Locale::Vi => "",
                Locale::En => "/en",
            };
            format!("{}{prefix}{path}", sender.public_url)
        };
        let link = |path: &str, purpose| {
            let secret = keys.derive(&recovery.kid, &recovery.id, purpose).ok_or(BadField::Link)?;
            let token = LinkToken { recovery: recovery.id, secret };
            Link::new(&format!("{}#{}", page(path), token.expose()))
        };
        let life = |end: i64| u32::try_from(end - recovery.created_at).unwrap_or(0);
        Ok(match row.template {
            Template::RecoveryCode => {
                let bits = keys.derive_code(&recovery.kid, &recovery.id).ok_or(BadField::Link)?;
                Content::RecoveryCode(RecoveryCode {
                    code: Code::from_bits(bits),
                    recovery_link: link("/lien-ket", Purpose::Link)?,
                    disown_link: link("/khong-phai-toi", Purpose::Disown)?,
                    asked_at: recovery.created_at,
                    code_lifetime: life(recovery.code_expires_at),
                    link_lifetime: life(recovery.link_expires_at),
                    disown_lifetime: life(recovery.disown_expires_at),
                })
            }
            Template::TooLate => Content::TooLate {
                asked_at: recovery.created_at,
                start_link: Link::new(&page("/email"))?,
            },
            Template::PasswordChanged => Content::PasswordChanged {
                changed_at: row.created_at,
                disown_link: link("/khong-phai-toi", Purpose::Disown)?,
                disown_lifetime: life(recovery.disown_expires_at),
            },
            Template::PasswordDisowned => Content::PasswordDisowned {
                disowned_at: row.created_at,
                start_link: Link::new(&page("/"))?,
            },
            Template::DeskLink | Template::DeskGuardedLink => {
                let guarded = row.template == Template::DeskGuardedLink;
                Content::DeskLink {
                    sent_at: row.created_at,
                    link: if guarded {
                        link("/ho-so", Purpose::DeskLink)?
                    } else {
                        link("/lien-ket", Purpose::Link)?
                    },
                    lifetime: u32::try_from(recovery.link_expires_at - row.created_at).unwrap_or(0),
                    guarded,
                }
            }
            Template::ContactsChanging => Content::ContactsChanging {
                confirmed_at: row.created_at,
                effective_at: recovery.code_expires_at,
                stop_link: link("/khong-phai-toi", Purpose::Cancel)?,
            },
            Template::ContactsChanged => Content::ContactsChanged { changed_at: row.created_at },
            // Sent by a way of its own, before it gets here.
            Template::AuditCheckpoint => return Err(BadField::Link),
        })
    }
}

enum To<'a> {
    Member(&'a EmailAddress),
    Nobody,
}

fn destination<'a>(row: &OutboxRow, member: Option<&'a Member>) -> Option<To<'a>> {
    if row.decoy {
        return Some(To::Nobody);
    }
    match &destined(row, member?)?.value {
        ContactValue::Email(email) => Some(To::Member(email)),
        ContactValue::Phone(_) => None,
    }
}

/// The contact that a row goes to. A former one is told of its change, and nothing else.
pub(super) fn destined<'a>(row: &OutboxRow, member: &'a Member) -> Option<&'a Contact> {
    let former = match row.template {
        Template::ContactsChanged => member.former.as_slice(),
        _ => &[],
    };
    member.contacts.iter().chain(former).find(|contact| contact.id == row.contact)
}

/// Seconds to wait after the n-th attempt: quick at first, for the person waits.
fn backoff(attempts: u32) -> i64 {
    const STEPS: [i64; 9] = [2, 5, 15, 30, 60, 120, 300, 900, 1_800];
    let step = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    STEPS.get(step).copied().unwrap_or(HOUR)
}
