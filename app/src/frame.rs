//! The frame around every page: banner, header, main, footer, and what a single-page app owes
//! its users on every change of page: the title, the language, the focus, the address.

use std::time::Duration;

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::{
    components::Router,
    hooks::use_location,
    location::{BrowserUrl, LocationProvider as _},
};

use crate::{
    browser,
    components::{
        Part, Started, Title, anchor, attr, dynamic, effect, group, href, items_of, nothing,
        paragraph, whole,
    },
    flow::Flow,
    operator::{Hotline, OPERATOR, Operator},
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
    // The page in itself, and the language in itself: a new language draws the frame anew, a new
    // page only what is in it.
    let page = Memo::new(move |_| Route { lang: Lang::Vi, page: route.get().page });
    let home = Memo::new(move |_| Route { lang: route.get().lang, page: Page::Home });
    let title = Title::provide();
    let started = Started::provide();
    Flow::provide();

    // The router pushes the new address once it hears that the page is drawn.
    let url = use_context::<BrowserUrl>();
    effect(move || {
        route.track();
        if let Some(url) = &url {
            url.ready_to_complete();
        }
    });
    effect(move || {
        let lang = home.get().lang;
        browser::set_language(lang.as_str());
        browser::set_title(&title.text(Words::of(lang)));
    });
    // Effects run one after the other in the microtasks after this; a timer comes after them all,
    // when every field has been read.
    effect(move || {
        started.set();
        set_timeout(browser::announce_ready, Duration::ZERO);
    });

    dynamic(move || frame(home.get().lang, page))
}

/// Everything inside `#app`, in one language.
fn frame(lang: Lang, page: Memo<Route>) -> Part {
    let page = move || page.get().page;
    group(vec![
        skip_link(lang),
        header(lang, page),
        whole(view! {
            <main id="noi-dung" class="main" tabindex="-1">
                {dynamic(move || pages::page(Route { lang, page: page() }))}
            </main>
        }),
        footer(lang),
    ])
}

fn skip_link(lang: Lang) -> Part {
    let skip: Box<dyn FnMut(MouseEvent)> = Box::new(|event| {
        event.prevent_default();
        browser::focus("noi-dung");
    });
    let text = Words::of(lang).common.skip;
    whole(view! { <a class="skip" href="#noi-dung" on:click=skip>{text}</a> })
}

fn header(lang: Lang, page: impl Fn() -> Page + Send + 'static) -> Part {
    let common = &Words::of(lang).common;
    let search = use_location().search;
    // Pages are pre-rendered without a query, and taking a page over leaves attributes alone.
    let query = RwSignal::new(String::new());
    effect(move || query.set(search.get()));
    let there = attr(move || {
        let href = Route { lang: other(lang), page: page() }.href();
        let query = query.get();
        Some(if query.is_empty() { href } else { [&href, "?", &query].concat() })
    });
    // Before the router reads the link: its own listener is the window's.
    let keep_part: Box<dyn FnMut(MouseEvent)> = Box::new(|event| browser::keep_part(&event));
    let banner = if OPERATOR.demo && OPERATOR.serves() {
        paragraph("banner", common.demo)
    } else {
        nothing()
    };
    let help = match OPERATOR.hotlines.first() {
        None => nothing(),
        Some(hotline) => whole(view! {
            <a class="help" href=hotline.tel>
                {phone_icon()}
                <span class="visually-hidden">{common.call} " "</span>
                {hotline.number}
            </a>
        }),
    };
    whole(view! {
        <header>
            {banner}
            <div class="header">
                <a class="brand" href=href!(lang, Home)>
                    {key_icon()}
                    <span class="brand-name">{common.site}</span>
                    <span class="brand-line">{brand_line(&OPERATOR, lang)}</span>
                </a>
                <nav class="header-tools" aria-label=common.tools>
                    {help}
                    <a
                        class="language"
                        href=there
                        lang=other(lang).as_str()
                        hreflang=other(lang).as_str()
                        on:click=keep_part
                    >
                        {common.other_language}
                    </a>
                </nav>
            </div>
        </header>
    })
}

fn footer(lang: Lang) -> Part {
    let words = Words::of(lang);
    let common = &words.common;
    let hotlines = OPERATOR.hotlines.iter().map(|hotline| hotline_item(hotline, lang));
    let mut about = vec![
        anchor("", href!(lang, Directory), words.titles.directory),
        anchor("", href!(lang, Guide(Guide::Safety)), words.titles.safety),
        anchor("", href!(lang, Guide(Guide::Privacy)), words.titles.privacy),
    ];
    for (scheme, text) in
        [("", OPERATOR.url), ("mailto:", OPERATOR.email), ("tel:", OPERATOR.phone)]
    {
        if !text.is_empty() {
            about.push(anchor("", [scheme, text].concat(), text));
        }
    }
    let official = vec![
        anchor("", OPERATOR.portal.to_owned(), common.portal),
        anchor("", OPERATOR.agency.to_owned(), common.agency),
    ];
    let columns = group(vec![
        column(common.help_heading, hotlines.collect()),
        column(common.official_heading, official),
        column(common.site_heading, about),
    ]);
    whole(view! {
        <footer class="footer">
            {paragraph("", standing(&OPERATOR, lang))}
            {paragraph("", common.never_ask)}
            <nav class="footer-columns" aria-label=common.links>{columns}</nav>
        </footer>
    })
}

fn column(title: &'static str, items: Vec<Part>) -> Part {
    let items = items_of("", items);
    whole(view! {
        <section>
            <h2>{title}</h2>
            {items}
        </section>
    })
}

fn hotline_item(hotline: &Hotline, lang: Lang) -> Part {
    let note = hotline.note.get(lang);
    // A price is one word: `1.000 đ/phút` over two lines reads as two things.
    let price = note.replace(' ', "\u{a0}");
    let note = if note.is_empty() { String::new() } else { [" (", &price, ")"].concat() };
    group(vec![
        whole([hotline.label.get(lang), ": "].concat()),
        anchor("", hotline.tel.to_owned(), hotline.number),
        whole(note),
    ])
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

/// The site's own mark: a key.
fn key_icon() -> Part {
    whole(view! {
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
    })
}

fn phone_icon() -> Part {
    whole(view! {
        <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path
                d="M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linejoin="round"
            />
        </svg>
    })
}
