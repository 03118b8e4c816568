//! The calls of the contract, one file per resource.

mod meta;

pub use meta::META;
