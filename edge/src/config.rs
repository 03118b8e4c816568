//! Run-time variables. Every one has a safe default; a bad value is reported and the
//! default taken, except where a default would be unsafe: then the service stays shut.

mod numbers;
mod texts;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use recovery::{captcha::turnstile, email::EmailAddress};

pub use self::{
    numbers::{NUMBERS, Number},
    texts::{Gateway, TextTransport, Texts},
};
use crate::{access::Access, http::origin};

/// Where variables come from: the Worker's `env`, or a test.
pub trait Vars {
    /// The value of a variable, `None` where it is not set.
    fn get(&self, name: &str) -> Option<String>;
}

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
    /// Where checkpoints of the audit go by mail; `None`: nowhere.
    pub checkpoint_email: Option<EmailAddress>,
    /// Root keys, the current one first; empty: the service stays shut.
    pub keys: Vec<RootKey>,
    /// Secrets of the email provider's webhooks (Standard Webhooks), the current one first.
    pub webhook_secrets: Vec<String>,
    /// Channels switched off at run time.
    pub channels_off: Vec<String>,
    /// Who brings texts and who takes them.
    pub texts: Texts,
    /// Letters go to `office@domain`; empty: there are none.
    pub letter_domain: String,
    /// Where staff sign in; `None`: nobody does, and the desk stays shut.
    pub access: Option<Access>,
}

impl Config {
    /// Reads all variables. The second part lists what was wrong, by variable, without values.
    pub fn load(vars: &dyn Vars) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        let numbers =
            NUMBERS.iter().map(|number| numbers::read(number, vars, &mut wrong)).collect();
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
        let checkpoint_email = text("AUDIT_CHECKPOINT_EMAIL").and_then(|address| {
            let parsed = EmailAddress::parse(&address).ok();
            if parsed.is_none() {
                wrong.push("AUDIT_CHECKPOINT_EMAIL is no address: nothing is mailed".to_owned());
            }
            parsed
        });
        let texts = Texts::load(&text, &mut wrong);
        let config = Self {
            numbers,
            public_url,
            captcha,
            email_transport,
            email_from: text("EMAIL_FROM")
                .unwrap_or_else(|| "Chìa Khoá <khong-tra-loi@example.vn>".to_owned()),
            checkpoint_email,
            keys,
            webhook_secrets: list(text("MAIL_WEBHOOK_SECRETS")),
            channels_off: list(text("CHANNELS_OFF")),
            texts,
            letter_domain: letter_domain(&text, &mut wrong),
            access: Access::load(&text, &mut wrong),
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
fn letter_domain(text: &dyn Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> String {
    let domain = text("DESK_MAIL_DOMAIN").unwrap_or_default().to_ascii_lowercase();
    if domain.is_empty() || EmailAddress::parse(&format!("a@{domain}")).is_ok() {
        return domain;
    }
    wrong.push("DESK_MAIL_DOMAIN is no domain: no letters are taken".to_owned());
    String::new()
}

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
