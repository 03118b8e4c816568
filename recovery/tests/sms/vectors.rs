//! Vectors of the providers' documentation and libraries.

use recovery::sms::provider::{Method, Provider as _, Rejected, RequestParts, Twilio};

use crate::signers::{encoded, twilio_sign};

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn twilios_own_example() {
    let fields = fields(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]);
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(twilio_sign("12345", url, &fields), "GvWf1cFY/Q7PnoempGyD5oXAezc=");
    // Signed as it should be, so what is refused is that it is no text message.
    let twilio = Twilio { auth_tokens: vec!["12345".into()], numbers: vec!["+18005551212".into()] };
    let parts = |signature| {
        twilio.receive(&RequestParts {
            method: Method::Post,
            url,
            query: "foo=1&bar=2",
            body: encoded(&fields).as_bytes(),
            signature: Some(signature),
        })
    };
    assert_eq!(parts("GvWf1cFY/Q7PnoempGyD5oXAezc="), Err(Rejected::Malformed));
    assert_eq!(parts("GvWf1cFY/Q7PnoempGyD5oXAezd="), Err(Rejected::Signature));
}

#[test]
fn a_text_signed_by_twilios_scheme() {
    let fields = fields(&[
        ("From", "+84901234567"),
        ("To", "8079"),
        ("Body", "BH MK 0123456789"),
        ("MessageSid", "SM00000000000000000000000000000001"),
    ]);
    let twilio = Twilio { auth_tokens: vec!["12345".into()], numbers: vec!["8079".into()] };
    let incoming = twilio
        .receive(&RequestParts {
            method: Method::Post,
            url: "https://vssid.example/api/v1/sms/inbound",
            query: "",
            body: encoded(&fields).as_bytes(),
            signature: Some("mRDtzjRD9oqtzViHbhtUxRDjs6A="),
        })
        .unwrap();
    assert_eq!(incoming.from.national(), "0901234567");
    assert_eq!(incoming.message_id, "SM00000000000000000000000000000001");
}
