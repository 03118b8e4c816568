//! The text-message channel: what people send, how providers bring it, what is answered.
//!
//! Pure: a provider's request becomes an [`provider::Incoming`] or is refused, a body becomes a
//! [`grammar::Command`], an answer becomes one [`gsm::Segment`]. What a text *does* is decided in
//! `flow::sms`; the calls to providers are the edge's. `docs/sms.md` has the whole picture.

pub mod short;

#[cfg(feature = "flow")]
pub mod grammar;
#[cfg(feature = "flow")]
pub mod gsm;
#[cfg(feature = "flow")]
pub mod provider;
#[cfg(feature = "flow")]
pub mod send;
#[cfg(feature = "flow")]
pub mod source;
#[cfg(feature = "flow")]
pub mod words;
