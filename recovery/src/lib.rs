//! The rules of account recovery.
#![warn(missing_docs)]

pub mod api;
#[cfg(feature = "captcha")]
pub mod captcha;
pub mod code;
pub mod email;
pub mod identifier;
pub mod locale;
#[cfg(feature = "flow")]
pub mod message;
pub mod password;
pub mod phone;
pub mod text;
#[cfg(feature = "flow")]
pub mod webhook;
