//! The frame around every page: banner, header, main, footer, and what a single-page app owes
//! its users on every change of page: the title, the language, the focus, the address.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{
    components::Router,
    hooks::use_location,
    location::{BrowserUrl, LocationProvider as _},
};

use crate::{
    browser,
    components::{Started, Title, whole},
    flow::Flow,
    operator::{OPERATOR, Operator},
    pages,
    routes::{Guide, Lang, Page, Route, other},
    words::{Words, fill},
};

/// The root of the tree.
#[component]
pub fn App() -> impl IntoView {
    view! { <Router><Shell /></Router> }
}

#[component]
fn Shell() -> impl IntoView {
    let location = use_location();
    let route = Memo::new(move |_| Route::parse(&location.pathname.read()));
    let lang = Memo::new(move |_| route.get().lang);
    let page = Memo::new(move |_| route.get().page);
    let title = Title::provide();
    let started = Started::provide();
    Flow::provide();

    // The router pushes the new address once it hears that the page is drawn.
    let url = use_context::<BrowserUrl>();
    Effect::new(move |_| {
        route.track();
        if let Some(url) = &url {
            url.ready_to_complete();
        }
    });
    Effect::new(move |_| browser::set_language(lang.get().as_str()));
    Effect::new(move |_| browser::set_title(&title.text(Words::of(lang.get()))));
    // Effects run one after the other in the microtasks after this; a timer comes after them all,
    // when every field has been read.
    Effect::new(move |_| {
        started.set();
        set_timeout(browser::announce_ready, Duration::ZERO);
    });

    move || whole(frame(lang.get(), page))
}

/// Everything inside `#app`, in one language.
fn frame(lang: Lang, page: Memo<Page>) -> impl IntoView {
    let words = Words::of(lang);
    let common = &words.common;
    let href = move |page| Route { lang, page }.href();
    let switch = {
        let search = use_location().search;
        move || {
            let href = Route { lang: other(lang), page: page.get() }.href();
            let search = search.read();
            if search.is_empty() { href } else { [&href, "?", &search].concat() }
        }
    };
    view! {
        <a
            class="skip"
            href="#noi-dung"
            on:click=move |event| {
                event.prevent_default();
                browser::focus("noi-dung");
            }
        >
            {common.skip}
        </a>
        {OPERATOR.demo.then(|| view! { <p class="banner">{common.demo}</p> })}
        <header class="header">
            <a class="brand" href=href(Page::Home)>
                {key_icon()}
                <span class="brand-name">{common.site}</span>
                <span class="brand-line">{brand_line(&OPERATOR, lang)}</span>
            </a>
            <div class="header-tools">
                {OPERATOR
                    .hotlines
                    .first()
                    .map(|hotline| {
                        view! {
                            <a class="help" href=hotline.tel>
                                {phone_icon()}
                                <span class="visually-hidden">{common.call} " "</span>
                                {hotline.number}
                            </a>
                        }
                    })}
                <a class="language" href=switch lang=other(lang).as_str() hreflang=other(lang).as_str()>
                    {common.other_language}
                </a>
            </div>
        </header>
        <main id="noi-dung" class="main" tabindex="-1">
            {move || pages::page(Route { lang, page: page.get() })}
        </main>
        <footer class="footer">
            <p>{standing(&OPERATOR, lang)}</p>
            <p>{common.never_ask}</p>
            <div class="footer-columns">
                <section>
                    <h2>{common.help_heading}</h2>
                    <ul>
                        {OPERATOR
                            .hotlines
                            .iter()
                            .map(|hotline| {
                                let note = hotline.note.get(lang);
                                view! {
                                    <li>
                                        {hotline.label.get(lang)}
                                        ": "
                                        <a href=hotline.tel>{hotline.number}</a>
                                        {(!note.is_empty()).then(|| [" (", note, ")"].concat())}
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </section>
                <section>
                    <h2>{common.official_heading}</h2>
                    <ul>
                        <li><a href=OPERATOR.portal rel="external">{common.portal}</a></li>
                        <li><a href=OPERATOR.agency rel="external">{common.agency}</a></li>
                    </ul>
                </section>
                <section>
                    <h2>{common.site_heading}</h2>
                    <ul>
                        <li>
                            <a href=href(Page::Guide(Guide::Safety))>{words.titles.safety}</a>
                        </li>
                        <li>
                            <a href=href(Page::Guide(Guide::Privacy))>{words.titles.privacy}</a>
                        </li>
                        {contact(&OPERATOR)}
                    </ul>
                </section>
            </div>
        </footer>
    }
}

/// Beside the name, on every page: whose site this is, or that it is not BHXH's.
const fn brand_line(operator: &Operator, lang: Lang) -> &'static str {
    if operator.is_named() { operator.name.get(lang) } else { Words::of(lang).common.not_bhxh }
}

/// Who stands behind the site, or that nobody official does.
fn standing(operator: &Operator, lang: Lang) -> String {
    let common = &Words::of(lang).common;
    if operator.is_named() {
        fill(common.run_by, operator.name.get(lang))
    } else {
        common.independent.to_owned()
    }
}

/// Where the operator answers questions, if anywhere.
fn contact(operator: &Operator) -> impl IntoView + use<> {
    let link = |scheme: &str, text: &'static str| {
        (!text.is_empty()).then(|| {
            let href = [scheme, text].concat();
            view! { <li><a href=href rel="external">{text}</a></li> }
        })
    };
    (link("", operator.url), link("mailto:", operator.email), link("tel:", operator.phone))
}

/// The site's own mark: a key.
fn key_icon() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
            <circle cx="11" cy="11" r="7" fill="none" stroke="currentColor" stroke-width="4" />
            <path
                d="M16 16l11 11m-6-6l4-4m0 8l4-4"
                fill="none"
                stroke="currentColor"
                stroke-width="4"
                stroke-linecap="round"
            />
        </svg>
    }
}

fn phone_icon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path
                d="M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linejoin="round"
            />
        </svg>
    }
}
