//! The rules of account recovery.
#![warn(missing_docs)]

pub mod api;
pub mod locale;
