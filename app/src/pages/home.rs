//! The first page, which asks what one can still use; the page for unknown addresses; and what
//! stands where a page of the service would, where nobody is served.

use leptos::prelude::*;

use crate::{
    components::{
        Part, anchor, button_link, group, heading, href, items_of, link, paragraph, prose, whole,
    },
    operator::OPERATOR,
    routes::{Guide, Lang, Page, Route},
    words::Words,
};

pub(super) fn home(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.home;
    let email_how = if OPERATOR.serves_email() { say.email_how } else { say.email_how_guide };
    // The shortest way with the phone, and the other one below.
    let (text, hotline) = (Guide::Text, Guide::Hotline);
    let (phone, phone_how, phone_facts, other, other_name) = if OPERATOR.serves_texts() {
        (text, say.phone_how_text, say.phone_facts_text, hotline, words.titles.hotline)
    } else {
        (hotline, say.phone_how, say.phone_facts, text, say.text_too)
    };
    let (none_how, none_facts) = if OPERATOR.serves_desk() {
        (say.none_how_desk, say.none_facts_desk)
    } else {
        (say.none_how, say.none_facts)
    };
    let choice = |href: String, name: &'static str, how: &'static str, facts: &'static str| {
        whole(view! {
            <a class="choice" href=href>
                <strong class="choice-name">{name}</strong>
                <span class="choice-how">{how}</span>
                <span class="choice-facts">{facts}</span>
            </a>
        })
    };
    group(vec![
        heading(words.titles.home),
        paragraph("lead", say.lead),
        items_of(
            "choices",
            vec![
                choice(href!(lang, Guide(Guide::Vneid)), say.vneid, say.vneid_how, say.vneid_facts),
                choice(href!(lang, Email), say.email, email_how, say.email_facts),
                choice(href!(lang, Guide(phone)), say.phone, phone_how, phone_facts),
                choice(href!(lang, Guide(Guide::Office)), say.none, none_how, none_facts),
            ],
        ),
        items_of(
            "onward",
            vec![
                anchor("", href!(lang, Directory), words.titles.directory),
                anchor("", href!(lang, Guide(other)), other_name),
                anchor("", href!(lang, Guide(Guide::Safety)), say.safety),
            ],
        ),
        prose(Route { lang, page: Page::Home }),
    ])
}

pub(super) fn not_found(lang: Lang) -> Part {
    let words = Words::of(lang);
    group(vec![
        heading(words.titles.not_found),
        paragraph("lead", words.home.not_found),
        link("", href!(lang, Home), words.common.home),
    ])
}

/// A page of the service where nobody is served.
pub(super) fn closed(lang: Lang) -> Part {
    let words = Words::of(lang);
    group(vec![
        heading(words.common.closed_heading),
        paragraph("lead", words.common.closed),
        button_link(href!(lang, Home), words.common.home),
    ])
}
