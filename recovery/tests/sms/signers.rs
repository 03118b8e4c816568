//! What a provider's own servers do: requests as each of them makes and signs them, written
//! independently of the code under test.

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, Mac as _};
use md5::{Digest as _, Md5};
use recovery::sms::provider::{Esms, Method, OnePay, Provider, RequestParts, Twilio};
use sha1::Sha1;
use sha2::Sha256;

pub(crate) const URL: &str = "https://khoiphuc.example.vn/api/v1/sms";

/// A request that owns its parts.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    /// Names and values; in the query or in the body by method.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) signature: Option<String>,
}

pub(crate) fn encoded(fields: &[(String, String)]) -> String {
    let encode =
        |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

impl Request {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&RequestParts<'_>) -> T) -> T {
        let form = encoded(&self.fields);
        let (query, body) = match self.method {
            Method::Get => (form.as_str(), ""),
            Method::Post => ("", form.as_str()),
        };
        act(&RequestParts {
            method: self.method,
            url: &self.url,
            query,
            body: body.as_bytes(),
            signature: self.signature.as_deref(),
        })
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let (_, held) = self.fields.iter_mut().find(|(known, _)| known == name).unwrap();
        value.clone_into(held);
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        &self.fields.iter().find(|(known, _)| known == name).unwrap().1
    }
}

/// One text as a person sends it.
#[derive(Clone, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) id: &'a str,
    /// In national form.
    pub(crate) from: &'a str,
    pub(crate) body: &'a str,
}

pub(crate) const SENT: Sent<'static> =
    Sent { id: "id-1", from: "0900000001", body: "BH MK 9000000001" };

/// A provider and its servers.
pub(crate) struct Case {
    pub(crate) provider: Box<dyn Provider>,
    pub(crate) sign: fn(&Sent<'_>) -> Request,
    /// Fields that the signature covers, and those that it does not.
    pub(crate) covered: &'static [&'static str],
    pub(crate) open: &'static [&'static str],
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn international(national: &str) -> String {
    national.replacen('0', "84", 1)
}

pub(crate) fn twilio_sign(token: &str, url: &str, fields: &[(String, String)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort();
    let mut text = url.to_owned();
    for (name, value) in sorted {
        text += &(name + &value);
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

fn twilio(sent: &Sent<'_>) -> Request {
    let url = format!("{URL}/twilio");
    let fields = fields(&[
        ("MessageSid", sent.id),
        ("AccountSid", "AC00000000000000000000000000000000"),
        ("From", &format!("+{}", international(sent.from))),
        ("To", "+84900000999"),
        ("Body", sent.body),
        ("NumMedia", "0"),
    ]);
    let signature = Some(twilio_sign("synthetic-token", &url, &fields));
    Request { method: Method::Post, url, fields, signature }
}

fn esms(sent: &Sent<'_>) -> Request {
    let time = "20270115150000";
    let parts = ["cp1", sent.id, sent.body, time, "synthetic-key"].concat();
    let sign = HEXLOWER.encode(&Md5::digest(parts.as_bytes()));
    let fields = fields(&[
        ("sender", &international(sent.from)),
        ("content", sent.body),
        ("serviceNumber", "8079"),
        ("keyword", "BH"),
        ("sign", &sign),
        ("cpid", "cp1"),
        ("smsid", sent.id),
        ("receiverTime", time),
    ]);
    Request { method: Method::Get, url: format!("{URL}/esms"), fields, signature: None }
}

fn one_pay(sent: &Sent<'_>) -> Request {
    let pairs = [
        ("access_key", "ak"),
        ("command", "BH"),
        ("mo_message", sent.body),
        ("msisdn", &international(sent.from)),
        ("request_id", sent.id),
        ("request_time", "2027-01-15T08:00:00Z"),
        ("short_code", "8079"),
    ];
    let text: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"synthetic-secret").unwrap();
    mac.update(text.join("&").as_bytes());
    let signature = HEXLOWER.encode(&mac.finalize().into_bytes());
    let mut fields = fields(&pairs);
    fields.push(("signature".into(), signature));
    Request { method: Method::Get, url: format!("{URL}/1pay"), fields, signature: None }
}

pub(crate) fn cases() -> [Case; 3] {
    [
        Case {
            provider: Box::new(Twilio {
                auth_tokens: vec!["another-token".into(), "synthetic-token".into()],
                numbers: vec!["+84900000999".into()],
            }),
            sign: twilio,
            covered: &["MessageSid", "AccountSid", "From", "To", "Body", "NumMedia"],
            open: &[],
        },
        Case {
            provider: Box::new(Esms {
                cpid: "cp1".into(),
                key: "synthetic-key".into(),
                numbers: vec!["8079".into()],
            }),
            sign: esms,
            covered: &["content", "cpid", "smsid", "receiverTime", "sign"],
            open: &["sender", "keyword"],
        },
        Case {
            provider: Box::new(OnePay {
                access_key: "ak".into(),
                secret: "synthetic-secret".into(),
                numbers: vec!["8079".into()],
            }),
            sign: one_pay,
            covered: &[
                "access_key",
                "command",
                "mo_message",
                "msisdn",
                "request_id",
                "request_time",
                "short_code",
                "signature",
            ],
            open: &[],
        },
    ]
}
