//! Our issuer and verifier for other programs' tests: JSON lines in, one JSON line out for each.
//!
//! `{"op":"secrets"}`, `{"op":"issue","form","level","now","random"}` (80 hex digits),
//! `{"op":"verify","form","level","now","payload"}`. The secret is fixed and synthetic; the policy
//! is the default one.

use recovery::captcha::{
    CaptchaKey, CaptchaKeys, CaptchaPolicy, Form, Hex, Level, RANDOM_BYTES, issue, verify,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    error::Error,
    io::{BufRead, Write, stdin, stdout},
};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Request {
    Secrets,
    Issue { form: Form, level: Level, now: i64, random: Hex<[u8; RANDOM_BYTES]> },
    Verify { form: Form, level: Level, now: i64, payload: String },
}

fn main() -> Result<(), Box<dyn Error>> {
    let key = CaptchaKey::new("k1", b"synthetic secret, for tests only")?;
    let keys = CaptchaKeys::new(key, None)?;
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let answer = answer(&keys, serde_json::from_str(&line?)?)?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(keys: &CaptchaKeys, request: Request) -> Result<Value, serde_json::Error> {
    let policy = CaptchaPolicy::default();
    Ok(match request {
        Request::Secrets => json!({
            "key": keys.current().id(),
            "signature": keys.current().signature_secret(),
            "keySignature": keys.current().key_signature_secret(),
        }),
        Request::Issue { form, level, now, random } => {
            serde_json::to_value(issue(keys, &policy, form, level, now, random.0))?
        }
        Request::Verify { form, level, now, payload } => {
            match verify(keys, &policy, form, level, now, &payload) {
                Ok(solved) => json!({"nonce": solved.nonce, "expiresAt": solved.expires_at}),
                Err(rejected) => json!({"rejected": format!("{rejected:?}")}),
            }
        }
    })
}
