//! The rules of account recovery, without any IO.
//!
//! What it is: the newtypes that a handler parses into ([`identifier`], [`email`],
//! [`phone`], [`code`], [`mod@password`]), the wire types of the contract ([`api`]), and
//! behind the feature `flow` the decisions themselves: a service over traits for
//! store, accounts, clock, randomness, hashing and mail. Each decision is one batch
//! of writes that happens whole or not at all, and one reply.
//!
//! What it is not: it opens no socket, reads no clock, draws no random number and
//! knows no database. The Worker's adapters do; the feature `testing` brings a whole
//! host in memory, and the contract suite that every store has to pass.
//!
//! ```
//! use recovery::identifier::Identifier;
//!
//! let card = Identifier::parse("HC 4 01 9000000001")?;
//! assert_eq!(card.normal(), "9000000001");
//! # Ok::<(), recovery::identifier::IdentifierError>(())
//! ```
#![warn(missing_docs)]

pub mod api;
#[cfg(feature = "captcha")]
pub mod captcha;
pub mod case_api;
pub mod code;
#[cfg(feature = "flow")]
pub mod desk;
pub mod email;
pub mod figures_api;
#[cfg(feature = "flow")]
pub mod flow;
pub mod headers;
#[cfg(any(feature = "flow", feature = "captcha"))]
mod hex;
pub mod identifier;
pub mod locale;
#[cfg(feature = "flow")]
pub mod message;
pub mod password;
pub mod phone;
pub mod sms;
pub mod sms_link;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
#[cfg(feature = "flow")]
mod unicode;
#[cfg(feature = "flow")]
pub mod webhook;
