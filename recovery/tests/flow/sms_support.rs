//! People with phones.

use recovery::code::Code;
use recovery::flow::Refusal;
use recovery::flow::dispatch::Dispatched;
use recovery::flow::ids::RecoveryId;
use recovery::flow::redeem::Granted;
use recovery::flow::sms::{Answering, TextReply};
use recovery::phone::Phone;
use recovery::sms::provider::Incoming;
use recovery::sms::short::TextCode;
use recovery::testing::host::sender;
use recovery::testing::phones::{Phones, imprint};

use crate::support::{World, number};

/// Twilio's way.
pub(crate) const ANSWERED: Answering = Answering { in_response: true, charged: true };
/// eSMS's way: nothing in the answer to the request.
pub(crate) const BY_OUTBOX: Answering = Answering { in_response: false, charged: false };

pub(crate) fn phone(k: u32) -> String {
    format!("0{}", 900_000_000_u64 + u64::from(k))
}

pub(crate) fn text(id: &str, from: &str, body: &str) -> Incoming {
    Incoming {
        provider: "twilio",
        message_id: id.into(),
        from: Phone::parse(from).unwrap(),
        to: "8079".into(),
        body: body.into(),
        at: None,
    }
}

impl World {
    pub(crate) async fn receive(&self, incoming: &Incoming) -> TextReply {
        self.service().incoming_text(incoming, ANSWERED, &imprint()).await.unwrap()
    }

    /// Sends a text and reads the reply; empty where none came.
    pub(crate) async fn texts(&self, id: &str, from: &str, body: &str) -> String {
        said(&self.receive(&text(id, from, body)).await)
    }

    /// `BH MK` with member k's number from a phone by its number in the scheme.
    pub(crate) async fn asks(&self, id: &str, from: u32, k: u32) -> String {
        self.texts(id, &phone(from), &format!("BH MK {}", number(k))).await
    }

    /// Types what a reply of the plain form says.
    pub(crate) async fn types(&self, reply: &str) -> Result<(RecoveryId, Granted), Refusal> {
        let typed = text_code(reply);
        let located = self.service().locate(&typed.locator).await?;
        let granted = self.service().redeem_code(&located.recovery, &typed.code).await?;
        Ok((located.recovery, granted))
    }

    /// Dispatches everything that is due, by mail or text.
    pub(crate) async fn sweep_with(&self, phones: &Phones) -> Vec<Dispatched> {
        let mut results = Vec::new();
        for _ in 0..50 {
            let due = self.service().due(100).await.unwrap();
            if due.is_empty() {
                break;
            }
            for id in due {
                let (sender, imprint) = (sender(), imprint());
                let done = self
                    .service()
                    .dispatch_any(&id, (&sender, &self.mail), (&imprint, phones))
                    .await;
                results.push(done.unwrap());
            }
        }
        results
    }
}

pub(crate) fn said(reply: &TextReply) -> String {
    reply.text.as_ref().map_or(String::new(), |text| text.as_str().to_owned())
}

/// The groups of four that end at the first space, dot or comma after the first dash.
pub(crate) fn secret_in(reply: &str) -> String {
    let word = reply.split([' ', ',', '.']).find(|word| {
        word.len() >= 9
            && word.split('-').all(|group| {
                group.len() == 4
                    && group.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            })
    });
    word.unwrap_or_else(|| panic!("no code in {reply}")).to_owned()
}

pub(crate) fn text_code(reply: &str) -> TextCode {
    TextCode::parse(&secret_in(reply)).unwrap()
}

pub(crate) fn web_code_in(reply: &str) -> Code {
    Code::parse(&secret_in(reply)).unwrap()
}

/// The reply with every secret replaced: what two replies may differ in.
pub(crate) fn shape(reply: &str) -> String {
    if reply.contains("Ma: ") || reply.contains("Mat khau tam: ") {
        let secret = secret_in(reply);
        reply.replace(&secret, &"#".repeat(secret.len()))
    } else {
        reply.to_owned()
    }
}
