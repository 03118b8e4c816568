//! Long text that the WebAssembly does not carry.
//!
//! The native build writes it into the page; the browser leaves it untouched when it takes the
//! page over, and when it comes to the page by a link, takes it from the pre-rendered document.

use gloo_net::http::{Request, Response};
use leptos::{html::Div, prelude::*, task::spawn_local};
use web_sys::{DomParser, SupportedType};

use super::Started;
use crate::{routes::Route, words::Words};

#[derive(Clone, Copy, PartialEq)]
enum State {
    Ready,
    Loading,
    Failed,
}

/// The prose of a route.
#[component]
pub(crate) fn Prose(route: Route) -> impl IntoView {
    let words = &Words::of(route.lang).common;
    let node = NodeRef::<Div>::new();
    let state = RwSignal::new(State::Ready);
    if Started::now() {
        state.set(State::Loading);
        Effect::new(move |_| {
            let Some(slot) = node.get() else { return };
            spawn_local(async move {
                match fetch(&route.href()).await {
                    Some(html) => {
                        slot.set_inner_html(&html);
                        state.try_set(State::Ready);
                    }
                    None => _ = state.try_set(State::Failed),
                }
            });
        });
    }
    view! {
        <div class="prose" data-prose="" node_ref=node inner_html=html(route)></div>
        <p role="status">
            {move || (state.get() == State::Loading).then_some(words.prose_loading)}
        </p>
        {move || {
            (state.get() == State::Failed)
                .then(|| view! { <p><a href=route.href() rel="external">{words.prose_failed}</a></p> })
        }}
    }
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
