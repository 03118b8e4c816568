//! Run-time variables. Every one has a safe default; a bad value is reported and the
//! default taken, except where a default would be unsafe: then the service stays shut.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use recovery::captcha::turnstile;

use crate::http::origin;

/// Where variables come from: the Worker's `env`, or a test.
pub trait Vars {
    /// The value of a variable, `None` where it is not set.
    fn get(&self, name: &str) -> Option<String>;
}

/// A lifetime or limit, its variable, default and highest value.
#[derive(Debug)]
pub struct Number {
    /// The variable.
    pub name: &'static str,
    /// Taken where it is not set or not good.
    pub default: u32,
    /// Lowest good value, besides 0 for limits.
    pub min: u32,
    /// Highest good value.
    pub max: u32,
    /// Whether 0 is a value: a limit switched off.
    pub zero: bool,
    /// What it is, in one line.
    pub about: &'static str,
}

const fn ttl(name: &'static str, default: u32, max: u32, about: &'static str) -> Number {
    Number { name, default, min: 1, max, zero: false, about }
}

const fn limit(name: &'static str, default: u32, about: &'static str) -> Number {
    Number { name, default, min: 1, max: 1_000_000, zero: true, about }
}

/// Every number of the contract's table, in its order.
pub static NUMBERS: &[Number] = &[
    ttl("TTL_CODE", 600, 600, "life of a code, seconds (ASVS 6.5.5: at most 600)"),
    ttl("TTL_LINK", 600, 86_400, "life of a link, seconds"),
    ttl("TTL_TICKET", 900, 3_600, "life of a ticket, seconds"),
    ttl("TTL_CAPTCHA", 300, 600, "life of a captcha challenge, seconds"),
    ttl("TTL_DISOWN", 864_000, 2_592_000, "life of a “this was not me” link, seconds"),
    ttl("TTL_DESK_LINK", 86_400, 604_800, "life of a link issued at the desk, seconds"),
    ttl("COOLING_OFF", 86_400, 2_592_000, "wait before changed contact data counts, seconds"),
    limit("LIMIT_DISPATCH_HOUR", 3, "messages per identifier with email and hour"),
    limit("LIMIT_DISPATCH_DAY", 6, "messages per identifier with email and day"),
    limit("LIMIT_ADDRESS_DAY", 12, "messages per address and day, the rest silently dropped"),
    limit("LIMIT_CODE_RECOVERY", 5, "wrong codes per recovery"),
    limit("LIMIT_CODE_MEMBER_DAY", 10, "codes compared per member and 24 hours"),
    limit("LIMIT_SIGNIN", 5, "wrong passwords per identifier and network"),
    ttl("SIGNIN_LOCK", 900, 86_400, "wait after too many wrong passwords, seconds"),
    limit("LIMIT_IP_MINUTE", 60, "writes per network and minute, per isolate"),
    Number {
        name: "CAPTCHA_COST",
        default: 0,
        min: 1,
        max: 100_000,
        zero: true,
        about: "iterations of a challenge's key derivation; 0 takes the tuned value",
    },
    limit(
        "CAPTCHA_RAISE_AFTER",
        30,
        "requests per identifier and hour after which the captcha's work doubles",
    ),
    ttl("SESSION_IDLE", 900, 3_600, "a session ends after so long without use, seconds"),
    ttl("SESSION_MAX", 28_800, 86_400, "a session ends after so long in any case, seconds"),
    ttl("RESEND_AFTER", 60, 600, "when asking for the message again makes sense, seconds"),
    ttl("PROVIDER_TIMEOUT", 10, 10, "longest wait for the email provider's answer, seconds"),
    ttl("SWEEP_SECONDS", 60, 86_400, "how often the scheduled work runs, seconds"),
    ttl(
        "RETENTION_DAYS",
        30,
        3_650,
        "recoveries, counters and settled messages are kept this long",
    ),
    Number {
        name: "SECRET_EPOCH",
        default: 0,
        min: 0,
        max: u32::MAX,
        zero: true,
        about: "raise it to void every live code, link and ticket",
    },
];

/// The captcha in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Captcha {
    /// Our own proof of work.
    Altcha,
    /// Cloudflare Turnstile.
    Turnstile {
        /// Public key, for the page.
        site_key: String,
        /// Secret key, for verification.
        secret: String,
        /// Whose script the page loads and who is asked about tokens, without a slash at the end.
        base_url: String,
    },
}

/// How email leaves.
#[derive(Clone, PartialEq, Eq)]
pub enum EmailTransport {
    /// The Worker's `send_email` binding.
    Binding,
    /// A Resend-compatible HTTP API.
    Resend {
        /// Base of its address, without a slash at the end.
        base_url: String,
        /// Bearer token.
        api_key: String,
    },
}

/// One key of `SECRET_KEYS`.
#[derive(Clone)]
pub struct RootKey {
    /// Its id, stored beside what it protects.
    pub id: String,
    /// At least 32 random bytes.
    pub bytes: Vec<u8>,
}

/// Everything the variables say.
#[derive(Clone)]
pub struct Config {
    numbers: Vec<u32>,
    /// Base of links in messages, without a slash at the end; `None` in development.
    pub public_url: Option<String>,
    /// The captcha in use.
    pub captcha: Captcha,
    /// How email leaves.
    pub email_transport: EmailTransport,
    /// `Name <address>` or an address.
    pub email_from: String,
    /// Root keys, the current one first; empty: the service stays shut.
    pub keys: Vec<RootKey>,
    /// Secrets of the email provider's webhooks (Standard Webhooks), the current one first.
    pub webhook_secrets: Vec<String>,
    /// Channels switched off at run time.
    pub channels_off: Vec<String>,
}

impl Config {
    /// Reads all variables. The second part lists what was wrong, by variable, without values.
    pub fn load(vars: &dyn Vars) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let numbers = NUMBERS.iter().map(|number| read(number, vars, &mut wrong)).collect();
        let text =
            |name: &str| vars.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let public_url = text("PUBLIC_URL").and_then(|url| {
            let origin = origin::of(&url);
            if origin.is_none() {
                wrong.push("PUBLIC_URL is no http(s) address".to_owned());
            }
            origin
        });
        let captcha = captcha(&text, &mut wrong);
        let email_transport = match text("EMAIL_TRANSPORT").as_deref() {
            None | Some("binding") => EmailTransport::Binding,
            Some("resend") => resend(&text, &mut wrong),
            Some(_) => {
                wrong.push("EMAIL_TRANSPORT is neither binding nor resend".to_owned());
                EmailTransport::Binding
            }
        };
        let keys = text("SECRET_KEYS").map_or_else(Vec::new, |list| {
            parse_keys(&list).unwrap_or_else(|reason| {
                wrong.push(format!("SECRET_KEYS: {reason}"));
                Vec::new()
            })
        });
        if keys.is_empty() {
            wrong.push("SECRET_KEYS holds no key: every call but health is refused".to_owned());
        }
        let config = Self {
            numbers,
            public_url,
            captcha,
            email_transport,
            email_from: text("EMAIL_FROM")
                .unwrap_or_else(|| "Chìa Khoá <khong-tra-loi@example.vn>".to_owned()),
            keys,
            webhook_secrets: list(text("MAIL_WEBHOOK_SECRETS")),
            channels_off: list(text("CHANNELS_OFF")),
        };
        (config, wrong)
    }

    /// A number of [`NUMBERS`]; 0 where the name is not one of them.
    pub fn number(&self, name: &str) -> u32 {
        let place = NUMBERS.iter().position(|number| number.name == name);
        place.and_then(|place| self.numbers.get(place)).copied().unwrap_or(0)
    }

    /// Whether a channel of the build is switched on.
    pub fn channel_on(&self, channel: &str) -> bool {
        !self.channels_off.iter().any(|off| off == channel)
    }
}

fn read(number: &Number, vars: &dyn Vars, wrong: &mut Vec<String>) -> u32 {
    let Some(text) = vars.get(number.name).filter(|text| !text.trim().is_empty()) else {
        return number.default;
    };
    let good =
        |value: &u32| (number.zero && *value == 0) || (number.min..=number.max).contains(value);
    text.trim().parse().ok().filter(good).unwrap_or_else(|| {
        let (name, min, max) = (number.name, number.min, number.max);
        wrong.push(format!("{name} is not a number from {min} to {max}: taking the default"));
        number.default
    })
}

fn captcha(text: &dyn Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> Captcha {
    match text("CAPTCHA").as_deref() {
        None | Some("altcha") => Captcha::Altcha,
        Some("turnstile") => {
            if let (Some(site_key), Some(secret)) =
                (text("TURNSTILE_SITE_KEY"), text("TURNSTILE_SECRET"))
            {
                return Captcha::Turnstile { site_key, secret, base_url: base_url(text, wrong) };
            }
            let need = "CAPTCHA=turnstile needs TURNSTILE_SITE_KEY and TURNSTILE_SECRET";
            wrong.push(format!("{need}: taking altcha"));
            Captcha::Altcha
        }
        Some(_) => {
            wrong.push("CAPTCHA is neither altcha nor turnstile: taking altcha".to_owned());
            Captcha::Altcha
        }
    }
}

/// Cloudflare, or a stand-in for tests. It ends up in a header: an origin and nothing else.
fn base_url(text: &dyn Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> String {
    let set = text("TURNSTILE_BASE_URL");
    let plain =
        |url: &String| url.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]/".contains(&b));
    let origin = set.as_deref().and_then(origin::of).filter(plain);
    if set.is_some() && origin.is_none() {
        wrong.push("TURNSTILE_BASE_URL is no http(s) address: taking Cloudflare's".to_owned());
    }
    origin.unwrap_or_else(|| turnstile::BASE_URL.to_owned())
}

fn resend(text: &dyn Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> EmailTransport {
    let base_url = text("RESEND_BASE_URL").unwrap_or_else(|| "https://api.resend.com".to_owned());
    let Some(api_key) = text("RESEND_API_KEY") else {
        // Mail that is never accepted waits in the outbox: nothing is lost, the log says why.
        wrong.push("EMAIL_TRANSPORT=resend needs RESEND_API_KEY".to_owned());
        return EmailTransport::Resend { base_url, api_key: String::new() };
    };
    EmailTransport::Resend { base_url: base_url.trim_end_matches('/').to_owned(), api_key }
}

/// `a, b` as its parts.
fn list(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// `kid:base64,kid2:base64`, the current key first.
fn parse_keys(list: &str) -> Result<Vec<RootKey>, &'static str> {
    let mut keys: Vec<RootKey> = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (id, encoded) = entry.split_once(':').ok_or("an entry is not id:base64")?;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || id.len() > 16 || !id.bytes().all(plain) {
            return Err("a key id is not 1 to 16 of a-z, 0-9 and -");
        }
        let bytes = STANDARD.decode(encoded).map_err(|_| "a key is not base64")?;
        if bytes.len() < 32 {
            return Err("a key has fewer than 32 bytes");
        }
        if keys.iter().any(|key| key.id == id) {
            return Err("a key id stands twice");
        }
        keys.push(RootKey { id: id.to_owned(), bytes });
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
