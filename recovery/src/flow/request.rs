//! Asking for a way back by email: the request and its repetition.

use super::account::{Contact, Member, MemberRef};
use super::ids::{Digest32, Id, RecoveryId};
use super::keys::Purpose;
use super::policy::{DAY, HOUR};
use super::store::{
    Batch, Channel, Conflict, OutboxRow, OutboxState, Recovery, RecoveryState, Store as _,
    StoreError, Write,
};
use super::{Host, Refusal, Service, account::Accounts as _};
use crate::code::Code;
use crate::email::EmailAddress;
use crate::identifier::Identifier;
use crate::locale::Locale;
use crate::message::Template;

/// What the form sends, parsed.
#[derive(Clone, Debug)]
pub struct EmailRequest {
    /// Who says it is.
    pub identifier: Identifier,
    /// Where the message shall go, if it is on record.
    pub email: EmailAddress,
    /// Language of the message.
    pub locale: Locale,
    /// Work level of the captcha that came with it.
    pub captcha_level: u8,
}

/// The answer, the same whether the account exists or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Public id of the recovery.
    pub recovery: RecoveryId,
    /// The outbox row to dispatch after the answer.
    pub outbox: Id,
    /// Seconds until code and link expire.
    pub expires_in: i64,
}

/// What a recovery is made from, on any channel.
pub(super) struct Asked<'a> {
    pub(super) channel: Channel,
    pub(super) locale: Locale,
    /// The member and the contact that its message goes to; `None` makes a decoy.
    pub(super) target: Option<(&'a Member, &'a Contact)>,
    pub(super) identifier_key: Digest32,
    pub(super) dispatch_key: Digest32,
    /// What a decoy's comparisons are counted by.
    pub(super) stranger_key: Digest32,
    pub(super) typed: Typed,
    pub(super) code_lifetime: i64,
    pub(super) link_lifetime: i64,
}

/// What its message gives the person to type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    Code,
    Temporary,
}

impl<H: Host> Service<'_, H> {
    /// `POST /recoveries`, after the captcha's nonce is spent.
    pub async fn request_email(&self, request: &EmailRequest) -> Result<Accepted, Refusal> {
        let now = self.now();
        let (typed, email) = (request.identifier.normal(), request.email.normal());
        let keys = self.host.keys();
        let identifier_key = keys.name("identifier", &[typed]);
        let dispatch_key = keys.name("dispatch", &[typed, email]);

        let requests = self.store().requests(&identifier_key, now - HOUR).await?;
        let level = self.policy().captcha_level(requests);
        if request.captcha_level < level {
            return Err(Refusal::CaptchaRejected { level: Some(level) });
        }
        let earlier = self.store().dispatches(&dispatch_key, now - DAY).await?;
        if let Some(retry_after) = self.dispatch_wait(&earlier, now) {
            return Err(Refusal::TooMany { retry_after });
        }

        let member = self.host.accounts().find(&request.identifier).await?;
        let target = member
            .as_ref()
            .filter(|member| member.helps_itself(now))
            .and_then(|member| member.email(&request.email).map(|contact| (member, contact)));
        let asked = Asked {
            channel: Channel::Email,
            locale: request.locale,
            target,
            identifier_key,
            dispatch_key,
            stranger_key: keys.name("compare-decoy", &[typed, email]),
            typed: Typed::Code,
            code_lifetime: self.policy().ttl_code,
            link_lifetime: self.policy().ttl_link,
        };
        let recovery = self.new_recovery(&asked, now)?;
        let outbox = self.code_message(&recovery, now);
        let accepted = Accepted {
            recovery: recovery.id,
            outbox: outbox.id,
            expires_in: recovery.code_expires_at - now,
        };
        let mut batch = vec![self.count_dispatch(&recovery, now)];
        batch.push(self.audit("recovery-requested", Channel::Email, Some(recovery.id)));
        batch.push(Write::InsertRecovery(Box::new(recovery)));
        batch.push(Write::InsertOutbox(Box::new(outbox)));
        self.dispatch_batch(batch, &accepted).await
    }

    /// `POST /recoveries/{recovery}/resend`: the same code, link and expiry in a new
    /// message; counts as a dispatch.
    pub async fn resend(&self, id: &RecoveryId) -> Result<Accepted, Refusal> {
        let now = self.now();
        let recovery = self.store().recovery(id).await?.ok_or(Refusal::RecoveryClosed)?;
        // A text is asked for by a text: its sender pays, and proves the phone again.
        if !self.code_open(&recovery, now) || recovery.channel == Channel::Sms {
            return Err(Refusal::RecoveryClosed);
        }
        let earlier = self.store().dispatches(&recovery.dispatch_key, now - DAY).await?;
        if let Some(retry_after) = self.dispatch_wait(&earlier, now) {
            return Err(Refusal::TooMany { retry_after });
        }
        let outbox = self.code_message(&recovery, now);
        let accepted = Accepted {
            recovery: recovery.id,
            outbox: outbox.id,
            expires_in: recovery.code_expires_at - now,
        };
        let batch = vec![
            Write::RequireOpen { recovery: recovery.id },
            self.count_dispatch(&recovery, now),
            self.audit("recovery-resent", recovery.channel, Some(recovery.id)),
            Write::InsertOutbox(Box::new(outbox)),
        ];
        self.dispatch_batch(batch, &accepted).await
    }

    /// Is there still a code to be typed for this recovery?
    pub(super) fn code_open(&self, recovery: &Recovery, now: i64) -> bool {
        let cap = self.policy().code_recovery;
        recovery.state == RecoveryState::Open
            && now < recovery.code_expires_at
            && recovery.epoch >= self.policy().secret_epoch
            && (cap == 0 || recovery.tries < cap)
    }

    /// Applies a batch that ends in an outbox row; a lost answer is resolved by
    /// looking for that row.
    async fn dispatch_batch(&self, batch: Batch, accepted: &Accepted) -> Result<Accepted, Refusal> {
        match self.store().apply(batch).await {
            Ok(_) => Ok(accepted.clone()),
            Err(StoreError::Conflict(Conflict::DispatchLimit)) => {
                // Lost a race against another request for the same pair.
                Err(Refusal::TooMany { retry_after: HOUR })
            }
            Err(StoreError::Conflict(Conflict::RecoveryClosed)) => Err(Refusal::RecoveryClosed),
            Err(StoreError::Conflict(other)) => Err(StoreError::Conflict(other).into()),
            Err(StoreError::Unavailable(why)) => {
                match self.store().outbox(&accepted.outbox).await {
                    Ok(Some(_)) => Ok(accepted.clone()),
                    _ => Err(Refusal::Unavailable(why)),
                }
            }
        }
    }

    pub(super) fn count_dispatch(&self, recovery: &Recovery, now: i64) -> Write {
        Write::CountDispatch {
            key: recovery.dispatch_key,
            identifier: recovery.identifier_key,
            at: now,
            hour: self.policy().dispatch_hour,
            day: self.policy().dispatch_day,
        }
    }

    /// Seconds until the next dispatch is allowed, where it is not now. `earlier` holds
    /// the instants of the last day, newest first.
    pub(super) fn dispatch_wait(&self, earlier: &[i64], now: i64) -> Option<i64> {
        let wait = |cap: u32, window: i64| {
            let cap = usize::try_from(cap).unwrap_or(usize::MAX);
            // The cap-th newest dispatch must leave the window first.
            let nth = earlier.get(cap.checked_sub(1)?)?;
            Some(nth + window - now).filter(|seconds| *seconds > 0)
        };
        let (hour, day) = (self.policy().dispatch_hour, self.policy().dispatch_day);
        wait(hour, HOUR).max(wait(day, DAY))
    }

    /// A recovery of the member, or a decoy where there is no target: the same rows from
    /// the same work.
    pub(super) fn new_recovery(&self, asked: &Asked<'_>, now: i64) -> Result<Recovery, Refusal> {
        let target = asked.target;
        let id = self.new_id();
        let salt = self.random();
        let noise: [[u8; 32]; 3] = [self.random(), self.random(), self.random()];
        let stranger = self.new_id().to_string();
        let keys = self.host.keys();
        let kid = keys.current_id().to_owned();
        let lost = || Refusal::Unavailable("no current key".into());

        let code = Code::from_bits(keys.derive_code(&kid, &id).ok_or_else(lost)?);
        let temporary = keys.derive_temporary(&kid, &id).ok_or_else(lost)?;
        let (purpose, typed) = match asked.typed {
            Typed::Code => (Purpose::Code, code.canonical()),
            Typed::Temporary => (Purpose::Temporary, temporary.canonical()),
        };
        let link = keys.derive(&kid, &id, Purpose::Link).ok_or_else(lost)?;
        let disown = keys.derive(&kid, &id, Purpose::Disown).ok_or_else(lost)?;
        let verify = |purpose, secret: &[u8]| keys.verifier(&kid, &salt, purpose, secret);
        let real = [
            verify(purpose, typed.as_bytes()).ok_or_else(lost)?,
            verify(Purpose::Link, link.as_bytes()).ok_or_else(lost)?,
            verify(Purpose::Disown, disown.as_bytes()).ok_or_else(lost)?,
        ];
        let decoy = noise.map(Digest32::new);
        let [code, link, disown] = if target.is_some() { real } else { decoy };

        let (member, contact, compare_key) = match target {
            Some((member, contact)) => (
                member.reference.clone(),
                contact.id.clone(),
                super::keys::plain_name("compare-member", &member.reference.0),
            ),
            None => (MemberRef(stranger.clone()), stranger, asked.stranger_key),
        };
        Ok(Recovery {
            id,
            channel: asked.channel,
            member,
            contact,
            decoy: target.is_none(),
            kid,
            salt,
            epoch: self.policy().secret_epoch,
            code,
            link,
            disown,
            dispatch_key: asked.dispatch_key,
            identifier_key: asked.identifier_key,
            compare_key,
            locale: asked.locale,
            created_at: now,
            code_expires_at: now + asked.code_lifetime,
            link_expires_at: now + asked.link_lifetime,
            disown_expires_at: now + self.policy().ttl_disown,
            tries: 0,
            state: RecoveryState::Open,
        })
    }

    pub(super) fn code_message(&self, recovery: &Recovery, now: i64) -> OutboxRow {
        OutboxRow {
            id: self.new_id(),
            template: Template::RecoveryCode,
            recovery: recovery.id,
            member: recovery.member.clone(),
            contact: recovery.contact.clone(),
            decoy: recovery.decoy,
            locale: recovery.locale,
            created_at: now,
            not_after: Some(recovery.code_expires_at - self.policy().late_margin()),
            due_at: now,
            lease_until: 0,
            attempts: 0,
            unknowns: 0,
            state: OutboxState::Pending,
        }
    }
}
