//! Tokens good and hostile. Signatures are made with a stand-in for RSA; real ones are made with
//! `jose` and checked by `WebCrypto` in the end-to-end tests.

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use recovery::desk::access::{
    ASK_AGAIN, AccessPolicy, Disbelief, KEYS_LIVE, KeyCache, Lookup, RsaKey, Token, Verifier,
    read_keys,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const NOW: i64 = 1_800_000_000;

fn policy() -> AccessPolicy {
    AccessPolicy { issuer: "https://doi.example.vn".into(), audience: "aud-1".into() }
}

fn key(kid: &str) -> RsaKey {
    RsaKey { kid: kid.into(), n: format!("modulus-{kid}"), e: "AQAB".into() }
}

fn sign(key: &RsaKey, message: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(&key.n);
    hash.update(message);
    hash.finalize().to_vec()
}

struct StandIn;

impl Verifier for StandIn {
    async fn verify(&self, key: &RsaKey, message: &[u8], signature: &[u8]) -> bool {
        sign(key, message) == signature
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://doi.example.vn", "aud": ["aud-1"], "email": "Can-Bo-1@example.vn",
        "exp": NOW + 60, "nbf": NOW - 60, "iat": NOW - 60, "sub": "s", "type": "app",
    })
}

fn encode(header: &Value, claims: &Value, by: &RsaKey) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = BASE64URL_NOPAD.encode(&sign(by, signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn good_header() -> Value {
    json!({"alg": "RS256", "kid": "a", "typ": "JWT"})
}

/// As the Worker does it: the key by its id, out of the set `a` and `b`.
async fn judge(token: &str, now: i64) -> Result<String, Disbelief> {
    let token = Token::parse(token)?;
    let known = [key("a"), key("b")];
    let found = known.iter().find(|key| key.kid == token.kid).ok_or(Disbelief::UnknownKey)?;
    token.believe(found, &StandIn, &policy(), now).await
}

#[tokio::test]
async fn a_good_token_names_its_person_in_lower_case() {
    let token = encode(&good_header(), &claims(), &key("a"));
    assert_eq!(judge(&token, NOW).await, Ok("can-bo-1@example.vn".into()));
}

#[tokio::test]
async fn an_audience_may_be_one_text() {
    let mut claims = claims();
    claims["aud"] = json!("aud-1");
    assert!(judge(&encode(&good_header(), &claims, &key("a")), NOW).await.is_ok());
}

#[tokio::test]
async fn every_other_algorithm_is_refused_before_any_key_is_looked_at() {
    for alg in ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", ""] {
        let header = json!({"alg": alg, "kid": "a"});
        let token = encode(&header, &claims(), &key("a"));
        assert_eq!(judge(&token, NOW).await, Err(Disbelief::Algorithm), "{alg}");
    }
}

#[tokio::test]
async fn keys_and_addresses_that_the_token_brings_are_never_used() {
    let theirs = key("theirs");
    for (name, value) in [
        ("jku", json!("https://xau.example.vn/keys")),
        ("x5u", json!("https://xau.example.vn/cert")),
        ("jwk", json!({"kty": "RSA", "kid": "a", "n": theirs.n, "e": "AQAB"})),
        ("x5c", json!(["MIIB"])),
    ] {
        let mut header = good_header();
        header[name] = value;
        let token = encode(&header, &claims(), &theirs);
        assert_eq!(judge(&token, NOW).await, Err(Disbelief::Signature), "{name}");
        header["kid"] = json!("theirs");
        let token = encode(&header, &claims(), &theirs);
        assert_eq!(judge(&token, NOW).await, Err(Disbelief::UnknownKey), "{name}");
    }
}

#[tokio::test]
async fn claims_of_another_place_or_time_are_refused() {
    for (name, value, expected) in [
        ("iss", json!("https://xau.example.vn"), Disbelief::Issuer),
        ("iss", json!("https://doi.example.vn/"), Disbelief::Issuer),
        ("aud", json!(["aud-2"]), Disbelief::Audience),
        ("aud", json!("aud-1 aud-2"), Disbelief::Audience),
        ("aud", json!([]), Disbelief::Audience),
        ("exp", json!(NOW), Disbelief::Expired),
        ("exp", json!(NOW - 1), Disbelief::Expired),
        ("nbf", json!(NOW + 31), Disbelief::NotYet),
        ("iat", json!(NOW + 31), Disbelief::NotYet),
        ("email", json!(""), Disbelief::Nobody),
        ("email", Value::Null, Disbelief::Nobody),
        ("exp", json!("tomorrow"), Disbelief::Malformed),
        ("exp", Value::Null, Disbelief::Malformed),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        let token = encode(&good_header(), &claims, &key("a"));
        assert_eq!(judge(&token, NOW).await, Err(expected), "{name} {value}");
    }
}

#[tokio::test]
async fn a_token_of_nobody_of_the_agency_does_not_pass_an_unset_audience() {
    let mut claims = claims();
    claims["aud"] = json!([""]);
    let token = encode(&good_header(), &claims, &key("a"));
    let open = AccessPolicy { audience: String::new(), ..policy() };
    let believed = Token::parse(&token).unwrap().believe(&key("a"), &StandIn, &open, NOW).await;
    assert_eq!(believed, Err(Disbelief::Audience));
}

#[tokio::test]
async fn a_changed_claim_or_a_signature_of_another_key_is_refused() {
    let token = encode(&good_header(), &claims(), &key("a"));
    let mut other = claims();
    other["email"] = json!("giam-sat@example.vn");
    let stolen = encode(&good_header(), &other, &key("theirs"));
    let (_, signature) = token.rsplit_once('.').unwrap();
    let (signed, _) = stolen.rsplit_once('.').unwrap();
    let spliced = format!("{signed}.{signature}");
    assert_eq!(judge(&spliced, NOW).await, Err(Disbelief::Signature));
    assert_eq!(judge(&format!("{signed}."), NOW).await, Err(Disbelief::Signature));
    let with_b = encode(&json!({"alg": "RS256", "kid": "b"}), &claims(), &key("a"));
    assert_eq!(judge(&with_b, NOW).await, Err(Disbelief::Signature));
}

#[tokio::test]
async fn a_header_with_an_extension_or_without_a_key_is_refused() {
    let token = |header: Value| encode(&header, &claims(), &key("a"));
    let crit = token(json!({"alg": "RS256", "kid": "a", "crit": ["exp"]}));
    assert_eq!(judge(&crit, NOW).await, Err(Disbelief::Critical));
    let no_kid = token(json!({"alg": "RS256"}));
    assert_eq!(judge(&no_kid, NOW).await, Err(Disbelief::UnknownKey));
}

#[tokio::test]
async fn a_header_that_says_a_thing_twice_is_refused() {
    let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let header = r#"{"alg":"RS256","alg":"none","kid":"a"}"#;
    let signed = format!("{}.{}", part(header), part(&claims().to_string()));
    let token = format!("{signed}.{}", BASE64URL_NOPAD.encode(&sign(&key("a"), signed.as_bytes())));
    assert_eq!(judge(&token, NOW).await, Err(Disbelief::Malformed));
}

#[test]
fn an_endless_token_is_not_looked_at() {
    let long = "a".repeat(8 * 1024 + 1);
    assert_eq!(Token::parse(&long).err(), Some(Disbelief::Malformed));
}

proptest! {
    #[test]
    fn junk_is_no_token_and_never_panics(text in "\\PC{0,200}") {
        let parsed = Token::parse(&text);
        prop_assert!(parsed.is_err());
    }
}

fn jwk(kid: &str, bytes: usize) -> Value {
    let n = BASE64URL_NOPAD.encode(&vec![0xC5; bytes]);
    json!({"kty": "RSA", "kid": kid, "n": n, "e": "AQAB", "alg": "RS256", "use": "sig"})
}

#[test]
fn only_long_rsa_keys_for_these_signatures_are_taken_from_the_set() {
    let mut encryption = jwk("enc", 256);
    encryption["use"] = json!("enc");
    let mut other = jwk("ps", 256);
    other["alg"] = json!("PS256");
    let mut padded = jwk("padded", 1);
    padded["n"] = json!(BASE64URL_NOPAD.encode(&[[0; 200].as_slice(), &[0xC5; 128]].concat()));
    let set = json!({"keys": [
        jwk("good", 256), jwk("short", 128), encryption, other, padded,
        {"kty": "oct", "kid": "hmac", "k": "AAAA"}, {"kty": "EC", "kid": "ec"}, 5,
    ], "public_cert": {}});
    let kids: Vec<_> =
        read_keys(set.to_string().as_bytes()).unwrap().into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, ["good"]);
    assert!(read_keys(b"<html>").is_none());
    assert!(read_keys(b"{}").is_none());
}

#[test]
fn a_rotated_key_is_asked_for_once_and_then_used() {
    let mut cache = KeyCache::default();
    assert_eq!(cache.look_up("a", NOW), Lookup::Ask);
    cache.heard(Some(vec![key("a")]), NOW);
    assert_eq!(cache.look_up("a", NOW + 1), Lookup::Use(key("a")));
    // The team rotates.
    assert_eq!(cache.look_up("b", NOW + ASK_AGAIN), Lookup::Ask);
    cache.heard(Some(vec![key("a"), key("b")]), NOW + ASK_AGAIN);
    assert_eq!(cache.look_up("b", NOW + ASK_AGAIN), Lookup::Use(key("b")));
}

#[test]
fn invented_key_ids_make_us_ask_once_a_minute_at_most() {
    let mut cache = KeyCache::default();
    cache.heard(Some(vec![key("a")]), NOW);
    let mut asked = 0;
    for second in 0..600 {
        if cache.look_up(&format!("x{second}"), NOW + second) == Lookup::Ask {
            asked += 1;
            cache.heard(Some(vec![key("a")]), NOW + second);
        }
    }
    assert_eq!(asked, 9);
}

#[test]
fn an_outage_of_the_key_set_is_bridged_for_an_hour_and_a_withdrawn_key_ends() {
    let mut cache = KeyCache::default();
    cache.heard(Some(vec![key("a")]), NOW);
    assert_eq!(cache.look_up("a", NOW + KEYS_LIVE), Lookup::Ask);
    cache.heard(None, NOW + KEYS_LIVE);
    assert_eq!(cache.look_up("a", NOW + KEYS_LIVE + 1), Lookup::Use(key("a")));
    let late = NOW + 2 * KEYS_LIVE;
    cache.heard(None, late);
    assert_eq!(cache.look_up("a", late + 1), Lookup::Refuse);
    cache.heard(Some(vec![key("b")]), late + ASK_AGAIN);
    assert_eq!(cache.look_up("a", late + ASK_AGAIN + 1), Lookup::Refuse);
}
