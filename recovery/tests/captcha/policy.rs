//! Settings, and what the challenge says on the wire.

use recovery::captcha::{
    CaptchaKey, CaptchaKeys, CaptchaPolicy, Form, InvalidKey, InvalidPolicy, Level, issue,
};
use serde_json::json;

use crate::support::{NOW, POLICY, issued, key, keys, random, solve};

#[test]
fn a_challenge_on_the_wire_is_the_json_altcha_solvers_read() {
    let challenge = issued(Form::Email, 2, 1);
    let wire = serde_json::to_value(&challenge).unwrap();
    let parameters = &wire["parameters"];
    assert_eq!(parameters["algorithm"], "PBKDF2/SHA-256");
    assert_eq!(parameters["cost"], 20);
    assert_eq!(parameters["data"], json!({"form": "email", "key": "k2", "level": 2, "max": 60}));
    assert_eq!(parameters["expiresAt"], NOW + 300);
    assert_eq!(parameters["keyLength"], 32);
    for (member, digits) in [("keyPrefix", 32), ("keySignature", 64), ("nonce", 32), ("salt", 32)] {
        assert_eq!(parameters[member].as_str().unwrap().len(), digits, "{member}");
    }
    assert_eq!(wire["signature"].as_str().unwrap().len(), 64);
}

#[test]
fn each_level_doubles_the_solvers_work_and_leaves_the_servers() {
    for level in 0..=3 {
        let mut bytes = random(1);
        bytes[32..].fill(0xff);
        let level = Level::clamped(level);
        let challenge = issue(&keys(), &POLICY, Form::Email, level, NOW, bytes);
        assert_eq!(solve(&challenge).counter, 15 << level.get());
        assert_eq!(challenge.parameters.cost, POLICY.cost);
    }
}

#[test]
fn the_default_policy_is_sound_at_every_sensible_cost() {
    assert_eq!(CaptchaPolicy::default().check(), Ok(()));
    for cost in [1, 500, 5_000, 100_000] {
        assert_eq!(CaptchaPolicy::with_cost(cost).check(), Ok(()), "{cost}");
    }
}

#[test]
fn a_slip_in_the_configured_cost_does_not_keep_the_server_busy() {
    for (configured, used) in [(0, 1), (100_001, 100_000), (u32::MAX, 100_000)] {
        let policy = CaptchaPolicy::with_cost(configured);
        assert_eq!(policy.check(), Ok(()));
        assert_eq!(policy.cost, used);
    }
    let unchecked = CaptchaPolicy { cost: u32::MAX, max_cost: u32::MAX, ..POLICY };
    let challenge = issue(&keys(), &unchecked, Form::Email, Level::LOWEST, NOW, random(1));
    assert_eq!(challenge.parameters.cost, 100_000);
}

#[test]
fn senseless_policies_are_named() {
    let broken = |change: fn(&mut CaptchaPolicy)| {
        let mut policy = POLICY;
        change(&mut policy);
        policy.check()
    };
    assert_eq!(broken(|p| p.min_cost = 21), Err(InvalidPolicy::Cost));
    assert_eq!(broken(|p| p.max_cost = 19), Err(InvalidPolicy::Cost));
    assert_eq!(broken(|p| p.ttl_seconds = 0), Err(InvalidPolicy::Ttl));
    assert_eq!(broken(|p| p.ttl_seconds = 601), Err(InvalidPolicy::Ttl));
    assert_eq!(broken(|p| p.max_counter = 0), Err(InvalidPolicy::MaxCounter));
    assert_eq!(broken(|p| p.max_counter = u32::MAX), Err(InvalidPolicy::MaxCounter));
}

#[test]
fn weak_secrets_and_unprintable_key_ids_are_refused() {
    assert_eq!(CaptchaKey::new("k1", &[1; 31]).unwrap_err(), InvalidKey::Secret);
    for id in ["", "seventeen-letters", "a\"b", "khoá", "a b"] {
        assert_eq!(CaptchaKey::new(id, &[1; 32]).unwrap_err(), InvalidKey::Id);
    }
    let same = CaptchaKeys::new(key("k1"), Some(key("k1")));
    assert_eq!(same.unwrap_err(), InvalidKey::SameId);
}

#[test]
fn printing_a_key_for_debugging_shows_no_secret() {
    let key = key("k1");
    let printed = format!("{key:?}");
    assert!(printed.contains("k1"));
    assert!(!printed.contains(key.signature_secret()));
    assert!(!printed.contains(key.key_signature_secret()));
}

#[test]
fn a_form_is_read_from_its_word_only() {
    assert_eq!("session".parse(), Ok(Form::Session));
    for word in ["", "Email", "email ", "sms"] {
        assert!(word.parse::<Form>().is_err(), "{word:?}");
    }
}
