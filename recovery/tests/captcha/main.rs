//! The captcha as its callers see it: vectors of altcha-lib 2.8.0, the attacks of
//! `docs/captcha.md` by name, and junk.

#![expect(clippy::unwrap_used, reason = "a test's helpers may panic like the test itself")]

mod attacks;
mod junk;
mod policy;
mod support;
mod vectors;
