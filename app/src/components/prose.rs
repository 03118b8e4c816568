//! Long text that the WebAssembly does not carry.
//!
//! The native build writes it into the page; the browser leaves it untouched when it takes the
//! page over, and when it comes to the page by a link, takes it from the pre-rendered document.
//! What moves in it is done by [`live`].

use gloo_net::http::{Request, Response};
use leptos::{html::Div, prelude::*};
use web_sys::{DomParser, Element, Event, SupportedType};

use super::{Part, Slot, Started, effect, group, nothing, paragraph, spawn, whole};
use crate::{browser, live, routes::Route, words::Words};

/// The prose of a route.
pub(crate) fn prose(route: Route) -> Part {
    let words = &Words::of(route.lang).common;
    let node = NodeRef::<Div>::new();
    let news = Slot::new();
    let fetching = Started::now();
    effect(move || {
        let Some(place) = node.get() else { return };
        let seen = window_event_listener_untyped("visibilitychange", {
            let place = place.clone();
            move |_| live::seen(&place)
        });
        on_cleanup(move || seen.remove());
        if !fetching {
            live::start(&place);
            return;
        }
        spawn(async move {
            match fetch(&route.href()).await {
                Some(html) => {
                    place.set_inner_html(&html);
                    live::start(&place);
                    browser::wake_directory(&place);
                    news.put(nothing());
                }
                // By a full page load, which may still work or say why not.
                None => news.put(whole(view! {
                    <p><a href=route.href() rel="external">{words.prose_failed}</a></p>
                })),
            }
        });
    });
    let on = move |act: fn(&Element, &Event)| -> Box<dyn FnMut(Event)> {
        Box::new(move |event| {
            if let Some(place) = node.get_untracked() {
                act(&place, &event);
            }
        })
    };
    let mut click = on(live::click);
    let first = if fetching { paragraph("status", words.prose_loading) } else { nothing() };
    group(vec![
        whole(view! {
            <div
                class="prose"
                data-prose=""
                node_ref=node
                inner_html=html(route)
                on:click=move |event| click(event.into())
                on:input=on(|place, event| live::input(place, event, false))
                on:change=on(|place, event| live::input(place, event, true))
            ></div>
        }),
        whole(view! { <div role="status">{news.show(first)}</div> }),
    ])
}

#[cfg(feature = "ssr")]
fn html(route: Route) -> String {
    crate::prose::html(route)
}

#[cfg(not(feature = "ssr"))]
fn html(_: Route) -> &'static str {
    ""
}

/// The prose inside the pre-rendered document at this address.
async fn fetch(href: &str) -> Option<String> {
    let text = Request::get(href).send().await.ok().filter(Response::ok)?.text().await.ok()?;
    let parsed = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    Some(parsed.query_selector("[data-prose]").ok()??.inner_html())
}
