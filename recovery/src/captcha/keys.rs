//! The keys that sign challenges, and their rotation.

use super::{
    Binding,
    protocol::{Parameters, hmac_sha256},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Fewest bytes of a configured secret.
const MIN_SECRET_BYTES: usize = 32;

/// The name of a key: 1 to 16 of `A-Z a-z 0-9 - _`, so that it needs no escaping anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeyId {
    type Error = InvalidKey;

    fn try_from(id: String) -> Result<Self, InvalidKey> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=16).contains(&id.len()) && id.bytes().all(allowed) {
            Ok(Self(id))
        } else {
            Err(InvalidKey::Id)
        }
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

/// Why a configured key is not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKey {
    /// The id is empty, too long or has other characters than `A-Z a-z 0-9 - _`.
    Id,
    /// The secret is shorter than 32 bytes.
    Secret,
    /// Current and previous key have the same id.
    SameId,
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "a key id is 1 to 16 of A-Z a-z 0-9 - _",
            Self::Secret => "a captcha secret has at least 32 bytes",
            Self::SameId => "current and previous key need different ids",
        })
    }
}

impl std::error::Error for InvalidKey {}

/// One key: its id and the two secrets ALTCHA knows, one for challenges, one for derived keys.
#[derive(Clone)]
pub struct CaptchaKey {
    id: KeyId,
    signature_secret: String,
    key_signature_secret: String,
}

impl CaptchaKey {
    /// Derives both secrets from a configured one of at least 32 random bytes.
    pub fn new(id: &str, secret: &[u8]) -> Result<Self, InvalidKey> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(InvalidKey::Secret);
        }
        Ok(Self {
            id: id.to_owned().try_into()?,
            // Hex, because ALTCHA's own libraries take secrets as text.
            signature_secret: crate::hex::encode(&hmac_sha256(secret, b"altcha signature")),
            key_signature_secret: crate::hex::encode(&hmac_sha256(secret, b"altcha key signature")),
        })
    }

    /// The key's name.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// `hmacSignatureSecret` for another ALTCHA implementation that shall understand ours.
    pub fn signature_secret(&self) -> &str {
        &self.signature_secret
    }

    /// `hmacKeySignatureSecret` for another ALTCHA implementation that shall understand ours.
    pub fn key_signature_secret(&self) -> &str {
        &self.key_signature_secret
    }

    pub(super) fn sign(&self, parameters: &Parameters<Binding>) -> [u8; 32] {
        parameters.signature(self.signature_secret.as_bytes())
    }

    pub(super) fn sign_derived_key(&self, derived: &[u8; 32]) -> [u8; 32] {
        hmac_sha256(self.key_signature_secret.as_bytes(), derived)
    }
}

impl fmt::Debug for CaptchaKey {
    /// Shows the id, never a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptchaKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys in use: the current one signs, the previous one is still accepted.
///
/// After a rotation keep the previous key for the life of a challenge, then drop it.
#[derive(Clone, Debug)]
pub struct CaptchaKeys {
    current: CaptchaKey,
    previous: Option<CaptchaKey>,
}

impl CaptchaKeys {
    /// Fails where both keys have the same id.
    pub fn new(current: CaptchaKey, previous: Option<CaptchaKey>) -> Result<Self, InvalidKey> {
        if previous.as_ref().is_some_and(|key| key.id == current.id) {
            return Err(InvalidKey::SameId);
        }
        Ok(Self { current, previous })
    }

    /// The key that signs.
    pub fn current(&self) -> &CaptchaKey {
        &self.current
    }

    pub(super) fn find(&self, id: &KeyId) -> Option<&CaptchaKey> {
        [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| key.id == *id)
    }
}
