//! Values that try to be more than values (ASVS 1.3.11).

use proptest::prelude::*;
use recovery::email::EmailAddress;
use recovery::locale::Locale;
use recovery::message::{
    BadField, Context, Envelope, Hotline, Line, Link, Mailbox, MessageId, Template, mime, render,
    resend_json,
};

use crate::fixtures::{agency, all, content, envelope, link};

const INJECTION: &str = "Tên\r\nBcc: nan-nhan@example.vn\r\n\r\n--=_alternative\r\n<script>";
const MARKUP: &str = "<img src=x onerror=\"alert('1')\">&amp;</p>";

/// A context in which every text is `text`.
fn filled_with(text: &str) -> Context {
    Context {
        service: text.into(),
        operator: Some(text.into()),
        demonstration: true,
        account: text.into(),
        hotlines: vec![Hotline { label: text.into(), number: text.into(), note: text.into() }],
    }
}

fn header_names(mail: &str) -> Vec<&str> {
    let headers = mail.split("\r\n\r\n").next().unwrap();
    headers
        .split("\r\n")
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap())
        .collect()
}

const EXPECTED_HEADERS: [&str; 10] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Language",
    "Content-Type",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
];

#[test]
fn line_breaks_in_any_field_add_no_header_line_or_part() {
    for template in Template::ALL {
        for locale in Locale::ALL {
            let message = render(&content(template), locale, &filled_with(INJECTION));
            assert!(!message.subject.as_str().contains(['\r', '\n']));
            assert!(!message.text.contains('\r') && !message.html.contains('\r'));
            let from = Mailbox { name: INJECTION.into(), ..envelope().from };
            let mail = mime(&message, &Envelope { from, ..envelope() });
            assert_eq!(header_names(&mail), EXPECTED_HEADERS);
            assert_eq!(mail.matches("\r\n--=_alternative").count(), 3, "two parts and the end");
            assert_eq!(mail.matches('\r').count(), mail.matches("\r\n").count());
            assert_eq!(mail.matches('\n').count(), mail.matches("\r\n").count());
            let parsed = mail_parser::MessageParser::new().parse(mail.as_bytes()).unwrap();
            assert_eq!(parsed.bcc(), None);
            assert_eq!(parsed.parts.len(), 3);
        }
    }
}

#[test]
fn line_breaks_cannot_enter_an_address_a_link_or_an_id() {
    for end in ["\r\nBcc: x@example.vn", "\n", "\r", "\0", " ", "\u{2028}", "\u{85}", "\t"] {
        let inside = |before: &str, after: &str| format!("{before}{end}{after}");
        assert_eq!(Link::new(&inside("https://example.vn/", "x")), Err(BadField::Link));
        assert_eq!(Link::new(&inside("https://example.vn", "")), Err(BadField::Link));
        assert!(EmailAddress::parse(&inside("tv1", "@example.vn")).is_err());
        assert!(inside("Tên <tv1@exam", "ple.vn>").parse::<Mailbox>().is_err());
        let from = EmailAddress::parse("a@example.vn").unwrap();
        assert_eq!(MessageId::new(&inside("o_1", ""), &from), Err(BadField::MessageId));
    }
}

#[test]
fn links_lead_to_the_web_and_to_the_host_they_show() {
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.vn",
        "https://",
        "https://#x",
        "https://example.vn@evil.example/",
        "https://example.vn/\"onclick=\"x",
        "https://example.vn/<b>",
        "https://ví-dụ.example.vn/",
        "HTTPS://example.vn",
        "",
    ] {
        assert_eq!(Link::new(bad), Err(BadField::Link), "{bad}");
    }
    assert_eq!(Link::new(&format!("https://a.vn/{}", "x".repeat(2000))), Err(BadField::Link));
    assert_eq!(link("http://localhost:8787/email?a=1&b='2'#c.d").host(), "localhost:8787");
}

#[test]
fn every_value_is_escaped_in_html() {
    for template in Template::ALL {
        for locale in Locale::ALL {
            let html = render(&content(template), locale, &filled_with(MARKUP)).html;
            assert!(!html.contains("<img") && !html.contains("onerror=\""));
            assert!(
                html.contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;")
            );
        }
    }
    let message = render(
        &recovery::message::Content::TooLate {
            asked_at: 0,
            start_link: link("https://example.vn/?a=1&copy='2'"),
        },
        Locale::Vi,
        &agency(Locale::Vi),
    );
    assert!(message.html.contains("href=\"https://example.vn/?a=1&amp;copy=&#39;2&#39;\""));
    assert!(message.text.contains("\nhttps://example.vn/?a=1&copy='2'\n"), "text is not escaped");
}

#[test]
fn marks_that_reorder_text_are_taken_out_of_names() {
    let line = Line::new("\u{202e}nv.elpmaxe\u{202c} \u{2066}x\u{2069}\u{200f}\u{200b}\u{feff}");
    assert_eq!(line.as_str(), "nv.elpmaxe x");
}

#[test]
fn a_number_that_cannot_be_dialled_is_no_link() {
    let mut context = agency(Locale::Vi);
    context.hotlines =
        vec![Hotline { label: "x".into(), number: "(không có)".into(), note: "".into() }];
    let html = render(&content(Template::TooLate), Locale::Vi, &context).html;
    assert!(html.contains("(không có): x") && !html.contains("tel:"));
}

#[test]
fn a_sender_is_read_as_people_write_it() {
    for (text, name, address) in [
        ("a@example.vn", "", "a@example.vn"),
        (" <a@example.vn> ", "", "a@example.vn"),
        ("Chìa Khoá <a@example.vn>", "Chìa Khoá", "a@example.vn"),
        ("\"Khoá, Chìa\" <a@example.vn>", "Khoá, Chìa", "a@example.vn"),
    ] {
        let mailbox: Mailbox = text.parse().unwrap();
        assert_eq!((mailbox.name.as_str(), mailbox.address.as_str()), (name, address));
    }
    for bad in ["", "Chìa Khoá", "a@example.vn, b@example.vn", "x <a@example.vn> y", "<>"] {
        assert_eq!(bad.parse::<Mailbox>(), Err(BadField::Mailbox), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_text_in_any_field_leaves_the_form_of_a_mail_intact(text in "\\PC{0,200}|.{0,200}|[\\r\\n\\t\"<>=?,:;@. a-cà-ỹ]{0,200}") {
        let locale = if text.len() % 2 == 0 { Locale::Vi } else { Locale::En };
        let context = filled_with(&text);
        for (template, _, _) in all().step_by(4) {
            let message = render(&content(template), locale, &context);
            prop_assert!(message.subject.as_str().chars().count() <= 78);
            for line in message.text.lines() {
                prop_assert!(line.chars().count() <= 76 || line.starts_with("https://"));
            }
            let from = Mailbox { name: Line::new(&text), ..envelope().from };
            let envelope = Envelope { from, ..envelope() };
            let mail = mime(&message, &envelope);
            prop_assert!(mail.is_ascii());
            prop_assert!(mail.split("\r\n").all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])));
            prop_assert_eq!(header_names(&mail), EXPECTED_HEADERS);
            let parsed = mail_parser::MessageParser::new().parse(mail.as_bytes()).unwrap();
            prop_assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), message.text.as_str());
            prop_assert_eq!(parsed.from().unwrap().iter().count(), 1);
            prop_assert_eq!(parsed.from().unwrap().first().unwrap().address(), Some(envelope.from.address.as_str()));
            let json: serde_json::Value = serde_json::from_str(&resend_json(&message, &envelope)).unwrap();
            prop_assert_eq!(json["html"].as_str(), Some(message.html.as_str()));
        }
    }
}
