//! Providers of outgoing texts: the calls, what answers mean, receipts.

use recovery::flow::dispatch::Outcome;
use recovery::flow::ids::Id;
use recovery::phone::Phone;
use recovery::sms::gsm::Segment;
use recovery::sms::provider::{Method, Rejected, RequestParts};
use recovery::sms::send::{EsmsSender, HttpAnswer, News, Receipt, TextApi, TwilioSender};

use crate::signers::{encoded, twilio_sign};

fn twilio() -> TwilioSender {
    TwilioSender {
        base_url: "https://api.example.vn/".into(),
        account_sid: "AC0".into(),
        auth_tokens: vec!["synthetic-token".into()],
        from: "+84900000999".into(),
        receipt_url: Some("https://khoiphuc.example.vn/api/v1/sms/twilio/receipt".into()),
    }
}

fn esms() -> EsmsSender {
    EsmsSender {
        base_url: "https://rest.example.vn".into(),
        api_key: "k".into(),
        secret_key: "s".into(),
        brand: "CHIAKHOA".into(),
        receipt_url: None,
    }
}

fn outcome(api: &dyn TextApi, status: u16, body: &str) -> Outcome {
    api.outcome(HttpAnswer { status, retry_after: Some(7), body: body.as_bytes() })
}

#[test]
fn a_call_to_twilio() {
    let key = Id::new([0; 16]);
    let to = Phone::parse("0900000001").unwrap();
    let call = twilio().request(&key, &to, &Segment::new("Ma: a+b & c").unwrap());
    assert_eq!(call.url, "https://api.example.vn/2010-04-01/Accounts/AC0/Messages.json");
    assert_eq!(
        call.body,
        format!(
            "To=%2B84900000001&From=%2B84900000999&Body=Ma%3A%20a%2Bb%20%26%20c&StatusCallback=\
             https%3A%2F%2Fkhoiphuc.example.vn%2Fapi%2Fv1%2Fsms%2Ftwilio%2Freceipt%3Foutbox%3D{key}"
        )
    );
    let [(_, basic), (_, kind)] = call.headers.try_into().unwrap();
    assert_eq!(basic, "Basic QUMwOnN5bnRoZXRpYy10b2tlbg==");
    assert_eq!(kind, "application/x-www-form-urlencoded");
    let service = TwilioSender { from: "MG1".into(), receipt_url: None, ..twilio() };
    let call = service.request(&key, &to, &Segment::new("x").unwrap());
    assert_eq!(call.body, "To=%2B84900000001&MessagingServiceSid=MG1&Body=x");
}

#[test]
fn a_call_to_esms() {
    let key = Id::new([0; 16]);
    let to = Phone::parse("0900000001").unwrap();
    let call = esms().request(&key, &to, &Segment::new("Ma: \"x\"").unwrap());
    assert_eq!(
        call.url,
        "https://rest.example.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    );
    let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "ApiKey": "k", "SecretKey": "s", "Content": "Ma: \"x\"", "Phone": "0900000001",
            "Brandname": "CHIAKHOA", "SmsType": "2", "IsUnicode": "0", "Sandbox": "0",
            "RequestId": key.to_string(),
        })
    );
    assert!(!format!("{call:?}").contains("0900000001"));
}

#[test]
fn what_twilios_answers_mean() {
    let retry = |after| Outcome::Retry { after: Some(after) };
    for (status, body, meaning) in [
        (201, r#"{"sid":"SM1","status":"queued"}"#, Outcome::Sent),
        (201, "", Outcome::Unknown),
        (201, r#"{"sid":""}"#, Outcome::Unknown),
        (400, r#"{"code":21211}"#, Outcome::Permanent),
        (404, "", Outcome::Permanent),
        (401, "", retry(300)),
        (403, "", retry(300)),
        (429, "", retry(7)),
        (503, "", retry(7)),
        (500, "", Outcome::Unknown),
        (502, "<html>", Outcome::Unknown),
        (302, "", Outcome::Unknown),
    ] {
        assert_eq!(outcome(&twilio(), status, body), meaning, "{status} {body}");
    }
    assert!(!twilio().honours_idempotency_key());
}

#[test]
fn what_esms_answers_mean() {
    let retry = |after| Outcome::Retry { after: Some(after) };
    for (status, body, meaning) in [
        (200, r#"{"CodeResult":"100","SMSID":"x"}"#, Outcome::Sent),
        (200, r#"{"CodeResult":100}"#, Outcome::Sent),
        (200, r#"{"CodeResult":"124"}"#, Outcome::Sent),
        (200, r#"{"CodeResult":"108"}"#, Outcome::Permanent),
        (200, r#"{"CodeResult":"103"}"#, retry(300)),
        (200, r#"{"CodeResult":"999"}"#, retry(7)),
        (200, "", Outcome::Unknown),
        (200, "{}", Outcome::Unknown),
        (503, "", retry(7)),
        (500, "", Outcome::Unknown),
    ] {
        assert_eq!(outcome(&esms(), status, body), meaning, "{status} {body}");
    }
    assert!(esms().honours_idempotency_key());
}

#[test]
fn twilios_receipts_are_signed() {
    let outbox = Id::new([5; 16]);
    let url = format!("https://khoiphuc.example.vn/api/v1/sms/twilio/receipt?outbox={outbox}");
    let receipt = |status: &str, token: &str, query: &str| {
        let fields: Vec<(String, String)> =
            vec![("MessageSid".into(), "SM1".into()), ("MessageStatus".into(), status.into())];
        let signature = twilio_sign(token, &url, &fields);
        twilio().receipt(&RequestParts {
            method: Method::Post,
            url: &url,
            query,
            body: encoded(&fields).as_bytes(),
            signature: Some(&signature),
        })
    };
    let query = format!("outbox={outbox}");
    let good = "synthetic-token";
    for (status, news) in [
        ("delivered", Some(News::Delivered)),
        ("failed", Some(News::Failed)),
        ("undelivered", Some(News::Failed)),
        ("queued", Some(News::Taken)),
        ("sent", Some(News::Taken)),
        ("read", None),
    ] {
        let expected = news.map(|news| Receipt { outbox, news });
        assert_eq!(receipt(status, good, &query), Ok(expected), "{status}");
    }
    assert_eq!(receipt("delivered", "wrong", &query), Err(Rejected::Signature));
    assert_eq!(receipt("delivered", good, "outbox=x"), Err(Rejected::Malformed));
    assert_eq!(receipt("delivered", good, ""), Err(Rejected::Malformed));
}

#[test]
fn esms_receipts_name_the_row() {
    let outbox = Id::new([5; 16]);
    let receipt = |query: &str| {
        esms().receipt(&RequestParts {
            method: Method::Get,
            url: "https://khoiphuc.example.vn/",
            query,
            body: b"",
            signature: None,
        })
    };
    let of = |rest: &str| receipt(&format!("SMSID=x&RequestId={outbox}&{rest}"));
    assert_eq!(
        of("SendStatus=5&SendFailed=0"),
        Ok(Some(Receipt { outbox, news: News::Delivered }))
    );
    assert_eq!(of("SendStatus=5&SendFailed=1"), Ok(Some(Receipt { outbox, news: News::Failed })));
    assert_eq!(of("SendStatus=4"), Ok(Some(Receipt { outbox, news: News::Failed })));
    assert_eq!(of("SendStatus=7"), Ok(None));
    assert_eq!(of(""), Err(Rejected::Malformed));
    assert_eq!(receipt("SendStatus=5&RequestId="), Err(Rejected::Malformed));
}
