//! The ten attacks of requirements, Appendix 1, each under its name and number.

use recovery::captcha::{
    CaptchaKeys, CaptchaPolicy, Form, Hex, Level, MAX_TTL_SECONDS, Rejected, Solved, issue,
    protocol::{Solution, derive_key},
    verify,
};
use serde_json::{Value, json};
use std::{collections::HashSet, sync::Mutex, thread};

use crate::support::{
    NOW, POLICY, check, encode, issued, key, keys, payload_value, random, solve, solved_payload,
};

/// Where the caller spends nonces: D1's unique constraint in the service, a set here.
#[derive(Default)]
struct Spent(Mutex<HashSet<String>>);

impl Spent {
    fn spend(&self, solved: Solved) -> bool {
        self.0.lock().unwrap().insert(solved.nonce)
    }
}

#[test]
fn attack_01_replay_of_one_solution_is_spent_once() {
    let payload = solved_payload(&issued(Form::Email, 0, 1));
    let spent = Spent::default();
    assert!(spent.spend(check(&payload, NOW).unwrap()));
    assert!(!spent.spend(check(&payload, NOW).unwrap()));
}

#[test]
fn attack_01_replay_of_a_thousand_in_parallel_is_spent_once() {
    let payload = solved_payload(&issued(Form::Email, 0, 1));
    let spent = Spent::default();
    let accepted: usize = thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..125).filter(|_| spent.spend(check(&payload, NOW).unwrap())).count()
                })
            })
            .collect();
        tries.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(accepted, 1);
}

#[test]
fn attack_01_replay_in_another_spelling_has_the_same_nonce() {
    let challenge = issued(Form::Email, 0, 1);
    let mut other = payload_value(&challenge, &solve(&challenge));
    other["solution"]["time"] = json!(99);
    let first = check(&solved_payload(&challenge), NOW).unwrap();
    let second = check(&encode(&other), NOW).unwrap();
    assert_eq!(first, second);
}

#[test]
fn attack_01_replay_after_the_nonce_was_forgotten_is_expired() {
    let payload = solved_payload(&issued(Form::Email, 0, 1));
    let expires_at = check(&payload, NOW).unwrap().expires_at;
    assert!(check(&payload, expires_at - 1).is_ok());
    assert_eq!(check(&payload, expires_at), Err(Rejected::Expired));
}

#[test]
fn attack_02_a_stockpile_expires() {
    let payload = solved_payload(&issued(Form::Email, 0, 1));
    assert_eq!(check(&payload, NOW + 300), Err(Rejected::Expired));
    assert_eq!(check(&payload, i64::MAX), Err(Rejected::Expired));
}

#[test]
fn attack_02_no_setting_lets_a_stockpile_live_longer_than_ten_minutes() {
    let careless = CaptchaPolicy { ttl_seconds: u32::MAX, ..POLICY };
    assert!(careless.check().is_err());
    let challenge = issue(&keys(), &careless, Form::Email, Level::LOWEST, NOW, random(1));
    assert_eq!(challenge.parameters.expires_at, NOW + MAX_TTL_SECONDS);

    // One that was signed elsewhere with our key, for a longer life.
    let early = NOW - 1;
    let payload = solved_payload(&challenge);
    assert_eq!(check(&payload, early), Err(Rejected::LivesTooLong));
}

#[test]
fn attack_02_the_expiry_cannot_be_moved() {
    let challenge = issued(Form::Email, 0, 1);
    let mut payload = payload_value(&challenge, &solve(&challenge));
    payload["challenge"]["parameters"]["expiresAt"] = json!(NOW + 500);
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::BadSignature));
    payload["challenge"]["parameters"].as_object_mut().unwrap().remove("expiresAt");
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed));
}

#[test]
fn attack_03_zero_work_with_a_key_that_only_has_the_prefix_is_refused() {
    let challenge = issued(Form::Email, 0, 1);
    let mut forged = [0; 32];
    forged[..16].copy_from_slice(&challenge.parameters.key_prefix.0);
    for counter in 0..=POLICY.max_counter {
        let solution = Solution { counter, derived_key: Hex(forged), time: None };
        let payload = encode(&payload_value(&challenge, &solution));
        assert_eq!(check(&payload, NOW), Err(Rejected::WrongKey));
    }
}

#[test]
fn attack_03_zero_work_with_an_honest_key_of_a_wrong_counter_is_refused() {
    let challenge = issued(Form::Email, 0, 1);
    let right = solve(&challenge).counter;
    for counter in (0..=POLICY.max_counter).filter(|&c| c != right) {
        let solution = Solution {
            counter,
            derived_key: Hex(challenge.parameters.derive(counter)),
            time: None,
        };
        let payload = encode(&payload_value(&challenge, &solution));
        assert_eq!(check(&payload, NOW), Err(Rejected::WrongKey));
    }
}

#[test]
fn attack_03_zero_work_with_an_emptied_prefix_key_or_signature_is_refused() {
    let challenge = issued(Form::Email, 0, 1);
    let honest = payload_value(&challenge, &solve(&challenge));
    for (path, refusal) in [
        ("/challenge/parameters/keyPrefix", Rejected::BadSignature),
        ("/challenge/parameters/keySignature", Rejected::Malformed),
        ("/challenge/signature", Rejected::Malformed),
        ("/solution/derivedKey", Rejected::Malformed),
    ] {
        let mut payload = honest.clone();
        *payload.pointer_mut(path).unwrap() = json!("");
        assert_eq!(check(&encode(&payload), NOW), Err(refusal), "{path}");
    }
}

#[test]
fn attack_04_digits_cannot_be_spliced_between_members() {
    // In v1 digits could move between a text's end and the number after it. In v2 all signed
    // members are separate JSON values; moving a digit from one to the next changes the bytes.
    let challenge = issued(Form::Email, 0, 1);
    let honest = payload_value(&challenge, &solve(&challenge));
    let mut payload = honest.clone();
    payload["challenge"]["parameters"]["cost"] = json!(2);
    payload["challenge"]["parameters"]["keyLength"] = json!(320);
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::BadSignature));

    let mut payload = honest;
    let parameters = &mut payload["challenge"]["parameters"];
    let salt = parameters["salt"].as_str().unwrap().to_owned();
    let nonce = parameters["nonce"].as_str().unwrap().to_owned();
    parameters["nonce"] = json!(format!("{nonce}{}", &salt[..2]));
    parameters["salt"] = json!(&salt[2..]);
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed));
}

#[test]
fn attack_05_an_older_cheaper_challenge_of_ours_is_refused() {
    let cheap = CaptchaPolicy { cost: 9, min_cost: 1, ..POLICY };
    let challenge = issue(&keys(), &cheap, Form::Email, Level::LOWEST, NOW, random(1));
    let payload = solved_payload(&challenge);
    assert_eq!(check(&payload, NOW), Err(Rejected::CostOutOfRange));
}

#[test]
fn attack_05_the_cost_cannot_be_lowered() {
    let challenge = issued(Form::Email, 0, 1);
    let mut payload = payload_value(&challenge, &solve(&challenge));
    payload["challenge"]["parameters"]["cost"] = json!(10);
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::BadSignature));
}

#[test]
fn attack_05_a_challenge_of_a_lower_level_is_refused_where_more_is_demanded() {
    for (level, required) in [(0, 1), (1, 3), (2, 3)] {
        let payload = solved_payload(&issued(Form::Email, level, 1));
        let verdict =
            verify(&keys(), &POLICY, Form::Email, Level::clamped(required), NOW, &payload);
        assert_eq!(verdict, Err(Rejected::LevelTooLow));
    }
    let more = solved_payload(&issued(Form::Email, 3, 1));
    assert!(check(&more, NOW).is_ok());
}

#[test]
fn attack_06_algorithm_confusion_does_not_parse() {
    let challenge = issued(Form::Email, 0, 1);
    let honest = payload_value(&challenge, &solve(&challenge));
    for algorithm in ["SHA-256", "PBKDF2/SHA-512", "pbkdf2/sha-256", "SCRYPT", "none", ""] {
        let mut payload = honest.clone();
        payload["challenge"]["parameters"]["algorithm"] = json!(algorithm);
        assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed));
    }
}

#[test]
fn attack_06_unknown_members_do_not_parse() {
    let challenge = issued(Form::Email, 0, 1);
    let honest = payload_value(&challenge, &solve(&challenge));
    for place in
        ["", "/challenge", "/challenge/parameters", "/challenge/parameters/data", "/solution"]
    {
        for (name, value) in [("salt2", json!("x")), ("memoryCost", json!(0)), ("number", json!(5))]
        {
            let mut payload = honest.clone();
            let object = payload.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
            object.insert(name.to_owned(), value);
            assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed), "{place}/{name}");
        }
    }
}

#[test]
fn attack_06_a_member_given_twice_does_not_parse() {
    let challenge = issued(Form::Email, 0, 1);
    let honest = payload_value(&challenge, &solve(&challenge)).to_string();
    let twice = honest.replacen("\"cost\":20", "\"cost\":20,\"cost\":20", 1);
    assert_ne!(honest, twice);
    let payload = data_encoding::BASE64.encode(twice.as_bytes());
    assert_eq!(check(&payload, NOW), Err(Rejected::Malformed));
}

#[test]
fn attack_07_a_solution_for_one_form_is_refused_by_the_others() {
    let forms = [Form::Email, Form::Case, Form::Session];
    for issued_for in forms {
        let payload = solved_payload(&issued(issued_for, 0, 1));
        for used_for in forms {
            let verdict = verify(&keys(), &POLICY, used_for, Level::LOWEST, NOW, &payload);
            if used_for == issued_for {
                assert!(verdict.is_ok());
            } else {
                assert_eq!(verdict, Err(Rejected::WrongForm));
            }
        }
    }
}

#[test]
fn attack_07_the_form_cannot_be_changed_or_dropped() {
    let challenge = issued(Form::Case, 0, 1);
    let honest = payload_value(&challenge, &solve(&challenge));
    let mut payload = honest.clone();
    payload["challenge"]["parameters"]["data"]["form"] = json!("email");
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::BadSignature));
    let mut payload = honest;
    payload["challenge"]["parameters"].as_object_mut().unwrap().remove("data");
    assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed));
}

#[test]
fn attack_08_a_cost_that_would_exhaust_the_verifier_is_refused_before_deriving() {
    let costly = CaptchaPolicy { cost: 41, max_cost: 100_000, ..POLICY };
    let challenge = issue(&keys(), &costly, Form::Email, Level::LOWEST, NOW, random(1));
    let payload = solved_payload(&challenge);
    assert_eq!(check(&payload, NOW), Err(Rejected::CostOutOfRange));

    let unsigned = |cost: u32| {
        let mut value = payload_value(&challenge, &solve(&challenge));
        value["challenge"]["parameters"]["cost"] = json!(cost);
        encode(&value)
    };
    // A single derivation at this cost would take longer than anyone waits for a test.
    let forged = unsigned(u32::MAX);
    for _ in 0..1_000 {
        assert_eq!(check(&forged, NOW), Err(Rejected::BadSignature));
    }
}

#[test]
fn attack_08_every_cheap_check_comes_before_the_key_is_looked_at() {
    // All of these carry a wrong key as well. The reason given shows what was checked first.
    let challenge = issued(Form::Case, 0, 1);
    let wrong = Solution { counter: 0, derived_key: Hex([7; 32]), time: None };
    let payload = encode(&payload_value(&challenge, &wrong));
    let verdict = |form, level, now| verify(&keys(), &POLICY, form, level, now, &payload);
    assert_eq!(verdict(Form::Email, Level::HIGHEST, NOW + 300), Err(Rejected::Expired));
    assert_eq!(verdict(Form::Email, Level::HIGHEST, NOW), Err(Rejected::WrongForm));
    assert_eq!(verdict(Form::Case, Level::HIGHEST, NOW), Err(Rejected::LevelTooLow));
    assert_eq!(verdict(Form::Case, Level::LOWEST, NOW), Err(Rejected::WrongKey));
}

#[test]
fn attack_08_an_oversized_payload_is_not_even_decoded() {
    let payload = "A".repeat(8 * 1024 + 1);
    assert_eq!(check(&payload, NOW), Err(Rejected::TooLong));
    assert_eq!(check(&payload[1..], NOW), Err(Rejected::Malformed));
}

#[test]
fn attack_09_faster_hardware_gains_work_but_never_a_second_use() {
    // A GPU farm solves as many challenges as it likes: each is good for one request and no more,
    // and knows nothing about the next. Limits stand elsewhere.
    let spent = Spent::default();
    let accepted = (0..50)
        .flat_map(|seed| {
            let payload = solved_payload(&issued(Form::Email, 0, seed));
            [payload.clone(), payload]
        })
        .filter(|payload| spent.spend(check(payload, NOW).unwrap()))
        .count();
    assert_eq!(accepted, 50);
}

#[test]
fn attack_09_salt_and_nonce_leave_nothing_to_compute_in_advance() {
    let (a, b) = (issued(Form::Email, 0, 1), issued(Form::Email, 0, 2));
    assert_ne!(a.parameters.nonce, b.parameters.nonce);
    assert_ne!(a.parameters.salt, b.parameters.salt);
    let (nonce, salt) = (&a.parameters.nonce.0, &a.parameters.salt.0);
    let key = derive_key(nonce, salt, 20, 3);
    assert_ne!(key, derive_key(&b.parameters.nonce.0, salt, 20, 3));
    assert_ne!(key, derive_key(nonce, &b.parameters.salt.0, 20, 3));
}

#[test]
fn attack_10_there_is_no_minimum_counter_that_burdens_only_honest_people() {
    let counter_at = |pick: u64| {
        let mut bytes = random(1);
        bytes[32..].copy_from_slice(&pick.to_be_bytes());
        solve(&issue(&keys(), &POLICY, Form::Email, Level::LOWEST, NOW, bytes)).counter
    };
    assert_eq!(counter_at(0), 0);
    assert_eq!(counter_at(u64::MAX), POLICY.max_counter);
    // Uniform: each of the 16 counters has a sixteenth of the random numbers.
    for counter in 0..=POLICY.max_counter {
        let first = u64::from(counter) << 60;
        assert_eq!(counter_at(first), counter);
        assert_eq!(counter_at(first | ((1 << 60) - 1)), counter);
    }
}

#[test]
fn a_challenge_of_the_previous_key_is_accepted_until_that_key_is_dropped() {
    let before = CaptchaKeys::new(key("k1"), None).unwrap();
    let challenge = issue(&before, &POLICY, Form::Email, Level::LOWEST, NOW, random(1));
    let payload = solved_payload(&challenge);
    assert!(check(&payload, NOW).is_ok());

    let after = CaptchaKeys::new(key("k3"), Some(key("k2"))).unwrap();
    let verdict = verify(&after, &POLICY, Form::Email, Level::LOWEST, NOW, &payload);
    assert_eq!(verdict, Err(Rejected::UnknownKey));
}

#[test]
fn a_key_of_the_same_name_with_another_secret_is_refused() {
    let payload = solved_payload(&issued(Form::Email, 0, 1));
    let impostor = recovery::captcha::CaptchaKey::new("k2", &[9; 32]).unwrap();
    let keys = CaptchaKeys::new(impostor, None).unwrap();
    let verdict = verify(&keys, &POLICY, Form::Email, Level::LOWEST, NOW, &payload);
    assert_eq!(verdict, Err(Rejected::BadSignature));
}
