//! What the links in messages open: the recovery link, and "this was not me". Both carry a
//! secret in the fragment, which is out of the address bar before this runs, and both act by a
//! button only: a mail scanner that opens the page spends nothing.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use recovery::api::TokenRequest;

use super::email::{CHECKING, other_ways};
use crate::{
    api, browser,
    components::{
        Form, FormError, Part, button_link, clear_all, dynamic, effect, form_element, group,
        heading, href, link as plain_link, list, nothing, paragraph, submit,
    },
    flow::Flow,
    routes::Lang,
    words::Words,
};

/// Takes the secret from the address, now and whenever another link is opened in the same tab.
fn take_tokens(flow: Flow) {
    let take = move || {
        if let Some(token) = browser::take_token() {
            flow.token.set(token);
        }
    };
    effect(move || {
        take();
        let handle = window_event_listener(ev::hashchange, move |_| take());
        on_cleanup(move || handle.remove());
    });
}

/// Sends the secret to a call, or says that the link is incomplete.
async fn spend(
    flow: Flow,
    words: &Words,
    path: &str,
    missing: &str,
) -> Result<leptos::wasm_bindgen::JsValue, Vec<FormError>> {
    let token = flow.token.get_untracked();
    if token.is_empty() {
        return Err(vec![FormError::whole(missing)]);
    }
    let answer = api::post(path, &TokenRequest { token }).await;
    answer.map_err(|failure| vec![FormError::whole(failure.say(words))])
}

/// The recovery link's page.
pub(super) fn link(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.link;
    let flow = Flow::get();
    take_tokens(flow);
    let form = Form::new(words);
    let navigate = use_navigate();
    let go = move || {
        let navigate = navigate.clone();
        form.run(async move {
            let answer = spend(flow, words, "recoveries/link", say.missing).await?;
            let ticket = api::read(answer);
            flow.follow_link();
            flow.granted(ticket.map_err(|failure| vec![FormError::whole(failure.say(words))])?);
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&href!(lang, Password), options);
            Ok(())
        });
    };
    group(vec![
        heading(words.titles.link),
        paragraph("lead", say.lead),
        form_element(
            form,
            "/form/link",
            go,
            vec![submit(form, say.proceed, move || words.common.sending.to_owned())],
        ),
        type_the_code(lang, flow),
        plain_link("onward", href!(lang, Email), words.common.start_again),
        other_ways(lang),
    ])
}

/// The way to the code of the same message, where this browser asked for it.
fn type_the_code(lang: Lang, flow: Flow) -> Part {
    effect(move || flow.restore());
    dynamic(move || {
        if flow.recovery.with(Option::is_none) {
            return nothing();
        }
        let href = [&href!(lang, Email), "?", CHECKING].concat();
        plain_link("onward", href, Words::of(lang).link.type_code)
    })
}

/// "This was not me."
pub(super) fn not_me(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.not_me;
    let flow = Flow::get();
    take_tokens(flow);
    let form = Form::new(words);
    let done = RwSignal::new(false);
    let go = move || {
        form.run(async move {
            spend(flow, words, "recoveries/disown", say.missing).await?;
            flow.close();
            done.set(true);
            Ok(())
        });
    };
    dynamic(move || {
        if done.get() {
            return group(vec![
                heading(say.done_heading),
                paragraph("lead", say.done),
                paragraph("", say.done_next),
                button_link(href!(lang, Email), say.recover),
                clear_all(lang),
            ]);
        }
        group(vec![
            heading(words.titles.not_me),
            paragraph("lead", say.lead),
            list(&[say.effect_open, say.effect_done]),
            form_element(
                form,
                "/form/disown",
                go,
                vec![submit(form, say.confirm, move || words.common.sending.to_owned())],
            ),
        ])
    })
}
