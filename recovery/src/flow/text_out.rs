//! Outgoing texts: outbox rows whose contact is a phone, the day's budget, delivery receipts.
//!
//! The same outbox as for email, with the same leases and the same care about unknown outcomes.
//! What differs: each text costs money, so each attempt takes a place in the day's budget before
//! it is handed over, and the operator is told before the budget is used up.

use super::account::{Accounts as _, ContactValue, Member};
use super::dispatch::{Dispatched, LEASE, MAX_UNKNOWNS, Mailer, Outcome, Sender, destined};
use super::ids::{Id, LinkToken};
use super::keys::Purpose;
use super::store::{
    Channel, Conflict, OutboxRow, OutboxState, Recovery, RecoveryState, Store as _, StoreError,
    Write,
};
use super::text_policy::{day_begins, vietnam_day};
use super::text_store::{NameKind, ReceiptCounts, TextAnswer, TextStore, TextWrite};
use super::{Host, Refusal, Service};
use crate::message::Template;
use crate::phone::Phone;
use crate::sms::gsm::Segment;
use crate::sms::send::{News, Receipt};
use crate::sms::words::{self, Imprint};

/// A transport for texts.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait TextSender {
    /// Does the provider take a repeated id as the same message?
    fn honours_idempotency_key(&self) -> bool;
    /// Hands over one text; gives up after 10 seconds with [`Outcome::Unknown`].
    async fn send(&self, key: &Id, to: &Phone, text: &Segment) -> Outcome;
}

/// How long a provider without idempotency keys has to say by a receipt that it took a text whose
/// answer was lost, before the text is repeated; in seconds.
const PATIENCE: i64 = 30;

/// Where decoys are counted: a day that never was, so that they cost a statement and no budget.
const NO_DAY: i64 = -1;

/// How much of the day's budget is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextBudget {
    /// Texts on the bill today, replies included.
    pub sent: u32,
    /// `LIMIT_SMS_DAY`; 0 = none.
    pub cap: u32,
    /// An operator should look: see `SMS_ALARM_PERCENT`.
    pub near: bool,
}

impl<H: Host<Store: TextStore>> Service<'_, H> {
    /// Leases, renders, sends and settles one row, by the transport that its contact needs.
    pub async fn dispatch_any<M: Mailer, T: TextSender>(
        &self,
        id: &Id,
        (sender, mailer): (&Sender, &M),
        (imprint, texts): (&Imprint, &T),
    ) -> Result<Dispatched, Refusal> {
        let Some(row) = self.store().outbox(id).await? else { return Ok(Dispatched::Skipped) };
        let member = self.host.accounts().member(&row.member).await?;
        let recovery = self.store().recovery(&row.recovery).await?;
        let by_text = match contact(&row, member.as_ref()) {
            Some(value) => matches!(value, ContactValue::Phone(_)),
            // A decoy, or a contact that is no longer on record.
            None => recovery.is_some_and(|recovery| recovery.channel == Channel::Sms),
        };
        if by_text {
            self.dispatch_text(id, imprint, texts).await
        } else {
            self.dispatch(id, sender, mailer).await
        }
    }

    /// One row whose contact is a phone; decoys go through every step and to nobody.
    async fn dispatch_text<T: TextSender>(
        &self,
        id: &Id,
        imprint: &Imprint,
        texts: &T,
    ) -> Result<Dispatched, Refusal> {
        let now = self.now();
        let lease = Write::LeaseOutbox { id: *id, at: now, until: now + LEASE };
        if self.store().apply(vec![lease]).await? != [1] {
            return Ok(Dispatched::Skipped);
        }
        let Some(row) = self.store().outbox(id).await? else { return Ok(Dispatched::Skipped) };
        let recovery = self.store().recovery(&row.recovery).await?;
        let member = self.host.accounts().member(&row.member).await?;
        let idempotent = texts.honours_idempotency_key();
        if row.unknowns >= MAX_UNKNOWNS && !idempotent {
            return self.settle(&row, OutboxState::Unknown).await;
        }
        let Some(recovery) = recovery else { return self.settle(&row, OutboxState::Dropped).await };
        if row.template.needs_open() && recovery.state != RecoveryState::Open {
            return self.settle(&row, OutboxState::Dropped).await;
        }
        if row.not_after.is_some_and(|end| now >= end) {
            return self.replace(&row, now).await;
        }
        let to = match (row.decoy, contact(&row, member.as_ref())) {
            (true, _) => None,
            (false, Some(ContactValue::Phone(phone))) => Some(phone.clone()),
            _ => return self.settle(&row, OutboxState::Dropped).await,
        };
        let Some(text) = self.words(&row, &recovery, member.as_ref(), imprint).await? else {
            return self.settle(&row, OutboxState::Dead).await;
        };
        if let Some(stopped) = self.take_place(&row, to.as_ref()).await? {
            return Ok(stopped);
        }
        let outcome = match &to {
            Some(phone) => texts.send(&row.id, phone, &text).await,
            None => return self.settle(&row, OutboxState::Discarded).await,
        };
        let patience = if idempotent { 0 } else { PATIENCE };
        self.after(&row, outcome, idempotent, patience).await
    }

    /// A place in the day's budget and among the texts to this phone, and the mark that the row
    /// is being sent. `Some` where it is not to be sent now.
    async fn take_place(
        &self,
        row: &OutboxRow,
        to: Option<&Phone>,
    ) -> Result<Option<Dispatched>, Refusal> {
        let (now, keys, policy) = (self.now(), self.host.keys(), self.host.text_policy());
        let (day, cap, key) = match to {
            Some(phone) => (vietnam_day(now), policy.day, keys.name("address", &[phone.e164()])),
            None => (NO_DAY, 0, keys.name("address-decoy", &[&row.contact])),
        };
        let batch = vec![
            Write::CountAddress { id: row.id, key, at: now, cap: self.policy().address_day },
            Write::MarkSending { id: row.id, until: now + LEASE },
        ];
        match self.store().apply_with_texts(vec![TextWrite::CountDay { day, cap }], batch).await {
            Ok(values) => {
                let counted = values.first().and_then(|value| u32::try_from(*value).ok());
                self.text_alarm(counted.filter(|_| to.is_some())).await?;
                Ok(match (values.get(1), values.get(2)) {
                    (Some(1), Some(1)) => None,
                    (Some(1), _) => Some(Dispatched::Skipped),
                    _ => Some(self.settle(row, OutboxState::Dropped).await?),
                })
            }
            Err(StoreError::Conflict(Conflict::TextBudget)) => {
                self.over_budget(row, day).await.map(Some)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// A code is of no use tomorrow; a notice is.
    async fn over_budget(&self, row: &OutboxRow, day: i64) -> Result<Dispatched, Refusal> {
        if matches!(row.template, Template::RecoveryCode | Template::TooLate) {
            return self.settle(row, OutboxState::Dropped).await;
        }
        let due_at = day_begins(day + 1);
        let settle = Write::SettleOutbox {
            id: row.id,
            state: OutboxState::Pending,
            due_at,
            unknowns: row.unknowns,
            at: self.now(),
        };
        self.store().apply(vec![settle]).await?;
        Ok(Dispatched::Again(due_at))
    }

    async fn words(
        &self,
        row: &OutboxRow,
        recovery: &Recovery,
        member: Option<&Member>,
        imprint: &Imprint,
    ) -> Result<Option<Segment>, Refusal> {
        let account = member
            .and_then(|member| member.identifiers.first())
            .map_or_else(String::new, |identifier| identifier.masked().replace('•', "x"));
        let link = |path: &str, purpose| {
            let secret = self.host.keys().derive(&recovery.kid, &recovery.id, purpose)?;
            let token = LinkToken { recovery: recovery.id, secret }.expose();
            Some(format!("{}{path}#{token}", imprint.public_url))
        };
        Ok(match row.template {
            Template::RecoveryCode => {
                let answer = self.answer_of(recovery).await?;
                self.say_secret(answer, recovery, imprint)
            }
            Template::TooLate => Some(words::too_late(imprint)),
            Template::PasswordChanged => link("/khong-phai-toi", Purpose::Disown)
                .map(|link| words::password_changed(imprint, &account, &link)),
            Template::PasswordDisowned => Some(words::password_disowned(imprint, &account)),
            Template::DeskLink => {
                link("/lien-ket", Purpose::Link).map(|link| words::desk_link(imprint, &link))
            }
            Template::DeskGuardedLink => link("/ho-so", Purpose::DeskLink)
                .map(|link| words::desk_guarded_link(imprint, &link)),
            Template::ContactsChanging => link("/khong-phai-toi", Purpose::Cancel)
                .map(|link| words::contacts_changing(imprint, &link)),
            Template::ContactsChanged => Some(words::contacts_changed(imprint, &account)),
            Template::AuditCheckpoint => None,
        })
    }

    /// Which words a recovery's code goes out in: a temporary password by its verifier, the plain
    /// form by its locator, else a page waits.
    async fn answer_of(&self, recovery: &Recovery) -> Result<TextAnswer, Refusal> {
        let (keys, kid, id) = (self.host.keys(), &recovery.kid, &recovery.id);
        let temporary = keys.derive_temporary(kid, id).and_then(|password| {
            let secret = password.canonical().as_bytes();
            keys.verifier(kid, &recovery.salt, Purpose::Temporary, secret)
        });
        let named = match keys.derive_locator(kid, id) {
            Some(name) => self.store().named(NameKind::Locator, &name, recovery.created_at).await?,
            None => None,
        };
        Ok(match (temporary == Some(recovery.code), named == Some(*id)) {
            (true, _) => TextAnswer::Temporary,
            (false, true) => TextAnswer::Code,
            (false, false) => TextAnswer::WebCode,
        })
    }

    /// What is used of today's budget: for the operator's pages and the scheduled check.
    pub async fn text_budget(&self) -> Result<TextBudget, Refusal> {
        let policy = self.host.text_policy();
        let sent = self.store().texts_of_day(vietnam_day(self.now())).await?;
        let near = policy.alarm_at().is_some_and(|from| sent >= from);
        Ok(TextBudget { sent, cap: policy.day, near })
    }

    /// Writes the alarm into the audit, once a day each: when the budget is nearly used up, and
    /// when it is. The edge writes its own log line by [`TextBudget::near`].
    pub(super) async fn text_alarm(&self, counted: Option<u32>) -> Result<(), Refusal> {
        let policy = self.host.text_policy();
        let act = match counted {
            Some(count) if policy.day > 0 && count == policy.day => "sms-budget-used",
            Some(count) if policy.alarm_at() == Some(count) => "sms-budget-near",
            _ => return Ok(()),
        };
        self.store().apply(vec![self.audit(act, Channel::Sms, None)]).await?;
        Ok(())
    }

    /// A delivery receipt: whatever it says, the provider has the text, so that one whose answer
    /// was lost is not sent again. One about a row that is not ours changes nothing.
    pub async fn text_receipt(&self, receipt: &Receipt) -> Result<(), Refusal> {
        let (outbox, at) = (receipt.outbox, self.now());
        if self.store().outbox(&outbox).await?.is_none() {
            return Ok(());
        }
        let note = |delivered| vec![TextWrite::NoteReceipt { outbox, delivered, at }];
        let notes = match receipt.news {
            News::Taken => Vec::new(),
            News::Delivered => note(true),
            News::Failed => note(false),
        };
        self.store().apply_with_texts(notes, vec![Write::ProveSent { id: outbox, at }]).await?;
        Ok(())
    }

    /// Receipts of the last so many seconds.
    pub async fn text_receipts(&self, seconds: i64) -> Result<ReceiptCounts, Refusal> {
        Ok(self.store().receipts(self.now() - seconds).await?)
    }

    /// The channel's part of the retention job. Notes stay as long as recoveries: for a provider
    /// without a time in its signature they alone keep an old text from acting again.
    pub async fn purge_texts(&self) -> Result<i64, Refusal> {
        let (now, retention) = (self.now(), self.policy().retention);
        let before = now - retention;
        let purge = TextWrite::PurgeTexts { now, before, day: vietnam_day(before) };
        let values = self.store().apply_with_texts(vec![purge], Vec::new()).await?;
        Ok(values.first().copied().unwrap_or(0))
    }
}

fn contact<'m>(row: &OutboxRow, member: Option<&'m Member>) -> Option<&'m ContactValue> {
    destined(row, member?).map(|contact| &contact.value)
}
