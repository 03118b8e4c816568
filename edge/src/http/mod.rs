//! What every request meets before and after its handler: limits on the body,
//! the origin check, problem documents, security headers.

pub mod client;
pub mod headers;
pub mod input;
pub mod json;
pub mod language;
pub mod origin;
pub mod problem;
pub mod query;
