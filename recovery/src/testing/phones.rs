//! Phones for tests: what outgoing texts arrive at.

use std::cell::RefCell;

use crate::flow::dispatch::Outcome;
use crate::flow::ids::Id;
use crate::flow::text_out::TextSender;
use crate::phone::Phone;
use crate::sms::gsm::Segment;
use crate::sms::words::Imprint;

/// One delivered text.
#[derive(Clone)]
pub struct Text {
    /// The idempotency key.
    pub key: Id,
    /// To whom, in national form.
    pub to: String,
    /// What it says.
    pub text: String,
}

/// A provider of outgoing texts that answers as it is told.
pub struct Phones {
    /// Honours keys as a provider with idempotency does.
    pub idempotent: bool,
    /// Answers of the next attempts, last first; `Sent` when empty. Whether it arrived, too.
    pub answers: RefCell<Vec<(Outcome, bool)>>,
    /// What arrived.
    pub inbox: RefCell<Vec<Text>>,
}

impl Phones {
    /// Takes everything.
    pub const fn new(idempotent: bool) -> Self {
        Self { idempotent, answers: RefCell::new(Vec::new()), inbox: RefCell::new(Vec::new()) }
    }

    /// Answers this at the next attempt; `arrives` is what happens to the text.
    pub fn next(&self, outcome: Outcome, arrives: bool) {
        self.answers.borrow_mut().insert(0, (outcome, arrives));
    }
}

impl TextSender for Phones {
    fn honours_idempotency_key(&self) -> bool {
        self.idempotent
    }

    async fn send(&self, key: &Id, to: &Phone, text: &Segment) -> Outcome {
        let (outcome, arrives) = self.answers.borrow_mut().pop().unwrap_or((Outcome::Sent, true));
        let seen = self.inbox.borrow().iter().any(|text| text.key == *key);
        if arrives && !(self.idempotent && seen) {
            let text = Text { key: *key, to: to.national(), text: text.as_str().to_owned() };
            self.inbox.borrow_mut().push(text);
        }
        outcome
    }
}

/// An imprint for tests.
pub fn imprint() -> Imprint {
    Imprint {
        public_url: "https://khoiphuc.example.vn".into(),
        demonstration: true,
        hotline: Some("1900 9068".into()),
    }
}
