//! The text-message channel's edges: providers of incoming and outgoing texts.
#![expect(clippy::unwrap_used, reason = "tests may; their helpers are not marked as such")]

mod conformance;
mod outgoing;
mod signers;
mod vectors;
