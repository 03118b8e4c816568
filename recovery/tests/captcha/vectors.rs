//! `tests/vectors/altcha_vectors.json`, made by running altcha-lib 2.8.0.

use data_encoding::BASE64;
use recovery::captcha::{
    Rejected,
    protocol::{CanonicalData, Payload, hmac_sha256},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

use crate::support::{NOW, check};

/// The secrets the vectors were made with.
const SIGNATURE_SECRET: &[u8] = b"sig-secret";
const KEY_SIGNATURE_SECRET: &[u8] = b"key-secret";

/// `data` as the vectors have it: anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AnyData(BTreeMap<String, Value>);

impl CanonicalData for AnyData {
    fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap()
    }
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/altcha_vectors.json")).unwrap()
}

fn payload(name: &str) -> Payload<AnyData> {
    let vectors = vectors();
    let base64 = vectors[name]["payload_b64"].as_str().unwrap();
    serde_json::from_slice(&BASE64.decode(base64.as_bytes()).unwrap()).unwrap()
}

#[test]
fn the_canonical_form_is_that_of_the_reference() {
    for name in ["v2_pbkdf2_random", "v2_pbkdf2_deterministic"] {
        let parameters = payload(name).challenge.parameters;
        assert_eq!(vectors()[name]["canonical"], parameters.canonical());
    }
}

#[test]
fn the_challenge_in_the_file_is_the_one_in_the_payload() {
    for name in ["v2_pbkdf2_random", "v2_pbkdf2_deterministic"] {
        let ours = serde_json::to_value(payload(name)).unwrap();
        assert_eq!(vectors()[name]["challenge"], ours["challenge"]);
        assert_eq!(vectors()[name]["solution"], ours["solution"]);
    }
}

#[test]
fn the_signature_is_that_of_the_reference() {
    for name in ["v2_pbkdf2_random", "v2_pbkdf2_deterministic"] {
        let challenge = payload(name).challenge;
        let ours = challenge.parameters.signature(SIGNATURE_SECRET);
        assert_eq!(ours, challenge.signature.0, "{name}");
    }
}

#[test]
fn the_derived_key_is_that_of_the_reference() {
    for name in ["v2_pbkdf2_random", "v2_pbkdf2_deterministic"] {
        let Payload { challenge, solution } = payload(name);
        let ours = challenge.parameters.derive(solution.counter);
        assert_eq!(ours, solution.derived_key.0, "{name}");
        assert!(ours.starts_with(&challenge.parameters.key_prefix.0));
    }
}

#[test]
fn the_key_signature_is_that_of_the_reference() {
    let Payload { challenge, solution } = payload("v2_pbkdf2_deterministic");
    let ours = hmac_sha256(KEY_SIGNATURE_SECRET, &solution.derived_key.0);
    assert_eq!(Some(ours), challenge.parameters.key_signature.map(|s| s.0));
}

#[test]
fn an_hmac_key_longer_than_a_block_is_hashed_first() {
    // RFC 4231, test case 6.
    let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
    let mac = hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
    assert_eq!(data_encoding::HEXLOWER.encode(&mac), expected);
}

#[test]
fn challenges_of_another_version_or_algorithm_do_not_parse() {
    let vectors = vectors();
    let v1 = vectors["v1_payload_b64"].as_str().unwrap();
    let iterated_sha = vectors["v2_sha256_random"]["payload_b64"].as_str().unwrap();
    for base64 in [v1, iterated_sha] {
        let json = BASE64.decode(base64.as_bytes()).unwrap();
        assert!(serde_json::from_slice::<Payload<AnyData>>(&json).is_err());
        assert_eq!(check(base64, NOW), Err(Rejected::Malformed));
    }
}

#[test]
fn challenges_not_bound_to_one_of_our_forms_are_refused() {
    for name in ["v2_pbkdf2_random", "v2_pbkdf2_deterministic"] {
        let vectors = vectors();
        let base64 = vectors[name]["payload_b64"].as_str().unwrap();
        assert_eq!(check(base64, NOW), Err(Rejected::Malformed), "{name}");
    }
}

/// The file's `probe` member says what altcha-lib 2.8.0 did with changed payloads.
mod probes {
    use super::*;
    use crate::support::{encode, issued, payload_value, solve};
    use recovery::captcha::Form;

    fn ours() -> Value {
        let challenge = issued(Form::Email, 0, 1);
        payload_value(&challenge, &solve(&challenge))
    }

    #[test]
    fn members_in_another_order_are_fine() {
        let sorted = encode(&ours());
        let reversed = reverse(&ours());
        assert_ne!(sorted, BASE64.encode(reversed.as_bytes()));
        assert!(check(&BASE64.encode(reversed.as_bytes()), NOW).is_ok());
    }

    fn reverse(value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .rev()
                    .map(|(name, value)| format!("\"{name}\": {}", reverse(value)))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            other => other.to_string(),
        }
    }

    #[test]
    fn upper_case_hex_is_refused() {
        for path in [
            "/solution/derivedKey",
            "/challenge/signature",
            "/challenge/parameters/nonce",
            "/challenge/parameters/keyPrefix",
        ] {
            let mut payload = ours();
            let text = payload.pointer_mut(path).unwrap();
            *text = text.as_str().unwrap().to_uppercase().into();
            assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed));
        }
    }

    #[test]
    fn a_payload_without_signature_is_refused() {
        let mut payload = ours();
        payload["challenge"].as_object_mut().unwrap().remove("signature");
        assert_eq!(check(&encode(&payload), NOW), Err(Rejected::Malformed));
    }

    #[test]
    fn the_right_key_with_a_wrong_counter_is_refused_though_the_reference_accepts_it() {
        let mut payload = ours();
        let counter = payload["solution"]["counter"].as_u64().unwrap();
        payload["solution"]["counter"] = (counter + 1).into();
        assert_eq!(check(&encode(&payload), NOW), Err(Rejected::WrongCounter));
    }
}
