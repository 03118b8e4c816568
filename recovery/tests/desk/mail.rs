//! The reader of mail: what people's programs write, and what hostile ones do.

use std::fmt::Write as _;

use mail_parser::MessageParser;
use proptest::prelude::*;
use recovery::desk::inbox::Charsets;
use recovery::desk::inbox::mime::{Mail, read};

/// UTF-8 and Western Europe's, as stand-ins for the engine's many.
struct Two;

impl Charsets for Two {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        match label.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(String::from_utf8_lossy(bytes).into_owned()),
            "iso-8859-1" | "windows-1252" => Some(bytes.iter().map(|b| char::from(*b)).collect()),
            _ => None,
        }
    }
}

fn of(raw: &str) -> Mail {
    read(raw.as_bytes(), &Two)
}

const ALTERNATIVE: &str = "From: =?UTF-8?B?QsOgIFRo4but?= <ba-thu@example.vn>\r\n\
To: bhxh-thu@thu.example.vn\r\n\
Subject: =?UTF-8?Q?Qu=C3=AAn_m=E1=BA=ADt?=\r\n =?UTF-8?Q?_kh=E1=BA=A9u?=\r\n\
Message-ID: <1@example.vn>\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"ngo;ai\"\r\n\r\n\
lời dẫn không ai đọc\r\n\
--ngo;ai\r\nContent-Type: multipart/alternative; boundary=trong\r\n\r\n\
--trong\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
VMO0aSBxdcOqbiBt4bqt\r\ndCBraOG6qXUu\r\n\
--trong\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>T&ocirc;i <b>qu&ecirc;n</b></p>\r\n\
--trong--\r\n\
--ngo;ai\r\nContent-Type: image/jpeg; name=\"cccd.jpg\"\r\nContent-Disposition: attachment;\r\n \
filename=\"cccd.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n\
--ngo;ai\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n\
tệp kèm\r\n--ngo;ai--\r\nphần đuôi\r\n";

#[test]
fn a_letter_with_html_and_attachments_gives_its_plain_text() {
    assert_eq!(
        of(ALTERNATIVE),
        Mail {
            from: "Bà Thử <ba-thu@example.vn>".to_owned(),
            subject: "Quên mật khẩu".to_owned(),
            text: "Tôi quên mật khẩu.".to_owned(),
            message_id: "<1@example.vn>".to_owned(),
            attachments: 2,
            open: false,
            automatic: false,
        }
    );
}

#[test]
fn a_letter_in_html_alone_gives_its_words() {
    let mail = of("From: a@example.vn\nContent-Type: text/html\nContent-Transfer-Encoding: \
         quoted-printable\n\n<style>p{}</style><p style=3D\"display:none\">k=C3=ADn</p>m=E1=BA=\n=ADt");
    assert_eq!(mail.text.trim(), "kín\nmật");
}

#[test]
fn old_character_sets_are_read() {
    for (label, body, read_as) in [
        ("iso-8859-1", &b"Qu\xEAn"[..], "Quên"),
        ("\"utf-8\"", "mật".as_bytes(), "mật"),
        ("khong-co", "mật".as_bytes(), "mật"),
        ("khong-co", b"Qu\xEAn", "Quên"),
        ("us-ascii", b"Qu\xEAn", "Quên"),
    ] {
        let mut raw = format!("Content-Type: text/plain; charset={label}\n\n").into_bytes();
        raw.extend_from_slice(body);
        assert_eq!(read(&raw, &Two).text, read_as, "{label}");
    }
}

#[test]
fn a_text_that_was_sent_as_a_file_is_the_letter_where_it_is_alone() {
    let named = "Content-Type: text/plain; charset=utf-8; name=\"thu.txt\"";
    for head in [
        named,
        "Content-Disposition: inline; filename=thu.txt",
        "Content-Type: text/html; name=thu.html",
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=thu.txt",
    ] {
        let mail = of(&format!("{head}\n\nTôi mất máy."));
        assert_eq!((mail.text.as_str(), mail.attachments), ("Tôi mất máy.", 0), "{head}");
    }
    let parts = |parts: &[&str]| {
        of(&format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{}", parts.join("\n--b\n")))
    };
    let file = format!("{named}\n\ntệp");
    let photo = "Content-Type: image/jpeg\n\n…";
    let mail = parts(&[photo, &file]);
    assert_eq!((mail.text.as_str(), mail.attachments, mail.open), ("tệp", 1, true));
    for text in ["\nlời nhắn", "Content-Type: text/html\n\n<p>lời nhắn</p>"] {
        let mail = parts(&[&file, text, photo]);
        assert_eq!((mail.text.trim(), mail.attachments, mail.open), ("lời nhắn", 2, false));
    }
    // Words that stand before the text that goes on are all there.
    assert!(!parts(&["\nlời nhắn", "Content-Type: text/html\n\n<p>lời"]).open);
    assert!(parts(&[photo, "\nlời"]).open);
}

#[test]
fn what_programs_write_is_known_by_its_headers() {
    for header in [
        "Auto-Submitted: auto-replied",
        "auto-submitted: auto-generated; owner=x",
        "Precedence: bulk",
        "Precedence: List",
        "List-Id: <tin.example.vn>",
        "List-Unsubscribe: <mailto:a@example.vn>",
        "X-Autoreply: yes",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=a",
    ] {
        assert!(of(&format!("From: a@example.vn\n{header}\n\na")).automatic, "{header}");
    }
    for header in
        ["Auto-Submitted: no", "Auto-Submitted: No (x)", "Precedence: normal", "X-A: bulk"]
    {
        assert!(!of(&format!("From: a@example.vn\n{header}\n\na")).automatic, "{header}");
    }
}

#[test]
fn multiparts_a_thousand_deep_are_not_followed() {
    let mut raw = String::from("From: a@example.vn\n");
    for n in 0..1_000 {
        let _ = write!(raw, "Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
    }
    raw.push_str("\nsâu");
    let mail = of(&raw);
    assert_eq!((mail.text.as_str(), mail.attachments), ("", 1));
}

#[test]
fn letters_in_letters_ten_thousand_deep_are_one_attachment() {
    let raw = "Content-Type: message/rfc822\n\n".repeat(10_000);
    assert_eq!((of(&raw).attachments, of(&raw).text), (1, String::new()));
}

#[test]
fn ten_thousand_parts_cost_no_more_than_a_few() {
    let mut raw = String::from("Content-Type: multipart/mixed; boundary=b\n\n");
    for _ in 0..10_000 {
        raw.push_str("--b\n\nchữ\n");
    }
    let mail = of(&raw);
    assert_eq!(mail.text.matches("chữ").count(), 63);
    assert_eq!(mail.attachments, 10_000 - 63);
}

#[test]
fn a_header_of_a_megabyte_is_cut() {
    let raw = format!("Subject: {}\nFrom: a@example.vn\n\nchữ", "a".repeat(1_000_000));
    let mail = of(&raw);
    assert!((8_000..=8 * 1_024).contains(&mail.subject.len()));
    assert_eq!(mail.text, "chữ");
    let folded = format!("Subject: a\n{}\n\nchữ", "\n b".repeat(300_000));
    assert!(of(&folded).subject.len() <= 8 * 1_024 + 20);
}

#[test]
fn a_letter_that_breaks_off_gives_what_there_is() {
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nnửa";
    assert_eq!(of(raw).text, "nửa");
    for end in 0..ALTERNATIVE.len() {
        let _ = read(&ALTERNATIVE.as_bytes()[..end], &Two);
    }
    assert_eq!(of("Subject: không có thân").text, "");
    assert_eq!(of(""), Mail::default());
    assert_eq!(of("\n\nchỉ có thân").text, "\nchỉ có thân");
}

#[test]
fn hostile_signs_cost_no_more_than_others() {
    // Each would take minutes if it were gone through again for every sign.
    for sign in ["&", "<", "<!--", "</", "=?", "=?a?Q?", "\"", "<script>", "--b\n", "&#", ";="] {
        let many = sign.repeat(200_000 / sign.len());
        let _ = of(&format!("Content-Type: text/html; boundary=b\n\n{many}"));
        let _ = of(&format!("Content-Type: multipart/mixed; boundary=b\n\n{many}"));
        let _ = of(&format!("Subject: {many}\nContent-Type: text/plain; {many}\n\na"));
    }
}

proptest! {
    #[test]
    fn junk_never_panics(junk: Vec<u8>) {
        let _ = read(&junk, &Two);
    }

    #[test]
    fn mail_of_odd_pieces_never_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "\n", "\r\n", "--b", "--b--", "Content-Type: multipart/mixed; boundary=b", ": ", " ", "=?",
        "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "&#x41;",
        "=E1=BA=AD", "mật", "<b>", "Subject: =?utf-8?q?a?=", ";", "\"", "\\", "boundary=", "\0",
    ]), 0..60)) {
        let _ = of(&pieces.concat());
    }

    /// What a well-known reader makes of ordinary letters, ours makes too.
    #[test]
    fn ordinary_letters_are_read_as_another_reader_does(
        subject in "[A-Za-zâêôơưđạảấầ ]{1,60}",
        text in "[A-Za-zâêôơưđạảấầ0-9.,!?=\n ]{1,300}",
        encoding in 0..3_u8,
        inside in any::<bool>(),
    ) {
        let subject = subject.trim();
        prop_assume!(!subject.is_empty() && !text.trim().is_empty());
        let (name, body) = match encoding {
            0 => ("8bit", text.clone()),
            1 => ("base64", data_encoding::BASE64_MIME.encode(text.as_bytes())),
            _ => ("quoted-printable", text.bytes().fold(String::new(), |mut out, byte| {
                let _ = if byte == b'\n' { writeln!(out) } else { write!(out, "={byte:02X}") };
                out
            })),
        };
        let coded = data_encoding::BASE64.encode(subject.as_bytes());
        let part = format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {name}\n\n{body}");
        let head = format!("From: a@example.vn\nSubject: =?utf-8?b?{coded}?=\n");
        let raw = if inside {
            format!("{head}Content-Type: multipart/mixed; boundary=\"--=x\"\n\n----=x\n{part}\n----=x--\n")
        } else {
            format!("{head}{part}")
        };
        let theirs = MessageParser::default().parse(raw.as_bytes()).unwrap();
        let ours = of(&raw);
        prop_assert_eq!(ours.subject, theirs.subject().unwrap_or_default());
        let expected = theirs.body_text(0).unwrap_or_default();
        prop_assert_eq!(ours.text.trim_end(), expected.trim_end());
    }
}
