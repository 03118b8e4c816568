//! The words that a decision about a text is answered with: derived, never stored, and the same
//! each time.

use super::ids::Digest32;
use super::sms::{Answering, TextReply};
use super::store::{Recovery, Store as _};
use super::text_store::{TextAnswer, TextNote, TextStore};
use super::{Host, Refusal, Service};
use crate::code::Code;
use crate::sms::grammar::{self, Command};
use crate::sms::gsm::Segment;
use crate::sms::provider::Incoming;
use crate::sms::words::{self, Imprint};

impl<H: Host<Store: TextStore>> Service<'_, H> {
    /// The reply to a repetition: that of the first time. Another sender or text under the same
    /// id is none, and gets nothing.
    pub(super) async fn say_again(
        &self,
        note: &TextNote,
        fingerprint: Digest32,
        incoming: &Incoming,
        answering: Answering,
        imprint: &Imprint,
    ) -> Result<TextReply, Refusal> {
        if note.fingerprint != fingerprint || !answering.shows(note.answer) {
            return Ok(TextReply::default());
        }
        let recovery = match &note.recovery {
            Some(id) => self.store().recovery(id).await?,
            None => None,
        };
        let text = self.say(note, recovery.as_ref(), incoming, imprint);
        Ok(TextReply { text, ..TextReply::default() })
    }

    /// The words of an answer; the same each time.
    pub(super) fn say(
        &self,
        note: &TextNote,
        recovery: Option<&Recovery>,
        incoming: &Incoming,
        imprint: &Imprint,
    ) -> Option<Segment> {
        match note.answer {
            TextAnswer::Silence => None,
            TextAnswer::TooMany => Some(words::too_many(imprint)),
            TextAnswer::Usage => Some(match grammar::read(&incoming.body) {
                Command::BadNumber => words::bad_number(imprint),
                _ => words::usage(imprint),
            }),
            answer => self.say_secret(answer, recovery?, imprint),
        }
    }

    /// The words of an answer with a secret; `None` where its key has left the ring.
    pub(super) fn say_secret(
        &self,
        answer: TextAnswer,
        recovery: &Recovery,
        imprint: &Imprint,
    ) -> Option<Segment> {
        let (keys, kid, id) = (self.host.keys(), &recovery.kid, &recovery.id);
        let code = Code::from_bits(keys.derive_code(kid, id)?);
        let lifetime = recovery.code_expires_at - recovery.created_at;
        match answer {
            TextAnswer::Code => {
                let locator = keys.derive_locator(kid, id)?;
                Some(words::code(imprint, locator, &code, lifetime))
            }
            TextAnswer::WebCode => Some(words::web_code(imprint, &code, lifetime, recovery.locale)),
            TextAnswer::Temporary => {
                let password = keys.derive_temporary(kid, id)?.to_string();
                Some(words::temporary(imprint, &password, lifetime))
            }
            TextAnswer::Usage | TextAnswer::TooMany | TextAnswer::Silence => None,
        }
    }
}
