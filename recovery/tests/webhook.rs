//! Webhooks from a mail provider: which are believed, and what they say.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use recovery::webhook::{About, Event, Headers, NotAnEvent, TOLERANCE, WebhookError, verify};
use sha2::Sha256;

// The vector of requirements.md, Appendix 2, computed outside this project.
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const BODY: &[u8] = br#"{"type":"email.bounced"}"#;
const SIGNATURE: &str = "v1,xsk1XZM0UNpgZI3pOsoUtMZqwYelEEhoBpSn7xzgW1g=";
const NOW: i64 = 1_700_000_000;

fn headers(signature: &str) -> Headers<'_> {
    Headers { id: "msg_1", timestamp: "1700000000", signature }
}

/// Signs as a provider does.
fn sign(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

#[test]
fn the_published_vector_is_accepted() {
    assert_eq!(verify(SECRET, headers(SIGNATURE), BODY, NOW), Ok(()));
    assert_eq!(
        sign(b"0123456789abcdef0123456789abcdef", "msg_1", "1700000000", BODY),
        SIGNATURE,
        "the tests sign as the vector does"
    );
}

#[test]
fn any_change_is_refused() {
    let mismatch = Err(WebhookError::Mismatch);
    assert_eq!(verify(SECRET, headers(SIGNATURE), br#"{"type":"email.bounced"} "#, NOW), mismatch);
    assert_eq!(verify(SECRET, headers(SIGNATURE), b"", NOW), mismatch);
    let other_id = Headers { id: "msg_2", ..headers(SIGNATURE) };
    assert_eq!(verify(SECRET, other_id, BODY, NOW), mismatch);
    let other_time = Headers { timestamp: "1700000001", ..headers(SIGNATURE) };
    assert_eq!(verify(SECRET, other_time, BODY, NOW), mismatch);
    let other_secret = "whsec_MTEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    assert_eq!(verify(other_secret, headers(SIGNATURE), BODY, NOW), mismatch);
    // Each bit of the signature counts.
    let raw = BASE64.decode(&SIGNATURE.as_bytes()[3..]).unwrap();
    for bit in 0..raw.len() * 8 {
        let mut flipped = raw.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let signature = format!("v1,{}", BASE64.encode(&flipped));
        assert_eq!(verify(SECRET, headers(&signature), BODY, NOW), mismatch);
    }
}

#[test]
fn one_good_signature_among_several_is_enough() {
    let old = sign(&[7; 32], "msg_1", "1700000000", BODY);
    for signature in [
        format!("{old} {SIGNATURE}"),
        format!("{SIGNATURE} {old}"),
        format!("v1a,AAAA  {SIGNATURE}"),
        format!("v1,%%% v2,{} {SIGNATURE}", &SIGNATURE[3..]),
    ] {
        assert_eq!(verify(SECRET, headers(&signature), BODY, NOW), Ok(()), "{signature}");
    }
    let crowd = format!("{} {SIGNATURE}", [old.as_str(); 40].join(" "));
    assert_eq!(verify(SECRET, headers(&crowd), BODY, NOW), Err(WebhookError::Mismatch));
}

#[test]
fn a_signature_of_another_kind_or_length_is_refused() {
    let bare = &SIGNATURE[3..];
    let raw = BASE64.decode(bare.as_bytes()).unwrap();
    for signature in [
        String::new(),
        "v1,".to_owned(),
        bare.to_owned(),
        format!("v2,{bare}"),
        format!("V1,{bare}"),
        format!("v1={bare}"),
        format!("v1,{}", BASE64.encode(&raw[..31])),
        format!("v1,{}", BASE64.encode(&[&raw[..], &[0]].concat())),
        format!("v1,{}", bare.trim_end_matches('=')),
    ] {
        let result = verify(SECRET, headers(&signature), BODY, NOW);
        assert_eq!(result, Err(WebhookError::Mismatch), "{signature}");
    }
}

#[test]
fn a_webhook_is_fresh_for_five_minutes_in_both_directions() {
    for (now, result) in [
        (NOW + TOLERANCE, Ok(())),
        (NOW + TOLERANCE + 1, Err(WebhookError::Stale)),
        (NOW - TOLERANCE, Ok(())),
        (NOW - TOLERANCE - 1, Err(WebhookError::Stale)),
        (i64::MIN, Err(WebhookError::Stale)),
        (i64::MAX, Err(WebhookError::Stale)),
    ] {
        assert_eq!(verify(SECRET, headers(SIGNATURE), BODY, now), result, "{now}");
    }
}

#[test]
fn headers_with_two_readings_are_refused_even_when_signed() {
    let key = b"0123456789abcdef0123456789abcdef";
    for timestamp in
        ["", "+1700000000", " 1700000000", "1700000000 ", "17e8", "-1", "9999999999999"]
    {
        let signature = sign(key, "msg_1", timestamp, BODY);
        let headers = Headers { id: "msg_1", timestamp, signature: &signature };
        assert_eq!(verify(SECRET, headers, BODY, NOW), Err(WebhookError::Malformed), "{timestamp}");
    }
    for id in ["", "a.b", "a b", "a\nb", "é", &"x".repeat(257)] {
        let signature = sign(key, id, "1700000000", BODY);
        let headers = Headers { id, timestamp: "1700000000", signature: &signature };
        assert_eq!(verify(SECRET, headers, BODY, NOW), Err(WebhookError::Malformed), "{id}");
    }
}

#[test]
fn a_secret_that_is_empty_short_or_misspelt_accepts_nothing() {
    let short = BASE64.encode(&[1; 15]);
    for secret in ["", "whsec_", &SECRET[6..], "whsec_%%%", &format!("whsec_{short}")] {
        let key = BASE64.decode(secret.trim_start_matches("whsec_").as_bytes()).unwrap_or_default();
        let signature = sign(&key, "msg_1", "1700000000", BODY);
        let result = verify(secret, headers(&signature), BODY, NOW);
        assert_eq!(result, Err(WebhookError::BadSecret), "{secret}");
    }
}

#[test]
fn a_bounce_says_which_message_and_to_whom() {
    let body = br#"{
        "type": "email.bounced",
        "created_at": "2025-11-22T07:06:00.000Z",
        "data": {
            "created_at": "2025-11-22T07:05:10.000Z",
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "from": "X <khong-tra-loi@khoiphuc.example.vn>",
            "to": ["tv1@example.vn"],
            "subject": "x",
            "bounce": {"message": "No such user", "subType": "General", "type": "Permanent"},
            "tags": {"outbox": "o_1", "other": "x"}
        }
    }"#;
    let about = About {
        outbox: Some("o_1".into()),
        provider_id: Some("56761188-7520-42d8-8898-ff6fc54ce618".into()),
        address: Some("tv1@example.vn".into()),
    };
    assert!(!format!("{about:?}").contains("tv1"), "events are logged");
    assert_eq!(Event::parse(body), Ok(Event::Bounced { about, permanent: true }));
}

#[test]
fn a_bounce_that_may_pass_is_told_apart() {
    for (kind, permanent) in [
        (r#""Permanent""#, true),
        (r#""Transient""#, false),
        (r#""Undetermined""#, false),
        ("null", true),
    ] {
        let body = format!(r#"{{"type":"email.bounced","data":{{"bounce":{{"type":{kind}}}}}}}"#);
        let about = About::default();
        assert_eq!(Event::parse(body.as_bytes()), Ok(Event::Bounced { about, permanent }));
    }
}

#[test]
fn a_complaint_is_read_with_tags_as_a_list_and_one_recipient_as_a_string() {
    let body = br#"{"type":"email.complained","data":{"email_id":"e1","to":"tv1@example.vn",
        "tags":[{"name":"other","value":"x"},{"name":"outbox","value":"o_1"}]}}"#;
    let about = About {
        outbox: Some("o_1".into()),
        provider_id: Some("e1".into()),
        address: Some("tv1@example.vn".into()),
    };
    assert_eq!(Event::parse(body), Ok(Event::Complained { about }));
}

#[test]
fn an_event_without_data_is_still_an_event() {
    let about = About::default();
    assert_eq!(Event::parse(BODY), Ok(Event::Bounced { about, permanent: true }));
}

#[test]
fn other_events_are_passed_over_whatever_their_data() {
    for body in [
        r#"{"type":"email.delivered","data":{"to":["tv1@example.vn"]}}"#,
        r#"{"type":"email.opened","data":7}"#,
        r#"{"type":"domain.created","data":{"tags":"x"}}"#,
        r#"{"type":"EMAIL.BOUNCED"}"#,
    ] {
        assert_eq!(Event::parse(body.as_bytes()), Ok(Event::Other), "{body}");
    }
}

#[test]
fn what_is_not_an_event_is_said_to_be_none() {
    for body in [
        &b""[..],
        b"null",
        b"[]",
        br#"["email.bounced"]"#,
        b"{}",
        br#"{"type":7}"#,
        b"\xff\xfe",
        br#"{"type":"email.bounced","data":[]}"#,
        br#"{"type":"email.bounced","data":{"to":7}}"#,
        br#"{"type":"email.bounced","data":{"email_id":{}}}"#,
    ] {
        assert_eq!(Event::parse(body), Err(NotAnEvent), "{}", String::from_utf8_lossy(body));
    }
}
