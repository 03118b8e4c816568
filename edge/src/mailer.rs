//! How email leaves: the Worker's `send_email` binding, or a Resend-compatible HTTP API.

use std::time::Duration;

use futures_util::future::{Either, select};
use recovery::{
    email,
    flow::{
        dispatch::{Mailer, Outcome},
        ids::Id,
    },
    message::{Envelope, Mailbox, Message, MessageId, resend_json},
};
use worker::{
    Delay, EmailAddress, Env, SendEmailBuilder,
    js_sys::{Object, Reflect},
};

use crate::{
    call::now_ms,
    config::{Config, EmailTransport},
    log::{Level, Line},
    outbound::{self, Answer, NoAnswer},
};

/// The binding's name.
const BINDING: &str = "EMAIL";
/// Wait where our own settings are wrong: mail is not lost while an operator mends them.
const MISCONFIGURED: Outcome = Outcome::Retry { after: Some(300) };

/// The configured transport.
pub struct WorkerMailer<'a> {
    env: &'a Env,
    config: &'a Config,
}

impl<'a> WorkerMailer<'a> {
    /// Over the Worker's bindings.
    pub const fn new(env: &'a Env, config: &'a Config) -> Self {
        Self { env, config }
    }

    /// Longest wait for a provider.
    fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.config.number("PROVIDER_TIMEOUT")))
    }

    /// The builder form of the binding: Cloudflare writes the MIME itself, and sets `Date`
    /// and `Message-ID` whatever we say, so that a message of our own would gain nothing.
    async fn bind(&self, envelope: &Envelope, message: &Message) -> Outcome {
        let Ok(binding) = self.env.send_email(BINDING) else {
            complain("no EMAIL binding");
            return MISCONFIGURED;
        };
        let (from, to) = (&envelope.from, envelope.to.as_str());
        let mail = SendEmailBuilder::new(from.address.as_str(), to, message.subject.as_str());
        if !from.name.is_empty() {
            let named = EmailAddress::new(from.name.as_str(), from.address.as_str());
            mail.set_from_with_email_address(&named);
        }
        mail.set_text(&message.text);
        if !message.html.is_empty() {
            mail.set_html(&message.html);
        }
        let headers = Object::new();
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("Content-Language", message.locale.as_str()),
            // Keeps Gmail from folding two recoveries into one thread, the newer code hidden.
            ("X-Entity-Ref-ID", envelope.message_id.outbox()),
        ] {
            let _ = Reflect::set(&headers, &name.into(), &value.into());
        }
        let _ = Reflect::set(mail.as_ref(), &"headers".into(), headers.as_ref());
        let sending = Box::pin(binding.send_with_builder(&mail));
        match select(sending, Box::pin(Delay::from(self.timeout()))).await {
            Either::Left((Ok(_), _)) => Outcome::Sent,
            Either::Left((Err(error), _)) => {
                let code = Reflect::get(error.as_ref(), &"code".into()).ok();
                let code = code.and_then(|code| code.as_string()).unwrap_or_default();
                // A code is one of a fixed list; the error's text may hold an address.
                Line::new(Level::Warn, "mail-not-accepted").with("code", code.as_str()).write();
                refused(&code)
            }
            Either::Right(_) => Outcome::Unknown,
        }
    }

    async fn resend(
        &self,
        (base_url, api_key): (&str, &str),
        key: &Id,
        envelope: &Envelope,
        message: &Message,
    ) -> Outcome {
        if api_key.is_empty() {
            complain("no RESEND_API_KEY");
            return MISCONFIGURED;
        }
        let url = format!("{base_url}/emails");
        let bearer = format!("Bearer {api_key}");
        let key = key.to_string();
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
            ("user-agent", concat!("chiakhoa/", env!("CARGO_PKG_VERSION"))),
        ];
        let body = resend_json(message, envelope);
        let answer = outbound::post(&url, &headers, &body, self.timeout()).await;
        let outcome = read(answer.as_ref());
        if outcome != Outcome::Sent {
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            Line::new(Level::Warn, "mail-not-accepted").with("status", status).write();
        }
        outcome
    }
}

fn complain(what: &'static str) {
    Line::new(Level::Error, "mail-misconfigured").with("what", what).write();
}

impl Mailer for WorkerMailer<'_> {
    fn honours_idempotency_key(&self) -> bool {
        matches!(self.config.email_transport, EmailTransport::Resend { .. })
    }

    async fn send(&self, key: &Id, to: &email::EmailAddress, message: &Message) -> Outcome {
        let Ok(from) = self.config.email_from.parse::<Mailbox>() else {
            complain("EMAIL_FROM is no mailbox");
            return MISCONFIGURED;
        };
        let Ok(message_id) = MessageId::new(&key.to_string(), &from.address) else {
            return Outcome::Permanent;
        };
        let envelope =
            Envelope { from, to: to.clone(), message_id, date: now_ms().div_euclid(1000) };
        match &self.config.email_transport {
            EmailTransport::Binding => self.bind(&envelope, message).await,
            EmailTransport::Resend { base_url, api_key } => {
                self.resend((base_url, api_key), key, &envelope, message).await
            }
        }
    }
}

/// What an error code of the binding means (Cloudflare's *Email Service, Workers API*).
fn refused(code: &str) -> Outcome {
    match code {
        "E_RECIPIENT_SUPPRESSED"
        | "E_RECIPIENT_NOT_ALLOWED"
        | "RCPT_NOT_ALLOWED"
        | "E_VALIDATION_ERROR"
        | "E_FIELD_MISSING"
        | "E_CONTENT_TOO_LARGE" => Outcome::Permanent,
        "E_SENDER_NOT_VERIFIED" | "E_SENDER_DOMAIN_NOT_AVAILABLE" => MISCONFIGURED,
        "E_RATE_LIMIT_EXCEEDED" => Outcome::Retry { after: Some(60) },
        "E_DAILY_LIMIT_EXCEEDED" => Outcome::Retry { after: Some(3_600) },
        code if code.starts_with("E_HEADER") => Outcome::Permanent,
        // Any other code says that nothing was taken; without one that is not certain.
        code if code.starts_with("E_") => Outcome::Retry { after: None },
        _ => Outcome::Unknown,
    }
}

/// What an answer of the HTTP API means. The key makes a repetition harmless, so that every
/// doubt is repeated.
fn read(answer: Result<&Answer, &NoAnswer>) -> Outcome {
    let Ok(answer) = answer else { return Outcome::Unknown };
    let after = answer.retry_after;
    match answer.status {
        200..=299 => Outcome::Sent,
        // The key was seen with other bytes (the words changed meanwhile): an earlier attempt
        // was taken, and only its answer got lost.
        409 if contains(&answer.body, b"invalid_idempotent_request") => Outcome::Sent,
        401 | 403 | 404 | 405 => MISCONFIGURED,
        // 409: the same key is being worked on this moment.
        408 | 409 | 425 | 429 | 503 => Outcome::Retry { after },
        400..=499 => Outcome::Permanent,
        _ => Outcome::Unknown,
    }
}

fn contains(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(status: u16, retry_after: Option<i64>) -> Outcome {
        read(Ok(&Answer { status, retry_after, body: Vec::new() }))
    }

    #[test]
    fn only_a_success_counts_as_sent() {
        assert_eq!(after(200, None), Outcome::Sent);
        assert_eq!(after(202, None), Outcome::Sent);
        assert_eq!(after(302, None), Outcome::Unknown);
    }

    #[test]
    fn a_lost_or_broken_answer_is_a_doubt() {
        assert_eq!(read(Err(&NoAnswer)), Outcome::Unknown);
        assert_eq!(after(500, None), Outcome::Unknown);
        assert_eq!(after(502, Some(3)), Outcome::Unknown);
    }

    #[test]
    fn a_code_of_the_binding_says_what_to_do() {
        assert_eq!(refused("E_RECIPIENT_SUPPRESSED"), Outcome::Permanent);
        assert_eq!(refused("E_HEADERS_TOO_LARGE"), Outcome::Permanent);
        assert_eq!(refused("E_SENDER_NOT_VERIFIED"), MISCONFIGURED);
        assert_eq!(refused("E_INTERNAL_SERVER_ERROR"), Outcome::Retry { after: None });
        assert_eq!(refused(""), Outcome::Unknown);
    }

    #[test]
    fn a_busy_provider_is_asked_again_when_it_says() {
        assert_eq!(after(429, Some(7)), Outcome::Retry { after: Some(7) });
        assert_eq!(after(503, None), Outcome::Retry { after: None });
        assert_eq!(after(409, None), Outcome::Retry { after: None });
    }

    #[test]
    fn a_key_seen_with_other_bytes_means_that_an_earlier_attempt_was_taken() {
        let conflict = |name: &str| {
            let body = format!(r#"{{"statusCode":409,"name":"{name}","message":"x"}}"#);
            read(Ok(&Answer { status: 409, retry_after: None, body: body.into_bytes() }))
        };
        assert_eq!(conflict("invalid_idempotent_request"), Outcome::Sent);
        assert_eq!(conflict("concurrent_idempotent_requests"), Outcome::Retry { after: None });
    }

    #[test]
    fn a_refused_message_is_given_up_and_our_own_mistake_is_not() {
        assert_eq!(after(422, None), Outcome::Permanent);
        assert_eq!(after(401, None), MISCONFIGURED);
        assert_eq!(after(403, None), MISCONFIGURED);
    }
}
