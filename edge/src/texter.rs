//! How texts leave: the configured provider's HTTP interface.

use std::time::Duration;

use recovery::{
    flow::{dispatch::Outcome, ids::Id, text_out::TextSender},
    phone::Phone,
    sms::{
        gsm::Segment,
        send::{HttpAnswer, TextApi},
        words::Imprint,
    },
};

use crate::{
    config::Config,
    log::{Level, Line},
    operator::OPERATOR,
    outbound,
};

/// Most bytes of an answer that are read.
const MOST: usize = 16 * 1024;

/// The configured transport.
pub struct WorkerTexter {
    api: Option<Box<dyn TextApi>>,
    timeout: Duration,
}

impl WorkerTexter {
    /// Delivery receipts are asked for at `public_origin`.
    pub fn new(config: &Config, public_origin: &str) -> Self {
        Self {
            api: config.texts.transport.api(public_origin),
            timeout: Duration::from_secs(u64::from(config.number("PROVIDER_TIMEOUT"))),
        }
    }
}

impl TextSender for WorkerTexter {
    fn honours_idempotency_key(&self) -> bool {
        self.api.as_ref().is_some_and(|api| api.honours_idempotency_key())
    }

    async fn send(&self, key: &Id, to: &Phone, text: &Segment) -> Outcome {
        let Some(api) = &self.api else {
            // Nothing is lost while an operator sets one.
            Line::new(Level::Error, "text-misconfigured").with("what", "no SMS_TRANSPORT").write();
            return Outcome::Retry { after: Some(300) };
        };
        let call = api.request(key, to, text);
        let headers: Vec<_> =
            call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = outbound::post(&call.url, &headers, &call.body, self.timeout).await;
        let outcome = answer.as_ref().map_or(Outcome::Unknown, |answer| {
            let body = answer.body.get(..MOST).unwrap_or(&answer.body);
            api.outcome(HttpAnswer { status: answer.status, retry_after: answer.retry_after, body })
        });
        if outcome != Outcome::Sent {
            let status = answer.map_or(0, |answer| answer.status);
            Line::new(Level::Warn, "text-not-accepted").with("status", status).write();
        }
        outcome
    }
}

/// What all texts share, out of `operator.toml`.
pub fn imprint(public_origin: &str) -> Imprint {
    Imprint {
        public_url: public_origin.to_owned(),
        demonstration: OPERATOR.demo,
        hotline: OPERATOR.hotlines.first().map(|line| line.number.to_owned()),
    }
}
