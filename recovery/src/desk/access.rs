//! Staff sign in through Cloudflare Access; each request then carries a signed token in
//! `Cf-Access-Jwt-Assertion`. These are the rules by which it is believed.
//!
//! One algorithm, RS256, whatever the token asks for; keys only from the team's own
//! key set, whatever addresses or keys the token's header brings (`jku`, `x5u`, `jwk`,
//! `x5c` are never read); issuer, audience and times are checked after the signature.
//! The signature itself is checked through [`Verifier`]: by `WebCrypto` in the Worker.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// Longest token that is looked at, in bytes. Access's own are about 1 KB.
const LONGEST: usize = 8 * 1024;
/// Clocks may differ by so much where a token begins to be valid, in seconds.
const LEEWAY: i64 = 30;
/// Keys are asked for anew after so long, in seconds.
pub const KEYS_LIVE: i64 = 3_600;
/// For an unknown key the set is asked for again, but not more often than this, in seconds:
/// tokens with invented key ids must not make us a hammer.
pub const ASK_AGAIN: i64 = 60;
/// Bytes of the smallest modulus: 2048 bits (NIST SP 800-131A).
const SMALLEST_MODULUS: usize = 256;

/// Who is believed, and for whom tokens are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPolicy {
    /// `https://<team>.cloudflareaccess.com`, exactly as in `iss`.
    pub issuer: String,
    /// The application's audience tag.
    pub audience: String,
}

/// One public key of the team's set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    /// Its id.
    pub kid: String,
    /// Modulus, base64url as in the set.
    pub n: String,
    /// Exponent, base64url as in the set.
    pub e: String,
}

/// Checks RSASSA-PKCS1-v1_5 with SHA-256.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait Verifier {
    /// Is this the key's signature of the message?
    async fn verify(&self, key: &RsaKey, message: &[u8], signature: &[u8]) -> bool;
}

/// Why a token is not believed. For our log; the caller hears one answer for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disbelief {
    /// Not three parts of base64url with JSON inside, or too long.
    Malformed,
    /// Another algorithm than RS256.
    Algorithm,
    /// The header demands an extension that we do not know.
    Critical,
    /// Signed by no key of the set.
    UnknownKey,
    /// The signature does not fit.
    Signature,
    /// Of another issuer.
    Issuer,
    /// For another application.
    Audience,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYet,
    /// It names no person: a service token, for instance.
    Nobody,
}

impl Disbelief {
    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Critical => "critical",
            Self::UnknownKey => "unknown-key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYet => "not-yet",
            Self::Nobody => "nobody",
        }
    }
}

/// A token taken apart, not believed yet.
pub struct Token<'a> {
    /// Which key it says it is signed with.
    pub kid: String,
    signed: &'a [u8],
    signature: Vec<u8>,
    claims: Vec<u8>,
}

/// Unknown members are ignored, `jku` and its kind among them; a member that stands
/// twice is an error.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    email: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Token<'a> {
    /// Takes the header's value apart.
    pub fn parse(text: &'a str) -> Result<Self, Disbelief> {
        if text.len() > LONGEST {
            return Err(Disbelief::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Disbelief::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Disbelief::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Disbelief::Malformed);
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| Disbelief::Malformed)?;
        if header.alg != "RS256" {
            return Err(Disbelief::Algorithm);
        }
        if header.crit.is_some() {
            return Err(Disbelief::Critical);
        }
        Ok(Self {
            kid: header.kid.ok_or(Disbelief::UnknownKey)?,
            signed: signed.as_bytes(),
            signature: decode(signature)?,
            claims: decode(claims)?,
        })
    }

    /// The email address of the person that the token is about, in lower case.
    pub async fn believe<V: Verifier>(
        &self,
        key: &RsaKey,
        verifier: &V,
        policy: &AccessPolicy,
        now: i64,
    ) -> Result<String, Disbelief> {
        if key.kid != self.kid {
            return Err(Disbelief::UnknownKey);
        }
        if !verifier.verify(key, self.signed, &self.signature).await {
            return Err(Disbelief::Signature);
        }
        let claims: Claims =
            serde_json::from_slice(&self.claims).map_err(|_| Disbelief::Malformed)?;
        if claims.iss != policy.issuer {
            return Err(Disbelief::Issuer);
        }
        let meant = match &claims.aud {
            Audience::One(one) => *one == policy.audience,
            Audience::Many(many) => many.contains(&policy.audience),
        };
        if !meant || policy.audience.is_empty() {
            return Err(Disbelief::Audience);
        }
        if now >= claims.exp {
            return Err(Disbelief::Expired);
        }
        let begins = claims.nbf.into_iter().chain(claims.iat).max().unwrap_or(i64::MIN);
        if now.saturating_add(LEEWAY) < begins {
            return Err(Disbelief::NotYet);
        }
        let email = claims.email.unwrap_or_default().trim().to_lowercase();
        if email.is_empty() { Err(Disbelief::Nobody) } else { Ok(email) }
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    n: String,
    e: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
}

/// The usable keys of a JWKS document: RSA of at least 2048 bits, for RS256 signatures.
/// Keys of other kinds are passed over; `None` where it is no key set.
pub fn read_keys(document: &[u8]) -> Option<Vec<RsaKey>> {
    let set: KeySet = serde_json::from_slice(document).ok()?;
    let usable = set.keys.into_iter().filter_map(|value| {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let fits = jwk.kty == "RSA"
            && jwk.alg.as_deref().is_none_or(|alg| alg == "RS256")
            && jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
        let modulus = URL_SAFE_NO_PAD.decode(&jwk.n).ok()?;
        let long = modulus.iter().skip_while(|byte| **byte == 0).count() >= SMALLEST_MODULUS;
        (fits && long).then_some(RsaKey { kid: jwk.kid, n: jwk.n, e: jwk.e })
    });
    Some(usable.collect())
}

/// The team's keys as last heard.
#[derive(Clone, Debug, Default)]
pub struct KeyCache {
    keys: Vec<RsaKey>,
    heard_at: Option<i64>,
    asked_at: Option<i64>,
}

/// What to do about a key id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// This key.
    Use(RsaKey),
    /// Ask for the set, then look again.
    Ask,
    /// There is no such key.
    Refuse,
}

impl KeyCache {
    /// Looks a key up. A set that could not be renewed is used on for one more
    /// [`KEYS_LIVE`]: staff keep working through a short outage, and a key that was
    /// withdrawn does not live on for ever.
    pub fn look_up(&self, kid: &str, now: i64) -> Lookup {
        let since = |at: Option<i64>| at.map_or(i64::MAX, |at| now.saturating_sub(at));
        let may_ask = since(self.asked_at) >= ASK_AGAIN;
        let age = since(self.heard_at);
        if age >= KEYS_LIVE && may_ask {
            return Lookup::Ask;
        }
        if age >= 2 * KEYS_LIVE {
            return Lookup::Refuse;
        }
        match self.keys.iter().find(|key| key.kid == kid) {
            Some(key) => Lookup::Use(key.clone()),
            None if may_ask => Lookup::Ask,
            None => Lookup::Refuse,
        }
    }

    /// Was no set ever heard?
    pub const fn is_empty(&self) -> bool {
        self.heard_at.is_none()
    }

    /// The set was asked for; `None` where no good answer came.
    pub fn heard(&mut self, keys: Option<Vec<RsaKey>>, now: i64) {
        self.asked_at = Some(now);
        if let Some(keys) = keys {
            self.keys = keys;
            self.heard_at = Some(now);
        }
    }
}
