//! Twilio's Messages resource (`POST /2010-04-01/Accounts/{Sid}/Messages.json`).
//!
//! It knows no idempotency key. Receipts are signed as incoming texts are; the outbox row is named
//! in the address that Twilio is told to call, which the signature covers. So a text whose answer
//! was lost is known by its first receipt, and is repeated, once and with the same code, only where
//! none comes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{HttpAnswer, HttpCall, News, OPERATOR, Receipt, TextApi, form};
use crate::flow::dispatch::Outcome;
use crate::flow::ids::Id;
use crate::phone::Phone;
use crate::sms::gsm::Segment;
use crate::sms::provider::{Method, Params, Rejected, RequestParts};

/// Twilio Programmable Messaging, outgoing.
pub struct TwilioSender {
    /// `https://api.twilio.com`, or a test server.
    pub base_url: String,
    /// `AC…`.
    pub account_sid: String,
    /// The first signs in; receipts may be signed by any.
    pub auth_tokens: Vec<String>,
    /// A number of ours, or a messaging service `MG…`.
    pub from: String,
    /// Where receipts go, without a query; none are asked for where there is none.
    pub receipt_url: Option<String>,
}

#[derive(Deserialize)]
struct Created {
    sid: String,
}

impl TextApi for TwilioSender {
    fn honours_idempotency_key(&self) -> bool {
        false
    }

    fn request(&self, key: &Id, to: &Phone, text: &Segment) -> HttpCall {
        let from = if self.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        let mut fields = vec![("To", to.e164()), (from, &self.from), ("Body", text.as_str())];
        let receipt = self.receipt_url.as_ref().map(|url| format!("{url}?outbox={key}"));
        if let Some(receipt) = &receipt {
            fields.push(("StatusCallback", receipt));
        }
        let token = self.auth_tokens.first().map_or("", String::as_str);
        let basic = STANDARD.encode(format!("{}:{token}", self.account_sid));
        HttpCall {
            url: format!(
                "{}/2010-04-01/Accounts/{}/Messages.json",
                self.base_url.trim_end_matches('/'),
                self.account_sid
            ),
            headers: vec![
                ("authorization", format!("Basic {basic}")),
                ("content-type", "application/x-www-form-urlencoded".into()),
            ],
            body: form(&fields),
        }
    }

    fn outcome(&self, answer: HttpAnswer<'_>) -> Outcome {
        match answer.status {
            200 | 201 => match serde_json::from_slice::<Created>(answer.body) {
                Ok(created) if !created.sid.is_empty() => Outcome::Sent,
                _ => Outcome::Unknown,
            },
            // Refused before anything was queued.
            429 | 503 => Outcome::Retry { after: answer.retry_after },
            401 | 403 => OPERATOR,
            400..=499 => Outcome::Permanent,
            _ => Outcome::Unknown,
        }
    }

    fn receipt(&self, request: &RequestParts<'_>) -> Result<Option<Receipt>, Rejected> {
        if request.method != Method::Post {
            return Err(Rejected::Method);
        }
        let params = Params::parse(request.body)?;
        let tokens = &self.auth_tokens;
        if !crate::sms::provider::twilio_signed(tokens, request.url, &params, request.signature) {
            return Err(Rejected::Signature);
        }
        let query = Params::parse(request.query.as_bytes())?;
        let outbox = Id::parse(query.get("outbox")?).ok_or(Rejected::Malformed)?;
        Ok(match params.get("MessageStatus")? {
            "accepted" | "queued" | "sending" | "sent" => Some(News::Taken),
            "delivered" => Some(News::Delivered),
            "undelivered" | "failed" => Some(News::Failed),
            _ => None,
        }
        .map(|news| Receipt { outbox, news }))
    }
}
