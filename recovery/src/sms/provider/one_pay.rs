//! 1pay, incoming texts: a GET, an HMAC-SHA256, an answer in JSON.
//!
//! After 1pay's page *SMS Charging* (developers.1pay.vn/http-apis/sms-charging): parameters
//! `access_key`, `command`, `mo_message`, `msisdn`, `request_id`, `request_time`, `short_code`,
//! `signature`; the signature is the hex of HMAC-SHA256(secret, `access_key=…&command=…&
//! mo_message=…&msisdn=…&request_id=…&request_time=…&short_code=…`), over the decoded values in
//! this order; `request_time` is ISO 8601 in UTC (`2013-07-06T22:54:50Z`); the answer is
//! `{"status":1,"sms":"…","type":"text"}`, where status 1 means done and charged, 0 refused. The
//! newer *`SMSplus`* interface of the same provider has no id and no time in what it signs and is not
//! supported.
//!
//! Weak: phone number and text stand in the address. Values are joined with `&` and `=` as they
//! are, so a text could hold `&msisdn=…` and be read in two ways: a value with `&` is refused. The
//! answer must come within 5 to 17 seconds, by carrier.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::{HttpReply, Incoming, Method, Names, Params, Provider, Rejected, RequestParts};
use super::{from_query, instant, query, same_hex};
use crate::sms::gsm::Segment;

/// 1pay, incoming on a short code.
pub struct OnePay {
    /// Names our product at 1pay.
    pub access_key: String,
    /// The product's secret.
    pub secret: String,
    /// Our short codes; a text to another is refused.
    pub numbers: Vec<String>,
}

/// What is signed, in the order of signing.
const SIGNED: [&str; 7] =
    ["access_key", "command", "mo_message", "msisdn", "request_id", "request_time", "short_code"];

const NAMES: Names = Names {
    to: "short_code",
    id: "request_id",
    time: "request_time",
    from: "msisdn",
    body: "mo_message",
};

impl OnePay {
    fn signature(&self, params: &Params) -> Result<[u8; 32], Rejected> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())
            .map_err(|_| Rejected::Signature)?;
        for (index, name) in SIGNED.into_iter().enumerate() {
            let value = params.get(name)?;
            if value.contains('&') {
                return Err(Rejected::Malformed);
            }
            if index > 0 {
                mac.update(b"&");
            }
            mac.update(name.as_bytes());
            mac.update(b"=");
            mac.update(value.as_bytes());
        }
        Ok(mac.finalize().into_bytes().into())
    }
}

/// `2013-07-06T22:54:50Z`, and nothing else.
fn iso(text: &str) -> Option<i64> {
    let marks = [(4, '-'), (7, '-'), (10, 'T'), (13, ':'), (16, ':'), (19, 'Z')];
    let placed = marks.iter().all(|(at, mark)| text.chars().nth(*at) == Some(*mark));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if placed && text.len() == 20 { instant(&digits) } else { None }
}

impl Provider for OnePay {
    fn name(&self) -> &'static str {
        "1pay"
    }

    fn method(&self) -> Method {
        Method::Get
    }

    fn covers_everything(&self) -> bool {
        true
    }

    fn reply_is_charged(&self) -> bool {
        false
    }

    fn receive(&self, request: &RequestParts<'_>) -> Result<Incoming, Rejected> {
        let params = query(request)?;
        let expected = self.signature(&params)?;
        let known = !self.secret.is_empty() && params.get("access_key")? == self.access_key;
        if !(same_hex(params.get("signature")?, &expected) && known) {
            return Err(Rejected::Signature);
        }
        from_query(self.name(), &params, &NAMES, &self.numbers, iso)
    }

    fn reply(&self, _: Option<&Incoming>, text: Option<&Segment>) -> HttpReply {
        let (status, sms) = text.map_or((0, ""), |text| (1, text.as_str()));
        let body = serde_json::json!({ "status": status, "sms": sms, "type": "text" }).to_string();
        HttpReply { content_type: "application/json; charset=utf-8", body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_time_is_read() {
        assert_eq!(iso("2013-07-06T22:54:50Z"), Some(1_373_151_290));
        for bad in ["2013-07-06 22:54:50Z", "2013-07-06T22:54:50", "2013-07-06T22:54:50+07:00", ""]
        {
            assert_eq!(iso(bad), None, "{bad}");
        }
    }
}
