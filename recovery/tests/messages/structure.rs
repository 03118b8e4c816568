//! The form that people, mail clients and tests rely on.

use std::fs;

use recovery::locale::Locale;
use recovery::message::{Content, Link, RecoveryCode, Template, render};

use crate::fixtures::{
    CODE, DISOWN_LINK, RECOVERY_LINK, START_LINK, agency, all, content, demonstration,
    recovery_code,
};

fn has_link(line: &str) -> bool {
    line.contains("://")
}

#[test]
fn the_code_stands_alone_and_the_link_alone_on_the_next_line() {
    for locale in Locale::ALL {
        for context in [agency(locale), demonstration(locale)] {
            let message = render(&content(Template::RecoveryCode), locale, &context);
            let lines: Vec<_> = message.text.lines().collect();
            let at = lines.iter().position(|line| *line == CODE).unwrap();
            assert_eq!(lines[at + 1], RECOVERY_LINK);
            assert!(!lines[..=at].iter().any(|line| has_link(line)));
            assert_eq!(message.text.matches(CODE).count(), 1, "shown once, to be copied once");
        }
    }
}

#[test]
fn the_not_me_link_is_the_last_line() {
    for template in [Template::RecoveryCode, Template::PasswordChanged] {
        for locale in Locale::ALL {
            let message = render(&content(template), locale, &agency(locale));
            assert_eq!(message.text.lines().last(), Some(DISOWN_LINK));
            assert_eq!(message.text.matches(DISOWN_LINK).count(), 1);
            let last_href = message.html.rsplit("href=\"").next().unwrap();
            assert!(last_href.starts_with(DISOWN_LINK));
        }
    }
}

#[test]
fn messages_without_a_secret_have_none() {
    for template in [Template::TooLate, Template::PasswordDisowned] {
        for locale in Locale::ALL {
            let message = render(&content(template), locale, &agency(locale));
            let links: Vec<_> = message.text.lines().filter(|line| has_link(line)).collect();
            assert_eq!(links, [START_LINK]);
            assert!(!message.html.contains(".vn/lien-ket") && !message.html.contains(CODE));
        }
    }
}

#[test]
fn text_lines_fit_76_columns_and_links_stand_alone() {
    for (template, locale, context) in all() {
        let message = render(&content(template), locale, &context);
        for line in message.text.lines() {
            if has_link(line) {
                assert!(!line.contains(' ') && line.starts_with("https://"), "{line}");
            } else {
                assert!(line.chars().count() <= 76, "{line}");
                assert_eq!(line, line.trim_end(), "no space at the end of a line");
            }
        }
        assert!(!message.text.contains("\n\n\n") && message.text.ends_with('\n'));
    }
}

#[test]
fn subjects_fit_78_characters_however_long_the_service_is_named() {
    for (template, locale, mut context) in all() {
        for name in ["", "X", "Chìa Khoá", &"Dịch vụ rất dài ".repeat(20)] {
            context.service = name.into();
            let subject = render(&content(template), locale, &context).subject;
            assert!(subject.as_str().chars().count() <= 78, "{subject}");
            assert!(!subject.as_str().ends_with('-'), "{subject}");
            assert!(!subject.as_str().contains(CODE), "a locked screen shows subjects");
        }
    }
}

#[test]
fn without_an_operator_a_message_says_that_it_is_not_from_bhxh() {
    for template in Template::ALL {
        for (locale, words) in [
            (Locale::Vi, "thư này không phải của cơ quan BHXH"),
            (Locale::En, "It is not from BHXH"),
        ] {
            for operator in [None, Some(" ".into())] {
                let context = recovery::message::Context { operator, ..agency(locale) };
                let message = render(&content(template), locale, &context);
                assert!(unwrapped(&message.text).contains(words));
                assert!(message.html.contains(words));
            }
            let message = render(&content(template), locale, &agency(locale));
            assert!(!unwrapped(&message.text).contains(words));
        }
    }
}

#[test]
fn only_a_demonstration_says_that_it_is_one() {
    for template in Template::ALL {
        for (locale, tag, words) in
            [(Locale::Vi, "[Chạy thử] ", "dữ liệu giả"), (Locale::En, "[Demo] ", "is made up")]
        {
            let message = render(&content(template), locale, &demonstration(locale));
            assert!(message.subject.as_str().starts_with(tag));
            assert!(unwrapped(&message.text).contains(words) && message.html.contains(words));
            let message = render(&content(template), locale, &agency(locale));
            assert!(!message.subject.as_str().contains(tag.trim_end()));
            assert!(!unwrapped(&message.text).contains(words));
        }
    }
}

#[test]
fn every_message_says_what_is_never_asked_for_and_whom_to_call() {
    for (template, locale, context) in all() {
        let message = render(&content(template), locale, &context);
        let text = unwrapped(&message.text);
        let never: &[&str] = match locale {
            Locale::Vi => {
                &["mật khẩu bạn đang dùng", "OTP", "ảnh căn cước công dân", "không thu tiền"]
            }
            Locale::En => &["password you use now", "OTP", "photo of your identity card", "money"],
        };
        for words in never {
            assert!(text.contains(words) && message.html.contains(words), "{words}");
        }
        assert!(text.contains("- 1900 9068: ") && text.contains("- 024 3789 9999: "));
        assert!(message.html.contains("href=\"tel:19009068\""));
    }
}

#[test]
fn without_help_lines_nobody_is_told_to_call() {
    for (template, locale, mut context) in all() {
        context.hotlines.clear();
        let text = unwrapped(&render(&content(template), locale, &context).text);
        assert!(!text.contains("gọi số") && !text.contains("hãy gọi"));
        assert!(!text.contains("call a number") && !text.contains("For help"));
    }
}

#[test]
fn lifetimes_that_differ_are_told_apart_and_the_day_is_named_when_it_changes() {
    let content = Content::RecoveryCode(RecoveryCode {
        code_lifetime: 300,
        link_lifetime: 86_400,
        ..recovery_code()
    });
    let text = unwrapped(&render(&content, Locale::Vi, &agency(Locale::Vi)).text);
    assert!(text.contains("Mã dùng được trong 5 phút, đến 14:10."), "{text}");
    assert!(text.contains("Đường dẫn dùng được trong 24 giờ, đến 14:05 ngày 23/11/2025."));
    let text = unwrapped(&render(&content, Locale::En, &agency(Locale::En)).text);
    assert!(text.contains("The code works for 5 minutes, until 14:10."), "{text}");
    assert!(text.contains("The link works for 24 hours, until 14:05 on 23 November 2025."));
}

#[test]
fn the_page_to_trust_is_named_by_its_host() {
    for locale in Locale::ALL {
        let message = render(&content(Template::RecoveryCode), locale, &agency(locale));
        assert!(message.text.lines().any(|line| line.ends_with(" khoiphuc.example.vn")));
    }
}

#[test]
fn the_html_fetches_nothing_and_shows_every_address() {
    for (template, locale, context) in all() {
        let html = render(&content(template), locale, &context).html;
        assert!(html.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{locale}\">")));
        for remote in ["<img", "<script", "<link", "<iframe", "src=", "url(", "@import", "<form"] {
            assert!(!html.contains(remote), "{remote}");
        }
        for href in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let shown = html.contains(&format!(">{href}<")) || href.starts_with("tel:");
            assert!(shown, "{href}");
        }
        for tag in ["p", "h1", "h2", "ul", "li", "a", "span", "div", "strong", "body", "html"] {
            let opened = html.matches(&format!("<{tag}>")).count()
                + html.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        assert_eq!(html.matches("<h1").count(), 1);
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    for (template, locale, context) in all() {
        let once = render(&content(template), locale, &context);
        assert_eq!(once, render(&content(template), locale, &context.clone()));
    }
}

#[test]
fn templates_keep_their_names_in_the_database() {
    let names = Template::ALL.map(Template::as_str);
    assert_eq!(
        names,
        [
            "recovery-code",
            "too-late",
            "password-changed",
            "password-disowned",
            "desk-link",
            "desk-guarded-link",
            "contacts-changing",
            "contacts-changed",
        ]
    );
    for template in Template::ALL {
        assert_eq!(Template::from_name(template.as_str()), Some(template));
        assert_eq!(content(template).template(), template);
        let json = serde_json::to_string(&template).unwrap();
        assert_eq!(json, format!("\"{}\"", template.as_str()));
    }
    assert_eq!(Template::from_name("RecoveryCode"), None);
}

#[test]
fn no_message_has_a_place_for_a_password() {
    // ASVS 6.4.1, 6.4.6: a field or placeholder of that name would be the first step.
    let messages = concat!(env!("CARGO_MANIFEST_DIR"), "/src/message");
    let mut files: Vec<_> = fs::read_dir(messages).unwrap().map(|e| e.unwrap().path()).collect();
    files.extend(fs::read_dir(format!("{messages}/words")).unwrap().map(|e| e.unwrap().path()));
    files.retain(|path| path.is_file());
    assert!(files.len() >= 12, "{files:?}");
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        for word in ["password", "passwd", "secret", "mat_khau"] {
            for place in [format!("{word}:"), format!("{{{word}"), format!(".{word}")] {
                assert!(!source.contains(&place), "{place} in {}", file.display());
            }
        }
    }
}

#[test]
fn debug_output_shows_neither_code_nor_secret() {
    let content = content(Template::RecoveryCode);
    let message = render(&content, Locale::Vi, &agency(Locale::Vi));
    let shown = format!("{content:?} {message:?} {:?}", agency(Locale::Vi));
    let fragment = RECOVERY_LINK.split('#').nth(1).unwrap();
    assert!(!shown.contains(CODE) && !shown.contains(fragment) && !shown.contains("90•"));
    assert!(!format!("{:?}", Link::new(RECOVERY_LINK)).contains('#'));
}

/// The text with its line breaks taken out, as a person reads it.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
