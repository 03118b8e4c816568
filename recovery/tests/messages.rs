//! What messages to people say, and what no value in them can do.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "messages/fixtures.rs"]
mod fixtures;
#[path = "messages/golden.rs"]
mod golden;
#[path = "messages/hostile.rs"]
mod hostile;
#[path = "messages/structure.rs"]
mod structure;
#[path = "messages/transport.rs"]
mod transport;
