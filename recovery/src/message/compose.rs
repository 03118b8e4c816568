//! The order of what each message says. The "not me" link is always the last thing.

use std::fmt::Write as _;

use super::document::{Block, Document};
use super::field::{Line, Link};
use super::moment::{Moment, Span};
use super::words::{Valid, Words};
use super::{Content, Context, RecoveryCode};

/// The longest subject, in characters before encoding.
const SUBJECT_MAX: usize = 78;

pub(super) fn compose(content: &Content, words: &dyn Words, context: &Context) -> Document {
    let (title, blocks) = match content {
        Content::RecoveryCode(recovery) => {
            (words.code_title(), recovery_code(recovery, words, context))
        }
        Content::TooLate { asked_at, start_link } => {
            (words.late_title(), too_late(*asked_at, start_link, words, context))
        }
        Content::PasswordChanged { changed_at, disown_link, disown_lifetime } => (
            words.changed_title(),
            changed(*changed_at, disown_link, *disown_lifetime, words, context),
        ),
        Content::PasswordDisowned { disowned_at, start_link } => {
            (words.disowned_title(), disowned(*disowned_at, start_link, words, context))
        }
        Content::DeskLink { sent_at, link, lifetime, guarded } => {
            (words.desk_title(), desk_link((*sent_at, *lifetime), link, *guarded, words, context))
        }
        Content::ContactsChanging { confirmed_at, effective_at, stop_link } => (
            words.changing_title(),
            changing((*confirmed_at, *effective_at), stop_link, words, context),
        ),
        Content::ContactsChanged { changed_at } => {
            (words.contacts_title(), contacts_changed(*changed_at, words, context))
        }
    };
    Document { subject: subject(title, words, context), title: title.to_owned(), blocks }
}

/// `[tag] title - service`; a long name of a service gives way, the title does not.
fn subject(title: &str, words: &dyn Words, context: &Context) -> Line {
    let mut subject = String::new();
    if context.demonstration {
        subject.push_str(words.demonstration_tag());
        subject.push(' ');
    }
    subject.push_str(title);
    let service = context.service.as_str();
    let room = SUBJECT_MAX.saturating_sub(subject.chars().count() + " - ".len());
    if service.chars().count() <= room && !service.is_empty() {
        subject.push_str(" - ");
        subject.push_str(service);
    } else if room > "...".len() && !service.is_empty() {
        subject.push_str(" - ");
        subject.extend(service.chars().take(room - "...".len()));
        subject.push_str("...");
    }
    Line::new(&subject)
}

fn recovery_code(recovery: &RecoveryCode, words: &dyn Words, context: &Context) -> Vec<Block> {
    let valid = |what, lifetime: u32| {
        let until = Moment::in_vietnam(recovery.asked_at.saturating_add(i64::from(lifetime)));
        words.code_valid(what, Span::of(lifetime), Moment::in_vietnam(recovery.asked_at), until)
    };
    let mut lifetimes = if recovery.code_lifetime == recovery.link_lifetime {
        valid(Valid::Both, recovery.code_lifetime)
    } else {
        format!(
            "{} {}",
            valid(Valid::Code, recovery.code_lifetime),
            valid(Valid::Link, recovery.link_lifetime)
        )
    };
    lifetimes.push(' ');
    lifetimes.push_str(words.code_link_survives());

    let mut blocks =
        opening(words.code_asked(Moment::in_vietnam(recovery.asked_at)), words, context);
    blocks.extend([
        Block::Paragraph(words.code_use().to_owned()),
        Block::CodeAndLink {
            code: recovery.code.clone(),
            label: words.code_button().to_owned(),
            link: recovery.recovery_link.clone(),
        },
        Block::Paragraph(lifetimes),
        Block::Paragraph(words.code_only_on(recovery.recovery_link.host())),
        Block::Heading(words.safety().to_owned()),
        Block::List(vec![words.code_for_nobody_else().to_owned(), words.we_never_ask().to_owned()]),
    ]);
    help(&mut blocks, words, context);
    blocks.extend([
        Block::Heading(words.not_you().to_owned()),
        Block::Paragraph(words.code_not_you(Span::of(recovery.disown_lifetime))),
        Block::Aside { label: words.not_me().to_owned(), link: recovery.disown_link.clone() },
    ]);
    blocks
}

fn too_late(asked_at: i64, start: &Link, words: &dyn Words, context: &Context) -> Vec<Block> {
    let mut blocks = opening(words.late_asked(Moment::in_vietnam(asked_at)), words, context);
    blocks.extend([
        Block::Paragraph(words.late_sorry().to_owned()),
        Block::Paragraph(words.late_if_you().to_owned()),
        Block::Action { label: words.start_again().to_owned(), link: start.clone() },
        Block::Heading(words.not_you().to_owned()),
        Block::Paragraph(words.late_not_you().to_owned()),
    ]);
    safety(&mut blocks, words);
    help(&mut blocks, words, context);
    blocks
}

fn changed(
    changed_at: i64,
    disown: &Link,
    lifetime: u32,
    words: &dyn Words,
    context: &Context,
) -> Vec<Block> {
    let mut blocks = opening(words.changed_when(Moment::in_vietnam(changed_at)), words, context);
    blocks.push(Block::Paragraph(words.changed_if_you().to_owned()));
    safety(&mut blocks, words);
    help(&mut blocks, words, context);
    let mut not_you = words.changed_not_you(Span::of(lifetime));
    if !context.hotlines.is_empty() {
        not_you.push(' ');
        not_you.push_str(words.changed_or_call());
    }
    blocks.extend([
        Block::Heading(words.not_you().to_owned()),
        Block::Paragraph(not_you),
        Block::Action { label: words.not_me().to_owned(), link: disown.clone() },
    ]);
    blocks
}

fn disowned(disowned_at: i64, start: &Link, words: &dyn Words, context: &Context) -> Vec<Block> {
    let mut blocks = opening(words.disowned_when(Moment::in_vietnam(disowned_at)), words, context);
    blocks.extend([
        Block::Paragraph(words.disowned_result().to_owned()),
        Block::Paragraph(format!("{} {}", words.disowned_next(), words.disowned_mailbox())),
        Block::Action { label: words.code_button().to_owned(), link: start.clone() },
    ]);
    safety(&mut blocks, words);
    help(&mut blocks, words, context);
    blocks
}

fn desk_link(
    (sent_at, lifetime): (i64, u32),
    link: &Link,
    guarded: bool,
    words: &dyn Words,
    context: &Context,
) -> Vec<Block> {
    let (at, until) = (sent_at, sent_at.saturating_add(i64::from(lifetime)));
    let (at, until) = (Moment::in_vietnam(at), Moment::in_vietnam(until));
    let mut blocks = opening(words.desk_sent(at), words, context);
    blocks.push(Block::Paragraph(words.desk_use().to_owned()));
    if guarded {
        blocks.push(Block::Paragraph(words.desk_needs_lookup().to_owned()));
    }
    blocks.extend([
        Block::Action { label: words.code_button().to_owned(), link: link.clone() },
        Block::Paragraph(words.code_valid(Valid::Link, Span::of(lifetime), at, until)),
        Block::Paragraph(words.code_only_on(link.host())),
        Block::Heading(words.safety().to_owned()),
        Block::List(vec![words.code_for_nobody_else().to_owned(), words.we_never_ask().to_owned()]),
        Block::Heading(words.not_you().to_owned()),
        Block::Paragraph(words.desk_not_you().to_owned()),
    ]);
    help(&mut blocks, words, context);
    blocks
}

fn changing(
    (confirmed_at, effective_at): (i64, i64),
    stop: &Link,
    words: &dyn Words,
    context: &Context,
) -> Vec<Block> {
    let at = Moment::in_vietnam(confirmed_at);
    let mut blocks = opening(words.changing_when(at), words, context);
    blocks.push(Block::Paragraph(words.changing_if_you().to_owned()));
    safety(&mut blocks, words);
    help(&mut blocks, words, context);
    blocks.extend([
        Block::Heading(words.not_you().to_owned()),
        Block::Paragraph(words.changing_not_you(Moment::in_vietnam(effective_at))),
        Block::Action { label: words.changing_stop().to_owned(), link: stop.clone() },
    ]);
    blocks
}

fn contacts_changed(changed_at: i64, words: &dyn Words, context: &Context) -> Vec<Block> {
    let mut blocks =
        opening(words.contacts_changed_when(Moment::in_vietnam(changed_at)), words, context);
    blocks.extend([
        Block::Paragraph(words.contacts_if_you().to_owned()),
        Block::Heading(words.not_you().to_owned()),
        Block::Paragraph(words.contacts_not_you().to_owned()),
    ]);
    safety(&mut blocks, words);
    help(&mut blocks, words, context);
    blocks
}

/// To whom, what happened, and who says so.
fn opening(happened: String, words: &dyn Words, context: &Context) -> Vec<Block> {
    let service = context.service.as_str();
    let sender = match context.operator.as_ref().filter(|name| !name.is_empty()) {
        Some(operator) => words.sent_for(operator.as_str(), service),
        None => words.sent_independently(service),
    };
    let mut blocks = Vec::new();
    if context.demonstration {
        blocks.push(Block::Notice(words.demonstration().to_owned()));
    }
    blocks.extend([
        Block::Paragraph(words.greeting(context.account.as_str())),
        Block::Paragraph(happened),
        Block::Paragraph(sender),
    ]);
    blocks
}

fn safety(blocks: &mut Vec<Block>, words: &dyn Words) {
    blocks.push(Block::Heading(words.safety().to_owned()));
    blocks.push(Block::Paragraph(words.we_never_ask().to_owned()));
}

fn help(blocks: &mut Vec<Block>, words: &dyn Words, context: &Context) {
    if context.hotlines.is_empty() {
        return;
    }
    let numbers = context.hotlines.iter().map(|hotline| {
        let mut what = hotline.label.to_string();
        if !hotline.note.is_empty() {
            let _ = write!(what, " ({})", hotline.note); // into a String: cannot fail
        }
        (hotline.number.clone(), what)
    });
    blocks.push(Block::Heading(words.help().to_owned()));
    blocks.push(Block::Numbers(numbers.collect()));
}
