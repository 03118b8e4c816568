//! The two forms in which transports take a message, read back as a client reads them.

use mail_parser::{MessageParser, MimeHeaders};
use recovery::email::EmailAddress;
use recovery::locale::Locale;
use recovery::message::{Envelope, Mailbox, MessageId, Template, mime, render, resend_json};
use serde_json::{Value, json};

use crate::fixtures::{AT, RECOVERY_LINK, agency, all, content, envelope};

#[test]
fn a_mail_client_reads_back_what_was_rendered() {
    for (template, locale, context) in all() {
        let message = render(&content(template), locale, &context);
        let mail = mime(&message, &envelope());
        let parsed = MessageParser::new().parse(mail.as_bytes()).unwrap();

        assert_eq!(parsed.subject(), Some(message.subject.as_str()));
        let from = parsed.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("Chìa Khoá"));
        assert_eq!(from.address(), Some("khong-tra-loi@khoiphuc.example.vn"));
        let to = parsed.to().unwrap();
        assert_eq!(to.iter().count(), 1);
        assert_eq!(to.first().unwrap().address(), Some("tv1@example.vn"));
        assert_eq!(parsed.date().unwrap().to_timestamp(), AT);
        assert_eq!(parsed.message_id(), Some("o_01JDEXAMPLE@khoiphuc.example.vn"));
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(parsed.header_raw("Content-Language").map(str::trim), Some(locale.as_str()));

        let kind = parsed.content_type().unwrap();
        assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("alternative")));
        assert_eq!((parsed.text_body_count(), parsed.html_body_count()), (1, 1));
        let text = parsed.text_part(0).unwrap();
        assert_eq!(text.content_type().unwrap().attribute("charset"), Some("utf-8"));
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), message.text);
        assert_eq!(parsed.body_html(0).unwrap().replace("\r\n", "\n"), message.html);
        assert_eq!(parsed.attachment_count(), 0);
    }
}

#[test]
fn a_mail_is_ascii_in_short_lines_that_end_with_crlf() {
    for (template, locale, context) in all() {
        let mail = mime(&render(&content(template), locale, &context), &envelope());
        assert!(mail.is_ascii() && mail.ends_with("--\r\n"));
        for line in mail.split("\r\n") {
            assert!(line.len() <= 78 && !line.contains(['\r', '\n']), "{line}");
        }
    }
}

#[test]
fn the_code_can_be_found_in_the_raw_mail() {
    let mail = mime(
        &render(&content(Template::RecoveryCode), Locale::Vi, &agency(Locale::Vi)),
        &envelope(),
    );
    assert!(mail.contains("\r\nK7QM-2P9X\r\nhttps://khoiphuc.example.vn/lien-ket#"));
}

#[test]
fn a_retry_has_the_same_bytes_whenever_it_is_sent() {
    for (template, locale, context) in all() {
        let forms = || {
            let message = render(&content(template), locale, &context);
            (mime(&message, &envelope()), resend_json(&message, &envelope()))
        };
        assert_eq!(forms(), forms());
    }
}

#[test]
fn the_longest_address_and_the_strangest_name_still_make_a_mail() {
    let local = "a".repeat(64);
    let domain = format!("{}.example.vn", vec!["b".repeat(40); 4].join("."));
    let address = format!("{local}@{domain}");
    let message = render(&content(Template::TooLate), Locale::Vi, &agency(Locale::Vi));
    for name in ["", "A \"quoted\\\" name, Ltd.", "=?UTF-8?Q?x?=", &"Tên dài ".repeat(30)] {
        let address = EmailAddress::parse(&address).unwrap();
        let from = Mailbox { name: name.into(), address: address.clone() };
        let message_id = MessageId::new("o-1", &address).unwrap();
        let envelope = Envelope { from, to: address, message_id, date: AT };
        let mail = mime(&message, &envelope);
        assert!(mail.split("\r\n").all(|line| line.len() <= 998));
        let parsed = MessageParser::new().parse(mail.as_bytes()).unwrap();
        let from = parsed.from().unwrap().first().unwrap();
        assert_eq!(from.address(), Some(envelope.from.address.as_str()));
        assert_eq!(from.name().unwrap_or_default(), envelope.from.name.as_str());
    }
}

#[test]
fn the_body_for_resend_has_the_same_words_and_the_outbox_id() {
    let message = render(&content(Template::RecoveryCode), Locale::Vi, &agency(Locale::Vi));
    let body: Value = serde_json::from_str(&resend_json(&message, &envelope())).unwrap();
    assert_eq!(
        body,
        json!({
            "from": "Chìa Khoá <khong-tra-loi@khoiphuc.example.vn>",
            "to": ["tv1@example.vn"],
            "subject": "Mã đặt lại mật khẩu - Chìa Khoá",
            "text": message.text,
            "html": message.html,
            "headers": {
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "Content-Language": "vi",
                "Message-ID": "<o_01JDEXAMPLE@khoiphuc.example.vn>",
                "X-Entity-Ref-ID": "o_01JDEXAMPLE",
            },
            "tags": [{ "name": "outbox", "value": "o_01JDEXAMPLE" }],
        })
    );
    assert!(body["text"].as_str().unwrap().contains(RECOVERY_LINK));
}

#[test]
fn a_name_cannot_end_itself_in_the_body_for_resend() {
    let from = Mailbox { name: "X <a@example.vn>, \"Y\"".into(), ..envelope().from };
    let message = render(&content(Template::TooLate), Locale::En, &agency(Locale::En));
    let body: Value =
        serde_json::from_str(&resend_json(&message, &Envelope { from, ..envelope() })).unwrap();
    assert_eq!(body["from"], "X aexample.vn Y <khong-tra-loi@khoiphuc.example.vn>");
}
