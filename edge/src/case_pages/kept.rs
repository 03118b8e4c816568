//! What the page after a form needs to know, so that it is a page of its own that can be loaded
//! again: a case's number and look-up code, sealed, in a cookie of ten minutes.
//!
//! Nothing of it is readable outside this Worker, nothing is in the address, the log or the
//! database, and no script of the page can read it. Every form about a case carries number and code
//! itself: which case something is done to is never the cookie's word.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use recovery::{
    desk::{
        DeskHost as _,
        citizen::Proof,
        names::{CaseNumber, LookupCode},
        seal::{Sealed, Sealer as _},
    },
    flow::Host as _,
};

use crate::{call::random, host::WorkerHost};

const COOKIE: &str = "__Host-case";
/// Says that this browser keeps cookies: without, a form's answer is the page itself.
const PROBE: &str = "__Host-keeps";
const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";
/// Long enough to find pen and paper, seconds.
pub(super) const LIFE: i64 = 600;
/// What the sealed text is bound to; texts of cases are bound to `case …`.
const BOUND: &[u8] = b"the page after a form";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// A case was opened: number and code are shown.
    Open,
    /// It was looked at.
    Look,
    /// Its citizen has written.
    Message,
    /// Its citizen has taken it back.
    Withdraw,
    /// The new password is set.
    Password,
}

impl Deed {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Open, "o"),
        (Self::Look, "l"),
        (Self::Message, "m"),
        (Self::Withdraw, "w"),
        (Self::Password, "p"),
    ];
}

/// What was done, and to which case; after a password there is none.
pub(super) struct Kept {
    pub(super) deed: Deed,
    pub(super) proof: Proof,
}

/// Whether the browser keeps what we set.
pub(super) fn can_keep(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE)
}

/// `Set-Cookie` that finds out whether the browser keeps cookies.
pub(super) fn probe() -> HeaderValue {
    set(PROBE, "1", "")
}

/// `Set-Cookie` that forgets.
pub(super) fn forget() -> HeaderValue {
    set(COOKIE, "", "; Max-Age=0")
}

fn set(name: &str, value: &str, age: &str) -> HeaderValue {
    // Base64 and names of keys: always a header's value.
    HeaderValue::from_str(&format!("{name}={value}{ATTRIBUTES}{age}"))
        .unwrap_or(HeaderValue::from_static(""))
}

/// `Set-Cookie` that keeps this; `None` where it cannot be sealed.
pub(super) async fn keep(host: &WorkerHost, kept: &Kept) -> Option<HeaderValue> {
    let text = write(host.clock().now() + LIFE, kept)?;
    let Sealed { kid, nonce, body } = host.sealer().seal(random()?, BOUND, text.as_bytes()).await?;
    let value = format!("{kid}.{}", URL_SAFE_NO_PAD.encode([&nonce[..], &body].concat()));
    Some(set(COOKIE, &value, &format!("; Max-Age={LIFE}")))
}

/// What the browser brings back, while its time lasts.
pub(super) async fn kept(host: &WorkerHost, headers: &HeaderMap) -> Option<Kept> {
    let sealed = sealed(cookie(headers)?)?;
    let text = host.sealer().open(BOUND, &sealed).await?;
    read(str::from_utf8(&text).ok()?, host.clock().now())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|p| p.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

fn sealed(value: &str) -> Option<Sealed> {
    let (kid, rest) = value.split_once('.')?;
    let bytes = URL_SAFE_NO_PAD.decode(rest).ok()?;
    let (nonce, body) = bytes.split_first_chunk()?;
    Some(Sealed { kid: kid.to_owned(), nonce: *nonce, body: body.to_vec() })
}

fn write(until: i64, Kept { deed, proof }: &Kept) -> Option<String> {
    let (_, tag) = Deed::ALL.iter().find(|(known, _)| known == deed)?;
    let number = proof.number.map(|number| number.to_string()).unwrap_or_default();
    let code = proof.code.as_ref().map(ToString::to_string).unwrap_or_default();
    Some(format!("{until} {tag} {number} {code}"))
}

fn read(text: &str, now: i64) -> Option<Kept> {
    let mut parts = text.split(' ');
    let (until, tag) = (parts.next()?.parse::<i64>().ok()?, parts.next()?);
    let (deed, _) = Deed::ALL.into_iter().find(|(_, known)| *known == tag)?;
    let number = CaseNumber::parse(parts.next()?);
    let code = LookupCode::parse(parts.next()?);
    (now < until).then_some(Kept { deed, proof: Proof { number, code } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> Kept {
        let proof = Proof {
            number: CaseNumber::parse("HS-0A1B-2C3D"),
            code: LookupCode::parse("ABCD-EFGH-JKMN-PQRS"),
        };
        Kept { deed: Deed::Open, proof }
    }

    #[test]
    fn what_was_kept_is_read_back_until_its_time_is_over() {
        for (deed, _) in Deed::ALL {
            let text = write(600, &Kept { deed, ..opened() }).unwrap();
            let kept = read(&text, 599).unwrap();
            assert_eq!(kept.deed, deed);
            assert_eq!(kept.proof.number, opened().proof.number);
            assert_eq!(kept.proof.code.unwrap().to_string(), "ABCD-EFGH-JKMN-PQRS");
            assert!(read(&text, 600).is_none());
        }
        let none = Kept { deed: Deed::Password, proof: Proof { number: None, code: None } };
        assert!(read(&write(600, &none).unwrap(), 0).unwrap().proof.code.is_none());
    }

    #[test]
    fn the_cookie_is_found_among_others_and_junk_is_none() {
        let mut headers = HeaderMap::new();
        assert!(!can_keep(&headers) && cookie(&headers).is_none());
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; __Host-case=k1.AAAA; c"));
        assert_eq!(cookie(&headers), Some("k1.AAAA"));
        for junk in ["", "k1", "k1.", "k1.AAAA", "k1.%%%", ".AAAAAAAAAAAA"] {
            assert!(sealed(junk).is_none(), "{junk}");
        }
        for junk in ["", "x o HS", "99 o", "99 ? HS-0A1B-2C3D x"] {
            assert!(read(junk, 0).is_none(), "{junk}");
        }
    }

    #[test]
    fn no_script_reads_the_cookie_and_no_other_site_sends_it() {
        let [probe, forget] = [probe(), forget()].map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(probe, "__Host-keeps=1; Path=/; Secure; HttpOnly; SameSite=Strict");
        assert_eq!(forget, "__Host-case=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    }
}
