//! A text message came in: `BH MK <number>` from a phone.
//!
//! The sender must be a registered phone of the active member with that number; everything else
//! gets a decoy: the same reads and writes, and a reply of the same form whose code can never
//! match. What the sender sees and causes is a function of number, text and earlier texts alone.
//!
//! A message id is decided about once. Its note is written in the batch that acts on it, so of a
//! hundred repetitions at once one acts, and all get the same reply, derived again from the note.

use super::account::{Accounts as _, Contact, ContactValue, Member};
use super::ids::{Digest32, Id};
use super::keys::plain_name;
use super::policy::{DAY, HOUR};
use super::request::{Asked, Typed};
use super::store::{Batch, Channel, Conflict, Recovery, Store as _, StoreError, Write};
use super::text_policy::vietnam_day;
use super::text_store::{NameKind, TextAnswer, TextNote, TextStore, TextWrite, Wait};
use super::{Host, Refusal, Service};
use crate::identifier::Identifier;
use crate::locale::Locale;
use crate::phone::Phone;
use crate::sms::grammar::{self, Command};
use crate::sms::gsm::Segment;
use crate::sms::provider::{Incoming, Provider};
use crate::sms::short::ShortName;
use crate::sms::words::Imprint;

/// How far a provider's clock may be ahead of ours, in seconds.
const AHEAD: i64 = 300;
/// How often a decision is made anew after it lost a race. Each loss means that another text was
/// acted on or a limit was reached, and after a limit is reached nothing is contended any more.
const ROUNDS: usize = 8;

/// How a provider's texts are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    /// Secrets go into the answer to its request; else into a text message of their own, from
    /// the outbox. What holds none is answered in the response either way.
    pub in_response: bool,
    /// A reply in the answer is on the agency's bill.
    pub charged: bool,
}

impl Answering {
    /// By what the provider's signature is worth: a request that anybody could have forged shows
    /// its sender nothing.
    pub fn of(provider: &dyn Provider) -> Self {
        Self { in_response: provider.covers_everything(), charged: provider.reply_is_charged() }
    }

    pub(super) const fn shows(self, answer: TextAnswer) -> bool {
        self.in_response || !answer.holds_secret()
    }
}

/// What a text led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextReply {
    /// Goes back to the sender in the provider's format; `None`: nothing does.
    pub text: Option<Segment>,
    /// The outbox row to dispatch after the answer.
    pub outbox: Option<Id>,
    /// How many texts of the day there are now, where one was counted: see
    /// [`Service::text_alarm`].
    pub counted: Option<u32>,
}

/// One decision, not yet made true.
struct Plan {
    note: TextNote,
    texts: Vec<TextWrite>,
    batch: Batch,
    recovery: Option<Recovery>,
    outbox: Option<Id>,
}

/// How much the sender has texted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Within,
    /// The first one over a limit is told so.
    FirstOver,
    Over,
}

impl<H: Host<Store: TextStore>> Service<'_, H> {
    /// `POST` or `GET /sms/{provider}`, after the signature was checked.
    pub async fn incoming_text(
        &self,
        incoming: &Incoming,
        answering: Answering,
        imprint: &Imprint,
    ) -> Result<TextReply, Refusal> {
        // Not personal data, and it must outlive the rotation of keys.
        let key =
            plain_name("sms-message", &format!("{} {}", incoming.provider, incoming.message_id));
        let parts = [incoming.from.e164(), incoming.body.as_str()];
        let fingerprint = self.host.keys().name("sms-text", &parts);
        for _ in 0..ROUNDS {
            if let Some(note) = self.store().text(&key).await? {
                return self.say_again(&note, fingerprint, incoming, answering, imprint).await;
            }
            if self.stale(incoming) {
                return Ok(TextReply::default());
            }
            let plan = self.plan(incoming, answering, key, fingerprint).await?;
            let (texts, batch) = (plan.texts.clone(), plan.batch.clone());
            match self.store().apply_with_texts(texts, batch).await {
                Ok(values) => {
                    let counted = counted(&plan.texts, &values);
                    self.text_alarm(counted).await?;
                    let text = self.say(&plan.note, plan.recovery.as_ref(), incoming, imprint);
                    let text = text.filter(|_| answering.shows(plan.note.answer));
                    return Ok(TextReply { text, outbox: plan.outbox, counted });
                }
                Err(StoreError::Conflict(
                    Conflict::TextSeen
                    | Conflict::TextLimit
                    | Conflict::TextBudget
                    | Conflict::NameTaken
                    | Conflict::WaitClosed
                    | Conflict::DispatchLimit,
                )) => {}
                Err(StoreError::Unavailable(why)) => {
                    // The answer may be lost while the batch was written.
                    return match self.store().text(&key).await {
                        Ok(Some(note)) => {
                            let again =
                                self.say_again(&note, fingerprint, incoming, answering, imprint);
                            Ok(TextReply { outbox: plan.outbox, ..again.await? })
                        }
                        _ => Err(Refusal::Unavailable(why)),
                    };
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(Refusal::Unavailable("texts of one sender contend".into()))
    }

    /// Too old, or from the future, by the provider's own clock.
    fn stale(&self, incoming: &Incoming) -> bool {
        let now = self.now();
        let oldest = now - self.host.text_policy().max_age;
        incoming.at.is_some_and(|at| at < oldest || at > now + AHEAD)
    }

    async fn plan(
        &self,
        incoming: &Incoming,
        answering: Answering,
        key: Digest32,
        fingerprint: Digest32,
    ) -> Result<Plan, Refusal> {
        let (now, policy) = (self.now(), self.host.text_policy());
        let sender = self.host.keys().name("sms-sender", &[incoming.from.e164()]);
        let note = |answer| TextNote { key, fingerprint, answer, recovery: None, at: now };
        let plain = |answer, mut texts: Vec<TextWrite>| {
            let note = note(answer);
            texts.insert(0, TextWrite::NoteText(note.clone()));
            Plan { note, texts, batch: Vec::new(), recovery: None, outbox: None }
        };
        let on_bill = answering.charged;
        let day = vietnam_day(now);
        let stage = self.stage(&sender, on_bill, day).await?;
        // The first text over a limit has a place of its own.
        let extra = |cap: u32| if cap > 0 && stage == Stage::FirstOver { cap + 1 } else { cap };
        let mut count = vec![TextWrite::CountText {
            key: sender,
            at: now,
            hour: extra(policy.sender_hour),
            day: extra(policy.sender_day),
        }];
        if on_bill {
            count.push(TextWrite::CountDay { day, cap: policy.day });
        }
        let (identifier, web) = match (stage, grammar::read(&incoming.body)) {
            (Stage::Over, _) => return Ok(plain(TextAnswer::Silence, Vec::new())),
            (Stage::FirstOver, _) => return Ok(plain(TextAnswer::TooMany, count)),
            (Stage::Within, Command::Recover { identifier, web }) => (identifier, web),
            (Stage::Within, _) => return Ok(plain(TextAnswer::Usage, count)),
        };
        let Some(asked) = self.asked_by_text(&identifier, &incoming.from).await? else {
            return Ok(plain(TextAnswer::TooMany, count));
        };
        let mut plan = plain(TextAnswer::Code, count);
        self.recover(&mut plan, asked, web, answering).await?;
        Ok(plan)
    }

    /// Counts come before anything about the account is read.
    async fn stage(&self, sender: &Digest32, on_bill: bool, day: i64) -> Result<Stage, Refusal> {
        let (now, policy) = (self.now(), self.host.text_policy());
        let counts = self.store().texts(sender, now - HOUR, now - DAY).await?;
        if on_bill && policy.day > 0 && self.store().texts_of_day(day).await? >= policy.day {
            return Ok(Stage::Over);
        }
        let below = |extra: u32| {
            let under = |count: u32, cap: u32| cap == 0 || count < cap + extra;
            under(counts.hour, policy.sender_hour) && under(counts.day, policy.sender_day)
        };
        Ok(match (below(0), below(1)) {
            (true, _) => Stage::Within,
            (_, true) => Stage::FirstOver,
            _ => Stage::Over,
        })
    }

    /// `None` where this phone has asked about this number often enough, on record or not.
    async fn asked_by_text(
        &self,
        identifier: &Identifier,
        from: &Phone,
    ) -> Result<Option<AskedByText>, Refusal> {
        let (now, keys) = (self.now(), self.host.keys());
        let pair = [identifier.normal(), from.e164()];
        let dispatch_key = keys.name("dispatch-sms", &pair);
        let earlier = self.store().dispatches(&dispatch_key, now - DAY).await?;
        if self.dispatch_wait(&earlier, now).is_some() {
            return Ok(None);
        }
        let member = self.host.accounts().find(identifier).await?;
        let target = member
            .filter(|member| member.helps_itself(self.now()))
            .and_then(|member| phone_of(&member, from).cloned().map(|contact| (member, contact)));
        Ok(Some(AskedByText {
            target,
            identifier_key: keys.name("identifier", &[identifier.normal()]),
            dispatch_key,
            stranger_key: keys.name("compare-decoy", &pair),
        }))
    }

    async fn recover(
        &self,
        plan: &mut Plan,
        asked: AskedByText,
        web: Option<ShortName>,
        answering: Answering,
    ) -> Result<(), Refusal> {
        let (now, policy, texts) = (self.now(), self.policy(), self.host.text_policy());
        let wait = self.waiting(web).await?;
        // Where a page waits, the code for that page is the better way.
        let (typed, answer, lifetime) = match &wait {
            Some(_) => (Typed::Code, TextAnswer::WebCode, policy.ttl_code),
            None if texts.temporary_password => {
                (Typed::Temporary, TextAnswer::Temporary, texts.ttl_temporary)
            }
            None => (Typed::Code, TextAnswer::Code, policy.ttl_code),
        };
        let recovery = self.new_recovery(
            &Asked {
                channel: Channel::Sms,
                locale: wait.as_ref().map_or(Locale::Vi, |wait| wait.locale),
                target: asked.target.as_ref().map(|(member, contact)| (member, contact)),
                identifier_key: asked.identifier_key,
                dispatch_key: asked.dispatch_key,
                stranger_key: asked.stranger_key,
                typed,
                code_lifetime: lifetime,
                // No link travels in a text.
                link_lifetime: 0,
            },
            now,
        )?;
        plan.note = TextNote { answer, recovery: Some(recovery.id), ..plan.note.clone() };
        if let Some(first) = plan.texts.first_mut() {
            *first = TextWrite::NoteText(plan.note.clone());
        }
        match (&wait, answer) {
            (Some(wait), _) => plan.texts.push(TextWrite::BindWait {
                wait: wait.id,
                recovery: recovery.id,
                at: now,
            }),
            (None, TextAnswer::Code) => plan.texts.push(self.locator_of(&recovery)?),
            _ => {}
        }
        plan.batch = vec![
            self.count_dispatch(&recovery, now),
            self.audit("recovery-requested", Channel::Sms, Some(recovery.id)),
            Write::InsertRecovery(Box::new(recovery.clone())),
        ];
        if !answering.in_response {
            let row = self.code_message(&recovery, now);
            plan.outbox = Some(row.id);
            plan.batch.push(Write::InsertOutbox(Box::new(row)));
        }
        plan.recovery = Some(recovery);
        Ok(())
    }

    fn locator_of(&self, recovery: &Recovery) -> Result<TextWrite, Refusal> {
        let name = self.host.keys().derive_locator(&recovery.kid, &recovery.id);
        let name = name.ok_or_else(|| Refusal::Unavailable("no current key".into()))?;
        Ok(TextWrite::TakeName {
            kind: NameKind::Locator,
            name,
            owner: recovery.id,
            at: recovery.created_at,
            until: recovery.code_expires_at,
        })
    }

    /// The page that waits under this web code.
    async fn waiting(&self, web: Option<ShortName>) -> Result<Option<Wait>, Refusal> {
        let now = self.now();
        let Some(name) = web else { return Ok(None) };
        let Some(id) = self.store().named(NameKind::Web, &name, now).await? else {
            return Ok(None);
        };
        let wait = self.store().wait(&id).await?;
        Ok(wait.filter(|wait| wait.recovery.is_none() && now < wait.expires_at))
    }
}

/// Whom a text asks about, and what it counts under.
struct AskedByText {
    target: Option<(Member, Contact)>,
    identifier_key: Digest32,
    dispatch_key: Digest32,
    stranger_key: Digest32,
}

fn phone_of<'m>(member: &'m Member, from: &Phone) -> Option<&'m Contact> {
    member.contacts.iter().find(|contact| match &contact.value {
        ContactValue::Phone(known) => known == from,
        ContactValue::Email(_) => false,
    })
}

/// The value of the write that counted a text of the day.
fn counted(texts: &[TextWrite], values: &[i64]) -> Option<u32> {
    let at = texts.iter().position(|write| matches!(write, TextWrite::CountDay { .. }))?;
    values.get(at).and_then(|value| u32::try_from(*value).ok())
}
