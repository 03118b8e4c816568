//! The desk as people meet it, over the in-memory store.
#![expect(clippy::unwrap_used, reason = "tests may; their helpers are not marked as such")]

mod access;
mod audit;
mod change;
mod citizen;
mod figures;
mod inbox;
mod letters;
mod mail;
mod matrix;
mod officer;
mod oversight;
mod support;
