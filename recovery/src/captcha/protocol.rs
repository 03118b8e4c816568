//! The ALTCHA v2 formats and formulas for `PBKDF2/SHA-256`, without any policy.
//!
//! Formats as in altcha-lib 2.8.0, whose vectors stand in `tests/vectors`. What the types accept
//! is what can be computed here: another algorithm, an unknown member, upper-case hex or a wrong
//! length does not parse. Whether a well-formed challenge is *ours* is decided by [`super::verify`].

use super::hex::Hex;
use hmac::{Hmac, Mac, digest::KeyInit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Length of a derived key in bytes: one PBKDF2 block. More would double the verifier's work.
pub const KEY_LENGTH: u32 = 32;

/// A block of SHA-256, the length to which HMAC pads its key.
const BLOCK: usize = 64;

/// The one algorithm this implementation speaks. A single variant makes confusion of versions
/// and algorithms a parse error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// PBKDF2 with HMAC-SHA-256.
    #[serde(rename = "PBKDF2/SHA-256")]
    Pbkdf2Sha256,
}

/// What a challenge's `data` member must be able to do: print itself as canonical JSON.
pub trait CanonicalData {
    /// JSON with keys sorted at every level, no spaces, and no undefined members.
    fn canonical(&self) -> String;
}

/// The signed part of a challenge. Members stand in alphabetical order, as they are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters<D> {
    /// How keys are derived.
    pub algorithm: Algorithm,
    /// PBKDF2 iterations per try.
    pub cost: u32,
    /// What the challenge is bound to.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub data: Option<D>,
    /// Unix seconds. Required here, though the format leaves it optional: see *stockpile* in
    /// `docs/captcha.md`.
    pub expires_at: i64,
    /// Bytes of the derived key.
    pub key_length: u32,
    /// How a right derived key begins.
    pub key_prefix: Hex<Vec<u8>>,
    /// HMAC of the derived key; only in deterministic mode.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub key_signature: Option<Hex<[u8; 32]>>,
    /// Unique per challenge: the beginning of every password, and what a caller spends.
    pub nonce: Hex<[u8; 16]>,
    /// PBKDF2's salt.
    pub salt: Hex<[u8; 16]>,
}

/// `Option::default` without asking for `D: Default`.
fn none<T>() -> Option<T> {
    None
}

/// A signed challenge, as served to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedChallenge<D> {
    /// What is asked.
    pub parameters: Parameters<D>,
    /// HMAC of [`Parameters::canonical`].
    pub signature: Hex<[u8; 32]>,
}

/// What the solver found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Solution {
    /// The try that matched.
    pub counter: u32,
    /// The whole key of that try.
    pub derived_key: Hex<[u8; 32]>,
    /// Milliseconds the solver says it took; never used in a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<f64>,
}

/// What a form submits, in base64.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload<D> {
    /// As it was served.
    pub challenge: SignedChallenge<D>,
    /// As it was found.
    pub solution: Solution,
}

impl<D: CanonicalData> Parameters<D> {
    /// The bytes that are signed: what `JSON.stringify` gives for the parameters with keys sorted
    /// recursively.
    ///
    /// Nothing needs escaping: every string is hex or a fixed word, and `data` prints itself.
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(384);
        // Writing to a String cannot fail.
        let _ = write!(out, r#"{{"algorithm":"PBKDF2/SHA-256","cost":{}"#, self.cost);
        if let Some(data) = &self.data {
            let _ = write!(out, r#","data":{}"#, data.canonical());
        }
        let _ = write!(
            out,
            r#","expiresAt":{},"keyLength":{},"keyPrefix":"{}""#,
            self.expires_at, self.key_length, self.key_prefix
        );
        if let Some(signature) = &self.key_signature {
            let _ = write!(out, r#","keySignature":"{signature}""#);
        }
        let _ = write!(out, r#","nonce":"{}","salt":"{}"}}"#, self.nonce, self.salt);
        out
    }

    /// The signature of these parameters under `secret`.
    pub fn signature(&self, secret: &[u8]) -> [u8; 32] {
        hmac_sha256(secret, self.canonical().as_bytes())
    }
}

impl<D> Parameters<D> {
    /// The key that belongs to one counter. Costs `cost` iterations: check the signature first.
    pub fn derive(&self, counter: u32) -> [u8; 32] {
        derive_key(&self.nonce.0, &self.salt.0, self.cost, counter)
    }
}

/// `PBKDF2(nonce ‖ counter as 4 big-endian bytes, salt, cost)`, 32 bytes.
pub fn derive_key(nonce: &[u8; 16], salt: &[u8; 16], cost: u32, counter: u32) -> [u8; 32] {
    let mut password = [0; 20];
    password[..16].copy_from_slice(nonce);
    password[16..].copy_from_slice(&counter.to_be_bytes());
    let mut key = [0; KEY_LENGTH as usize];
    pbkdf2::pbkdf2_hmac::<Sha256>(&password, salt, cost, &mut key);
    key
}

/// HMAC-SHA-256 under a key of any length.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // Padding the key here, as RFC 2104 says, leaves no error to handle.
    let mut block = [0; BLOCK];
    if let Some(head) = block.get_mut(..key.len()) {
        head.copy_from_slice(key);
    } else {
        block[..32].copy_from_slice(&Sha256::digest(key));
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}
