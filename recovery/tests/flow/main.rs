//! The flow as its callers see it, over the in-memory host.
#![expect(clippy::unwrap_used, reason = "tests may; their helpers are not marked as such")]

mod decoys;
mod disown;
mod journey;
mod limits;
mod operation;
mod outbox;
mod sms;
mod sms_limits;
mod sms_races;
mod sms_support;
mod sms_web;
mod support;
mod temporary;
mod text_out;
