//! The captcha: proof of work in the ALTCHA v2 format, or Cloudflare Turnstile.
//!
//! A proof of work is friction, never the limiter: `docs/captcha.md` says why, and where the
//! figures come from. Nothing here keeps state: the caller spends [`Solved::nonce`] once, in a
//! statement of its own, and keeps it until [`Solved::expires_at`].
//!
//! The published `altcha` crate is not used: it reads the clock and draws randomness itself
//! (`recovery` does neither), lets unknown members through, and skips the derivation where a key
//! signature is present.

mod hex;
mod keys;
mod policy;
pub mod protocol;
pub mod turnstile;

pub use hex::Hex;
pub use keys::{CaptchaKey, CaptchaKeys, InvalidKey, KeyId};
pub use policy::{CaptchaPolicy, Form, InvalidPolicy, Level, MAX_TTL_SECONDS};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use protocol::{Algorithm, CanonicalData, KEY_LENGTH, Parameters, Payload, SignedChallenge};
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq;

/// Random bytes one challenge takes: nonce (16), salt (16), counter (8).
pub const RANDOM_BYTES: usize = 40;

/// Longest payload that is looked at, in bytes. The contract of the HTTP calls.
pub const MAX_PAYLOAD_BYTES: usize = 8 * 1024;

/// Bytes of the derived key that the challenge shows; the solver must find the others.
const PREFIX_BYTES: usize = KEY_LENGTH as usize / 2;

/// A challenge of ours: serializes as the ALTCHA JSON that `GET /api/v1/captcha` answers.
pub type Challenge = SignedChallenge<Binding>;

/// What a challenge is bound to, in its signed `data` member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The form it may be used for.
    pub form: Form,
    /// The key that signed it.
    pub key: KeyId,
    /// How much work it asked for.
    pub level: Level,
    /// The highest counter it can have: tells the solver how far along it is.
    pub max: u32,
}

impl CanonicalData for Binding {
    fn canonical(&self) -> String {
        // A key id needs no escaping by its own rules.
        format!(
            r#"{{"form":"{}","key":"{}","level":{},"max":{}}}"#,
            self.form.as_str(),
            self.key.as_str(),
            self.level.get(),
            self.max
        )
    }
}

/// A good solution. It is used up when the caller has stored its nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solved {
    /// Lower-case hex, 32 digits: unique per challenge. Spend it, refuse a second use.
    pub nonce: String,
    /// Unix seconds. From this second on the challenge is refused anyway, and the nonce can be
    /// forgotten.
    pub expires_at: i64,
    /// How much work it took: more may be demanded for an identifier that is asked about often.
    pub level: Level,
}

/// Why a payload was refused. For logs and counters only: callers answer all of them alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Longer than [`MAX_PAYLOAD_BYTES`].
    TooLong,
    /// Not standard base64 with padding.
    NotBase64,
    /// Not the JSON of an ALTCHA v2 payload for `PBKDF2/SHA-256`, as [`protocol`] reads it.
    Malformed,
    /// Signed with a key we do not (or no longer) know.
    UnknownKey,
    /// The signature is not ours, or a signed member was changed.
    BadSignature,
    /// The challenge's time is over.
    Expired,
    /// The challenge lives longer than any policy allows.
    LivesTooLong,
    /// The challenge was issued for another form.
    WrongForm,
    /// More work is demanded by now.
    LevelTooLow,
    /// Below the minimum, or above what the verifier is ready to spend.
    CostOutOfRange,
    /// Key length or prefix are not those of a challenge we issue.
    UnexpectedShape,
    /// The derived key is not the one the server picked.
    WrongKey,
    /// The derived key does not belong to the counter.
    WrongCounter,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "captcha payload too long",
            Self::NotBase64 => "captcha payload is not base64",
            Self::Malformed => "captcha payload is malformed",
            Self::UnknownKey => "captcha signed with an unknown key",
            Self::BadSignature => "captcha signature does not match",
            Self::Expired => "captcha expired",
            Self::LivesTooLong => "captcha lives longer than allowed",
            Self::WrongForm => "captcha issued for another form",
            Self::LevelTooLow => "captcha level too low",
            Self::CostOutOfRange => "captcha cost out of range",
            Self::UnexpectedShape => "captcha has an unexpected key length or prefix",
            Self::WrongKey => "captcha solution is wrong",
            Self::WrongCounter => "captcha counter does not give the key",
        })
    }
}

impl std::error::Error for Rejected {}

/// Issues a challenge in ALTCHA's deterministic mode.
///
/// The server picks the counter uniformly from `0..=policy.max_counter(level)`, which bounds the
/// solver's time; there is no minimum, because one only burdens honest people. Costs one
/// derivation of `policy.cost` iterations. `now` is in unix seconds; `random` must come from a
/// cryptographic generator and be fresh for every call.
pub fn issue(
    keys: &CaptchaKeys,
    policy: &CaptchaPolicy,
    form: Form,
    level: Level,
    now: i64,
    random: [u8; RANDOM_BYTES],
) -> Challenge {
    let mut nonce = [0; 16];
    let mut salt = [0; 16];
    let mut pick = [0; 8];
    nonce.copy_from_slice(&random[..16]);
    salt.copy_from_slice(&random[16..32]);
    pick.copy_from_slice(&random[32..]);

    let key = keys.current();
    let cost = policy.issued_cost();
    let max = policy.max_counter(level);
    let counter = scale(u64::from_be_bytes(pick), max);
    let derived = protocol::derive_key(&nonce, &salt, cost, counter);
    let parameters = Parameters {
        algorithm: Algorithm::Pbkdf2Sha256,
        cost,
        data: Some(Binding { form, key: key.id().clone(), level, max }),
        expires_at: now.saturating_add(policy.issued_ttl()),
        key_length: KEY_LENGTH,
        key_prefix: Hex(derived[..PREFIX_BYTES].to_vec()),
        key_signature: Some(Hex(key.sign_derived_key(&derived))),
        nonce: Hex(nonce),
        salt: Hex(salt),
    };
    let signature = Hex(key.sign(&parameters));
    SignedChallenge { parameters, signature }
}

/// Maps 64 random bits to `0..=max`. The bias is below 2⁻³².
fn scale(random: u64, max: u32) -> u32 {
    let wide = u128::from(random) * (u128::from(max) + 1);
    u32::try_from(wide >> 64).unwrap_or(max)
}

/// Checks the base64 payload of a form.
///
/// In this order, cheapest and least forgeable first: size, format, signature, expiry, form,
/// level, cost, shape, the key the server picked, and only then one derivation for the counter.
/// Nobody who has not done the work makes the server derive. `now` is in unix seconds.
pub fn verify(
    keys: &CaptchaKeys,
    policy: &CaptchaPolicy,
    form: Form,
    required_level: Level,
    now: i64,
    payload: &str,
) -> Result<Solved, Rejected> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(Rejected::TooLong);
    }
    let json = STANDARD.decode(payload).map_err(|_| Rejected::NotBase64)?;
    let Payload { challenge, solution } =
        serde_json::from_slice::<Payload<Binding>>(&json).map_err(|_| Rejected::Malformed)?;
    let parameters = &challenge.parameters;
    let binding = parameters.data.as_ref().ok_or(Rejected::Malformed)?;

    let key = keys.find(&binding.key).ok_or(Rejected::UnknownKey)?;
    if !equal(&key.sign(parameters), &challenge.signature.0) {
        return Err(Rejected::BadSignature);
    }

    // Not `<=`: the nonce may be forgotten from this very second on.
    if now >= parameters.expires_at {
        return Err(Rejected::Expired);
    }
    if parameters.expires_at > now.saturating_add(MAX_TTL_SECONDS) {
        return Err(Rejected::LivesTooLong);
    }
    if binding.form != form {
        return Err(Rejected::WrongForm);
    }
    if binding.level < required_level {
        return Err(Rejected::LevelTooLow);
    }
    if !(policy.min_cost..=policy.max_cost).contains(&parameters.cost) {
        return Err(Rejected::CostOutOfRange);
    }
    let Some(Hex(key_signature)) = parameters.key_signature else {
        return Err(Rejected::UnexpectedShape);
    };
    if parameters.key_length != KEY_LENGTH || parameters.key_prefix.0.len() != PREFIX_BYTES {
        return Err(Rejected::UnexpectedShape);
    }

    let claimed = &solution.derived_key.0;
    if !equal(&key.sign_derived_key(claimed), &key_signature) {
        return Err(Rejected::WrongKey);
    }
    let derived = parameters.derive(solution.counter);
    if !equal(&derived, claimed) {
        return Err(Rejected::WrongCounter);
    }
    if !equal(&derived[..PREFIX_BYTES], &parameters.key_prefix.0) {
        return Err(Rejected::WrongKey);
    }
    let level = binding.level;
    Ok(Solved { nonce: parameters.nonce.to_string(), expires_at: parameters.expires_at, level })
}

/// Compares in a time that depends on the lengths alone.
fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}
