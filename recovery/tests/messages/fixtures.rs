//! Synthetic messages.

use recovery::code::Code;
use recovery::email::EmailAddress;
use recovery::locale::Locale;
use recovery::message::{
    Content, Context, Envelope, Hotline, Link, MessageId, RecoveryCode, Template,
};

/// 14:05:09 on 22 November 2025 in Vietnam.
pub(crate) const AT: i64 = 1_763_795_109;
pub(crate) const CODE: &str = "K7QM-2P9X";
pub(crate) const RECOVERY_LINK: &str = "https://khoiphuc.example.vn/lien-ket#\
     r_01JDEXAMPLE0000000000000.uWmN2x0AqkYt7c4fVbS8eZpLr3hJdG6iKoXnTzQ1vE5";
pub(crate) const DISOWN_LINK: &str = "https://khoiphuc.example.vn/khong-phai-toi#\
     d_01JDEXAMPLE0000000000000.Qv1E5zTnXoKi6GdJh3rLpZe8SbVf4c7tYkqA0x2NmWu";
pub(crate) const CASE_LINK: &str = "https://khoiphuc.example.vn/ho-so#\
     r_01JDEXAMPLE0000000000000.uWmN2x0AqkYt7c4fVbS8eZpLr3hJdG6iKoXnTzQ1vE5";
pub(crate) const START_LINK: &str = "https://khoiphuc.example.vn/email";

pub(crate) fn link(address: &str) -> Link {
    Link::new(address).unwrap()
}

pub(crate) fn recovery_code() -> RecoveryCode {
    RecoveryCode {
        code: Code::parse(CODE).unwrap(),
        recovery_link: link(RECOVERY_LINK),
        disown_link: link(DISOWN_LINK),
        asked_at: AT,
        code_lifetime: 600,
        link_lifetime: 600,
        disown_lifetime: 864_000,
    }
}

pub(crate) fn content(template: Template) -> Content {
    match template {
        Template::RecoveryCode => Content::RecoveryCode(recovery_code()),
        Template::TooLate => Content::TooLate { asked_at: AT, start_link: link(START_LINK) },
        Template::PasswordChanged => Content::PasswordChanged {
            changed_at: AT,
            disown_link: link(DISOWN_LINK),
            disown_lifetime: 864_000,
        },
        Template::PasswordDisowned => {
            Content::PasswordDisowned { disowned_at: AT, start_link: link(START_LINK) }
        }
        Template::DeskLink | Template::DeskGuardedLink => {
            let guarded = template == Template::DeskGuardedLink;
            let address = if guarded { CASE_LINK } else { RECOVERY_LINK };
            Content::DeskLink { sent_at: AT, link: link(address), lifetime: 86_400, guarded }
        }
        Template::ContactsChanging => Content::ContactsChanging {
            confirmed_at: AT,
            effective_at: AT + 86_400,
            stop_link: link(DISOWN_LINK),
        },
        Template::ContactsChanged => Content::ContactsChanged { changed_at: AT },
        Template::AuditCheckpoint => unreachable!("not among those to members"),
    }
}

/// An agency's deployment, with the help lines of `operator.toml`.
pub(crate) fn agency(locale: Locale) -> Context {
    let (operator, lines) = match locale {
        Locale::Vi => (
            "Cơ quan Ví dụ",
            [
                ("Tổng đài BHXH Việt Nam", "1900 9068", "1.000 đ/phút"),
                ("Số thứ hai, giờ hành chính", "024 3789 9999", ""),
            ],
        ),
        Locale::En => (
            "Example Agency",
            [
                ("Vietnam Social Security hotline", "1900 9068", "1,000 VND a minute"),
                ("Second number, office hours", "024 3789 9999", ""),
            ],
        ),
    };
    let hotlines = lines.map(|(label, number, note)| Hotline {
        label: label.into(),
        number: number.into(),
        note: note.into(),
    });
    Context {
        service: "Chìa Khoá".into(),
        operator: Some(operator.into()),
        demonstration: false,
        account: "90•••••001".into(),
        hotlines: hotlines.into(),
    }
}

/// What `cargo xtask dev` sends: a demonstration without an operator.
pub(crate) fn demonstration(locale: Locale) -> Context {
    Context { operator: None, demonstration: true, ..agency(locale) }
}

pub(crate) fn envelope() -> Envelope {
    let from = "Chìa Khoá <khong-tra-loi@khoiphuc.example.vn>".parse().unwrap();
    let message_id = MessageId::new("o_01JDEXAMPLE", &sender(&from)).unwrap();
    Envelope { from, to: EmailAddress::parse("tv1@example.vn").unwrap(), message_id, date: AT }
}

fn sender(from: &recovery::message::Mailbox) -> EmailAddress {
    from.address.clone()
}

/// Every message in every language, from both kinds of deployment.
pub(crate) fn all() -> impl Iterator<Item = (Template, Locale, Context)> {
    Template::ALL.into_iter().flat_map(|template| {
        Locale::ALL.into_iter().flat_map(move |locale| {
            [agency(locale), demonstration(locale)].map(move |context| (template, locale, context))
        })
    })
}
