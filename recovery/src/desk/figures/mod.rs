//! Figures about all channels: for supervisors, and without small numbers for everybody.
//!
//! What is read are counts by day and durations by step ([`store`]): the database adds to them
//! as records come into the audit, so that a page costs the same whether there were a hundred
//! recoveries or a million, and figures outlive the recoveries that they are about.

pub mod csv;
pub mod period;
pub mod public;
pub mod report;
pub mod resend;
pub mod store;
pub mod suppress;
pub mod times;

/// The channels in the order in which they are shown.
pub const CHANNELS: [crate::flow::store::Channel; 3] = [
    crate::flow::store::Channel::Email,
    crate::flow::store::Channel::Sms,
    crate::flow::store::Channel::Desk,
];
