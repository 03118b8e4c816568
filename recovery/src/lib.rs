//! The rules of account recovery.

pub mod locale;
