//! One suite for all providers of incoming texts.

use proptest::prelude::*;
use recovery::sms::gsm::Segment;
use recovery::sms::provider::{Incoming, Method, Rejected, RequestParts};

use crate::signers::{Case, Request, SENT, Sent, cases, encoded};

fn receive(case: &Case, request: &Request) -> Result<Incoming, Rejected> {
    request.with(|parts| case.provider.receive(parts))
}

#[test]
fn a_signed_text_is_taken_whole() {
    for case in cases() {
        let incoming = receive(&case, &(case.sign)(&SENT)).unwrap();
        assert_eq!(incoming.provider, case.provider.name());
        assert_eq!(incoming.message_id, SENT.id);
        assert_eq!(incoming.from.national(), SENT.from);
        assert_eq!(incoming.body, SENT.body);
        // The two that say when, say the same instant.
        assert!(incoming.at.is_none_or(|at| at == 1_800_000_000), "{:?}", incoming.at);
        assert_eq!(incoming.at.is_some(), case.provider.method() == Method::Get);
    }
}

#[test]
fn every_covered_field_is_covered() {
    for case in cases() {
        for field in case.covered {
            let mut request = (case.sign)(&SENT);
            let changed = format!("{}0", request.get(field));
            request.set(field, &changed);
            let refused = receive(&case, &request).unwrap_err();
            assert_eq!(refused, Rejected::Signature, "{} {field}", case.provider.name());
        }
    }
}

#[test]
fn what_a_signature_does_not_cover_is_said() {
    for case in cases() {
        for field in case.open {
            let mut request = (case.sign)(&SENT);
            request.set(field, "84900000002");
            receive(&case, &request).unwrap();
        }
        assert_eq!(case.provider.covers_everything(), case.open.is_empty());
        assert_eq!(case.provider.needs_allow_list(), !case.open.is_empty());
    }
}

#[test]
fn an_unsigned_text_and_one_with_an_empty_signature_are_refused() {
    for case in cases() {
        let good = (case.sign)(&SENT);
        let mut without = good.clone();
        without.signature = None;
        without.fields.retain(|(name, _)| name != "sign" && name != "signature");
        assert!(receive(&case, &without).is_err());
        let mut empty = good.clone();
        empty.signature = empty.signature.map(|_| String::new());
        for (name, value) in &mut empty.fields {
            if name == "sign" || name == "signature" {
                value.clear();
            }
        }
        assert_eq!(receive(&case, &empty), Err(Rejected::Signature));
    }
}

#[test]
fn the_other_method_is_refused() {
    for case in cases() {
        let mut request = (case.sign)(&SENT);
        request.method = match request.method {
            Method::Get => Method::Post,
            Method::Post => Method::Get,
        };
        assert_eq!(receive(&case, &request), Err(Rejected::Method));
    }
}

#[test]
fn a_field_that_comes_twice_or_is_missing_is_refused() {
    for case in cases() {
        let good = (case.sign)(&SENT);
        for (name, _) in &good.fields {
            let mut twice = good.clone();
            twice.fields.push((name.clone(), "BH MK 9000000002".into()));
            assert_eq!(receive(&case, &twice), Err(Rejected::Malformed));
        }
        for name in case.covered {
            let mut without = good.clone();
            without.fields.retain(|(known, _)| known != name);
            assert!(receive(&case, &without).is_err(), "{name}");
        }
    }
}

#[test]
fn a_text_from_no_mobile_number_is_known_as_such() {
    for case in cases() {
        for from in ["1900", "0240000000", "VIETTEL", ""] {
            let request = (case.sign)(&Sent { from, ..SENT });
            assert_eq!(receive(&case, &request), Err(Rejected::Sender), "{from}");
        }
    }
}

#[test]
fn an_id_that_could_be_part_of_another_field_is_refused() {
    for case in cases() {
        for id in ["", "a b", "a&b", "id\n", "đ", &"x".repeat(65)] {
            let request = (case.sign)(&Sent { id, ..SENT });
            assert_eq!(receive(&case, &request), Err(Rejected::Malformed), "{id:?}");
        }
    }
}

#[test]
fn moving_the_border_between_fields_gains_nothing() {
    // eSMS joins smsid and content without a mark: the only fields of free length.
    let [_, case, _] = cases();
    let good = (case.sign)(&Sent { id: "77", ..SENT });
    for (id, body) in [("77B", "H MK 9000000001"), ("7", "7BH MK 9000000001")] {
        let mut moved = good.clone();
        moved.set("smsid", id);
        moved.set("content", body);
        let incoming = receive(&case, &moved).unwrap();
        let read = recovery::sms::grammar::read(&incoming.body);
        assert_eq!(read, recovery::sms::grammar::Command::Unknown);
    }
    let mut moved = good.clone();
    moved.set("smsid", "77BH MK 9000000001");
    moved.set("content", "");
    assert_eq!(receive(&case, &moved), Err(Rejected::Malformed));

    // 1pay joins with & and =: a text must not bring its own.
    let [_, _, case] = cases();
    let body = "BH MK 9000000001&msisdn=84900000002";
    assert_eq!(receive(&case, &(case.sign)(&Sent { body, ..SENT })), Err(Rejected::Malformed));
}

#[test]
fn a_provider_that_is_not_configured_takes_nothing() {
    use recovery::sms::provider::{Esms, OnePay, Provider, Twilio};
    let none: [Box<dyn Provider>; 3] = [
        Box::new(Twilio { auth_tokens: vec![String::new()], numbers: vec!["+84900000999".into()] }),
        Box::new(Esms { cpid: "cp1".into(), key: String::new(), numbers: vec!["8079".into()] }),
        Box::new(OnePay {
            access_key: "ak".into(),
            secret: String::new(),
            numbers: vec!["8079".into()],
        }),
    ];
    for (provider, case) in none.iter().zip(cases()) {
        let request = (case.sign)(&SENT);
        let answer = request.with(|parts| provider.receive(parts));
        assert_eq!(answer, Err(Rejected::Signature));
    }
}

#[test]
fn replies_are_in_the_providers_format() {
    let text = Segment::new("Ma: <7K3M> & \"9PQX\"").unwrap();
    let [twilio, esms, one_pay] = cases();
    let incoming = |case: &Case| receive(case, &(case.sign)(&SENT)).unwrap();
    assert_eq!(
        twilio.provider.reply(Some(&incoming(&twilio)), Some(&text)).body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>Ma: &lt;7K3M&gt; &amp; \
         &quot;9PQX&quot;</Message></Response>"
    );
    assert_eq!(
        twilio.provider.reply(None, None).body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"
    );
    assert_eq!(
        esms.provider.reply(Some(&incoming(&esms)), Some(&text)).body,
        "<ClientResponse><Message>Ma: &lt;7K3M&gt; &amp; &quot;9PQX&quot;</Message>\
         <Smsid>id-1</Smsid><Receiver>84900000001</Receiver></ClientResponse>"
    );
    let reply = one_pay.provider.reply(Some(&incoming(&one_pay)), Some(&text));
    let read: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    let said = "Ma: <7K3M> & \"9PQX\"";
    assert_eq!(read, serde_json::json!({"status": 1, "sms": said, "type": "text"}));
    let silent = one_pay.provider.reply(None, None).body;
    let read: serde_json::Value = serde_json::from_str(&silent).unwrap();
    assert_eq!(read, serde_json::json!({"status": 0, "sms": "", "type": "text"}));
}

proptest! {
    #[test]
    fn any_text_comes_through_as_it_was_sent(body in "[^&]{0,200}", id in "[A-Za-z0-9_.:\\-]{1,64}") {
        for case in cases() {
            let request = (case.sign)(&Sent { id: &id, body: &body, ..SENT });
            let incoming = receive(&case, &request).unwrap();
            prop_assert_eq!((&incoming.body, &incoming.message_id), (&body, &id));
        }
    }

    #[test]
    fn a_change_anywhere_in_what_is_covered_is_refused(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        with in "[0-9A-Z]",
    ) {
        for case in cases() {
            let mut request = (case.sign)(&SENT);
            let field = which.get(case.covered);
            let mut value: Vec<char> = request.get(field).chars().collect();
            let place = at.get_mut(&mut value);
            let with = with.chars().next().unwrap();
            // Hex signatures are read in both cases.
            prop_assume!(!place.eq_ignore_ascii_case(&with));
            *place = with;
            request.set(field, &value.into_iter().collect::<String>());
            prop_assert!(receive(&case, &request).is_err());
        }
    }

    #[test]
    fn junk_never_panics_and_is_never_taken(
        raw in proptest::collection::vec(any::<u8>(), 0..300),
        names in proptest::collection::vec("[A-Za-z_]{0,12}", 0..8),
        signature in proptest::option::of("\\PC{0,40}"),
    ) {
        let fields: Vec<_> = names.iter().map(|name| (name.clone(), "84900000001".into())).collect();
        let form = encoded(&fields);
        for case in cases() {
            for method in [Method::Get, Method::Post] {
                for bytes in [raw.as_slice(), form.as_bytes()] {
                    let query = String::from_utf8_lossy(bytes);
                    let answer = case.provider.receive(&RequestParts {
                        method,
                        url: "https://khoiphuc.example.vn/",
                        query: &query,
                        body: bytes,
                        signature: signature.as_deref(),
                    });
                    prop_assert!(answer.is_err());
                }
            }
        }
    }
}
