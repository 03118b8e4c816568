//! Nothing that arrives makes the verifier panic, and nothing but a solution is accepted.

use data_encoding::BASE64;
use proptest::{collection::vec, prelude::*, sample::select};
use recovery::captcha::{Form, Level, turnstile};
use serde_json::{Value, json};

use crate::support::{NOW, check, encode, issued, payload_value, solve, solved_payload};

/// Values of every JSON type, and the edges of the types we read.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9a-f]{0,70}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec![json!(-1), json!(4_294_967_296_u64), json!(1e300), json!(u64::MAX)]),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-z]{0,8}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Where a value can be replaced in a payload.
const PLACES: &[&str] = &[
    "/challenge",
    "/challenge/signature",
    "/challenge/parameters",
    "/challenge/parameters/algorithm",
    "/challenge/parameters/cost",
    "/challenge/parameters/data",
    "/challenge/parameters/data/form",
    "/challenge/parameters/data/key",
    "/challenge/parameters/data/level",
    "/challenge/parameters/data/max",
    "/challenge/parameters/expiresAt",
    "/challenge/parameters/keyLength",
    "/challenge/parameters/keyPrefix",
    "/challenge/parameters/keySignature",
    "/challenge/parameters/nonce",
    "/challenge/parameters/salt",
    "/solution",
    "/solution/counter",
    "/solution/derivedKey",
];

proptest! {
    #[test]
    fn any_text_is_refused(text in any::<String>()) {
        prop_assert!(check(&text, NOW).is_err());
    }

    #[test]
    fn any_bytes_in_base64_are_refused(bytes in vec(any::<u8>(), 0..2_000)) {
        prop_assert!(check(&BASE64.encode(&bytes), NOW).is_err());
    }

    #[test]
    fn any_json_is_refused(value in any_json()) {
        prop_assert!(check(&encode(&value), NOW).is_err());
    }

    #[test]
    fn a_solution_with_one_value_replaced_is_refused(
        place in select(PLACES),
        value in any_json(),
    ) {
        let challenge = issued(Form::Email, 0, 1);
        let mut payload = payload_value(&challenge, &solve(&challenge));
        let target = payload.pointer_mut(place).unwrap();
        prop_assume!(*target != value);
        *target = value;
        prop_assert!(check(&encode(&payload), NOW).is_err());
    }

    #[test]
    fn a_solution_with_one_character_replaced_changes_nothing_or_is_refused(
        at in any::<proptest::sample::Index>(),
        with in select(b"ABCxyz019+/=-_ \0".to_vec()),
    ) {
        let payload = solved_payload(&issued(Form::Email, 0, 1));
        let mut bytes = payload.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = with;
        let changed = String::from_utf8(bytes).unwrap();
        // Only the time the solver reports is free to say anything.
        if let Ok(solved) = check(&changed, NOW) {
            prop_assert_eq!(solved, check(&payload, NOW).unwrap());
        }
    }

    #[test]
    fn every_challenge_has_a_solution_that_is_accepted(
        seed in any::<u8>(),
        level in 0..=3_u8,
        form in select(vec![Form::Email, Form::Case, Form::Session]),
    ) {
        let payload = solved_payload(&issued(form, level, seed));
        let verdict = recovery::captcha::verify(
            &crate::support::keys(),
            &crate::support::POLICY,
            form,
            Level::clamped(level),
            NOW,
            &payload,
        );
        prop_assert!(verdict.is_ok());
    }

    #[test]
    fn turnstiles_answer_may_be_anything(body in vec(any::<u8>(), 0..500), value in any_json()) {
        prop_assert!(turnstile::check_answer(&body, "example.vn", Form::Email).is_err());
        let text = value.to_string();
        prop_assert!(turnstile::check_answer(text.as_bytes(), "example.vn", Form::Email).is_err());
    }
}
