//! The first page, which asks what one can still use, and the page for unknown addresses.

use leptos::prelude::*;

use crate::{
    components::Heading,
    routes::{Guide, Lang, Page, Route},
    words::Words,
};

pub(super) fn home(lang: Lang) -> impl IntoView {
    let words = Words::of(lang);
    let home = &words.home;
    let href = move |page| Route { lang, page }.href();
    let choice = |page, name: &'static str, how: &'static str| {
        view! {
            <li>
                <a class="choice" href=href(page)>
                    <strong class="choice-name">{name}</strong>
                    <span class="choice-how">{how}</span>
                </a>
            </li>
        }
    };
    view! {
        <Heading text=words.titles.home />
        <p class="lead">{home.lead}</p>
        <ul class="choices">
            {choice(Page::Guide(Guide::Vneid), home.vneid, home.vneid_how)}
            {choice(Page::Email, home.email, home.email_how)}
            {choice(Page::Guide(Guide::Hotline), home.phone, home.phone_how)}
            {choice(Page::Guide(Guide::Office), home.none, home.none_how)}
        </ul>
        <ul class="onward">
            <li><a href=href(Page::Guide(Guide::Text))>{home.text_too}</a></li>
            <li><a href=href(Page::Guide(Guide::Safety))>{home.safety}</a></li>
        </ul>
    }
}

pub(super) fn not_found(lang: Lang) -> impl IntoView {
    let words = Words::of(lang);
    let home = Route { lang, page: Page::Home }.href();
    view! {
        <Heading text=words.titles.not_found />
        <p>{words.home.not_found}</p>
        <p><a href=home>{words.common.home}</a></p>
    }
}

/// A page of the service where nobody is served.
pub(super) fn closed(route: Route) -> impl IntoView {
    let words = Words::of(route.lang);
    let home = Route { lang: route.lang, page: Page::Home }.href();
    view! {
        <Heading text=words.common.closed_heading />
        <p class="lead">{words.common.closed}</p>
        <p><a class="button" href=home>{words.common.home}</a></p>
    }
}
