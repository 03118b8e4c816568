//! Passwords: what is refused, and why.
//!
//! The names of the reasons and the lengths serve both sides; the checks themselves need Unicode
//! tables and the list of common passwords, and belong to the Worker (feature `flow`).

#[cfg(feature = "flow")]
pub mod common;
#[cfg(feature = "flow")]
mod context;
#[cfg(feature = "flow")]
mod fold;
#[cfg(feature = "flow")]
mod secret;

use std::fmt;

#[cfg(feature = "flow")]
pub use context::ContextWords;
#[cfg(feature = "flow")]
pub use secret::{Password, PasswordRejected, check};

/// Fewest code points of a password, after normalisation to NFC (ASVS 6.2.1).
pub const MIN_LENGTH: usize = 8;
/// Most code points of a password, after normalisation to NFC (ASVS 6.2.9 asks for 64).
pub const MAX_LENGTH: usize = 256;

/// Why a password is refused. There are no rules about kinds of characters (ASVS 6.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Fewer than [`MIN_LENGTH`] code points.
    TooShort,
    /// More than [`MAX_LENGTH`] code points.
    TooLong,
    /// Among the passwords that are tried first: listed, a date, a simple pattern.
    Common,
    /// Too little remains without the person's own data and the words of this service.
    Context,
}

impl Reason {
    /// Every reason, in the order in which they are reported.
    pub const ALL: [Self; 4] = [Self::TooShort, Self::TooLong, Self::Common, Self::Context];

    /// The stable name in the HTTP contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too-short",
            Self::TooLong => "too-long",
            Self::Common => "common",
            Self::Context => "context",
        }
    }

    /// The reason of a stable name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
