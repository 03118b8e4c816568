//! eSMS's `SendMultipleMessage_V4_post_json`, after developers.esms.vn: *Send OTP/Customer care
//! message*, *Table of error codes*, *Callback Url*.
//!
//! `RequestId` is documented to keep repetitions out (code 124), so an unknown outcome is repeated
//! freely. Carriers let customer-care texts through only by registered templates: the wordings of
//! `sms::words` have to be registered under the brand name.
//!
//! Weak: receipts are unsigned GETs. They name a row by its id, 128 random bits that only the
//! provider was told, and change nothing but a statistic.

use serde::{Deserialize, Serialize};

use super::{HttpAnswer, HttpCall, News, OPERATOR, Receipt, TextApi};
use crate::flow::dispatch::Outcome;
use crate::flow::ids::Id;
use crate::phone::Phone;
use crate::sms::gsm::Segment;
use crate::sms::provider::{Method, Params, Rejected, RequestParts};

/// eSMS.vn, outgoing under a brand name.
pub struct EsmsSender {
    /// `https://rest.esms.vn`, or a test server.
    pub base_url: String,
    /// `ApiKey`.
    pub api_key: String,
    /// `SecretKey`.
    pub secret_key: String,
    /// The registered brand name.
    pub brand: String,
    /// Where receipts go; none are asked for where there is none.
    pub receipt_url: Option<String>,
}

/// Customer care, the type for codes and notices.
const CUSTOMER_CARE: &str = "2";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    api_key: &'a str,
    secret_key: &'a str,
    content: &'a str,
    phone: &'a str,
    brandname: &'a str,
    sms_type: &'a str,
    is_unicode: &'a str,
    sandbox: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "CodeResult")]
    code: serde_json::Value,
}

impl TextApi for EsmsSender {
    fn honours_idempotency_key(&self) -> bool {
        true
    }

    fn request(&self, key: &Id, to: &Phone, text: &Segment) -> HttpCall {
        let (phone, request_id) = (to.national(), key.to_string());
        let body = Body {
            api_key: &self.api_key,
            secret_key: &self.secret_key,
            content: text.as_str(),
            phone: &phone,
            brandname: &self.brand,
            sms_type: CUSTOMER_CARE,
            is_unicode: "0",
            sandbox: "0",
            request_id: &request_id,
            callback_url: self.receipt_url.as_deref(),
        };
        HttpCall {
            url: format!(
                "{}/MainService.svc/json/SendMultipleMessage_V4_post_json/",
                self.base_url.trim_end_matches('/')
            ),
            headers: vec![("content-type", "application/json".into())],
            // Plain strings always serialise.
            body: serde_json::to_string(&body).unwrap_or_default(),
        }
    }

    fn outcome(&self, answer: HttpAnswer<'_>) -> Outcome {
        match answer.status {
            429 | 503 => return Outcome::Retry { after: answer.retry_after },
            200..=299 => {}
            _ => return Outcome::Unknown,
        }
        let Ok(read) = serde_json::from_slice::<Answer>(answer.body) else {
            return Outcome::Unknown;
        };
        let code = match &read.code {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match code.as_str() {
            // Taken; or taken before, under the same id.
            "100" | "124" => Outcome::Sent,
            // This number or this text never.
            "99" | "108" | "118" | "146" | "177" => Outcome::Permanent,
            // Keys, prices, balance, brand name, source address.
            "101" | "102" | "103" | "104" | "140" => OPERATOR,
            _ => Outcome::Retry { after: answer.retry_after },
        }
    }

    fn receipt(&self, request: &RequestParts<'_>) -> Result<Option<Receipt>, Rejected> {
        if request.method != Method::Get {
            return Err(Rejected::Method);
        }
        let params = Params::parse(request.query.as_bytes())?;
        let outbox = Id::parse(params.get("RequestId")?).ok_or(Rejected::Malformed)?;
        let failed = params.find("SendFailed").is_some_and(|count| count != "0");
        Ok(match params.get("SendStatus")? {
            "4" => Some(Receipt { outbox, news: News::Failed }),
            "5" if failed => Some(Receipt { outbox, news: News::Failed }),
            "5" => Some(Receipt { outbox, news: News::Delivered }),
            _ => None,
        })
    }
}
