//! A small, cheap captcha and an honest solver.

use data_encoding::BASE64;
use recovery::captcha::{
    CaptchaKey, CaptchaKeys, CaptchaPolicy, Challenge, Form, Hex, Level, RANDOM_BYTES, Rejected,
    Solved, issue,
    protocol::{Payload, Solution},
    verify,
};
use serde_json::Value;

pub(crate) const NOW: i64 = 1_800_000_000;

/// Cheap enough for a debug build.
pub(crate) const POLICY: CaptchaPolicy =
    CaptchaPolicy { cost: 20, min_cost: 10, max_cost: 40, ttl_seconds: 300, max_counter: 15 };

pub(crate) fn key(id: &str) -> CaptchaKey {
    CaptchaKey::new(id, format!("synthetic captcha secret of key {id}").as_bytes()).unwrap()
}

pub(crate) fn keys() -> CaptchaKeys {
    CaptchaKeys::new(key("k2"), Some(key("k1"))).unwrap()
}

/// Different bytes for different seeds; the counter's bytes are the last eight.
pub(crate) fn random(seed: u8) -> [u8; RANDOM_BYTES] {
    std::array::from_fn(|i| {
        let step = u8::try_from(i).unwrap().wrapping_mul(89);
        seed.wrapping_mul(37).wrapping_add(step)
    })
}

pub(crate) fn issued(form: Form, level: u8, seed: u8) -> Challenge {
    issue(&keys(), &POLICY, form, Level::clamped(level), NOW, random(seed))
}

/// What every solver does: count up from 0 until the derived key begins with the prefix.
pub(crate) fn solve(challenge: &Challenge) -> Solution {
    let parameters = &challenge.parameters;
    (0..=1 << 20)
        .map(|counter| Solution {
            counter,
            derived_key: Hex(parameters.derive(counter)),
            time: Some(1.5),
        })
        .find(|found| found.derived_key.0.starts_with(&parameters.key_prefix.0))
        .unwrap()
}

pub(crate) fn payload_value(challenge: &Challenge, solution: &Solution) -> Value {
    serde_json::to_value(Payload { challenge: challenge.clone(), solution: solution.clone() })
        .unwrap()
}

pub(crate) fn encode(value: &Value) -> String {
    BASE64.encode(value.to_string().as_bytes())
}

pub(crate) fn solved_payload(challenge: &Challenge) -> String {
    encode(&payload_value(challenge, &solve(challenge)))
}

/// Verifies for the email form at the lowest level.
pub(crate) fn check(payload: &str, now: i64) -> Result<Solved, Rejected> {
    verify(&keys(), &POLICY, Form::Email, Level::LOWEST, now, payload)
}
