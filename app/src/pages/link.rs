//! What the links in messages open: the recovery link, and "this was not me". Both carry a
//! secret in the fragment, which is out of the address bar before this runs, and both act by a
//! button only: a mail scanner that opens the page spends nothing.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use recovery::api::{TicketGranted, TokenRequest};

use super::email::other_ways;
use crate::{
    api,
    browser,
    components::{Form, FormError, Heading, clear_all, form_element, submit, whole},
    flow::Flow,
    routes::{Lang, Page, Route},
    words::Words,
};

/// Takes the secret from the address, now and whenever another link is opened in the same tab.
fn take_tokens(flow: Flow) {
    let take = move || {
        if let Some(token) = browser::take_token() {
            flow.token.set(token);
        }
    };
    Effect::new(move |_| {
        take();
        let handle = window_event_listener(ev::hashchange, move |_| take());
        on_cleanup(move || handle.remove());
    });
}

/// The recovery link's page.
pub(super) fn link(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.link;
    let flow = Flow::get();
    take_tokens(flow);
    let form = Form::new(words);
    let navigate = use_navigate();
    let go = move || {
        let navigate = navigate.clone();
        form.run(async move {
            let token = flow.token.get_untracked();
            if token.is_empty() {
                return Err(vec![FormError::whole(say.missing)]);
            }
            let answer = api::post::<TicketGranted>("recoveries/link", &TokenRequest { token })
                .await
                .map_err(|failure| vec![FormError::whole(failure.say(words))])?;
            flow.token.set(String::new());
            flow.granted(answer);
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&Route { lang, page: Page::Password }.href(), options);
            Ok(())
        });
    };
    let button = submit(form, say.proceed, move || words.common.sending.to_owned());
    let start = Route { lang, page: Page::Email }.href();
    whole(view! {
        <Heading text=words.titles.link />
        <p class="lead">{say.lead}</p>
        {form_element(form, "/form/link", go, button)}
        <p class="onward"><a href=start>{words.common.start_again}</a></p>
        {other_ways(lang)}
    })
}

/// "This was not me."
pub(super) fn not_me(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.not_me;
    let flow = Flow::get();
    take_tokens(flow);
    let form = Form::new(words);
    let done = RwSignal::new(false);
    let go = move || {
        form.run(async move {
            let token = flow.token.get_untracked();
            if token.is_empty() {
                return Err(vec![FormError::whole(say.missing)]);
            }
            api::send("recoveries/disown", &TokenRequest { token })
                .await
                .map_err(|failure| vec![FormError::whole(failure.say(words))])?;
            flow.close();
            done.set(true);
            Ok(())
        });
    };
    let recover = Route { lang, page: Page::Email }.href();
    whole(move || {
        if done.get() {
            return whole(view! {
                <Heading text=say.done_heading />
                <p class="lead">{say.done}</p>
                <p>{say.done_next}</p>
                <p><a class="button" href=recover.clone()>{say.recover}</a></p>
                {clear_all(lang)}
            });
        }
        let button = submit(form, say.confirm, move || words.common.sending.to_owned());
        whole(view! {
            <Heading text=words.titles.not_me />
            <p class="lead">{say.lead}</p>
            <ul>
                <li>{say.effect_open}</li>
                <li>{say.effect_done}</li>
            </ul>
            {form_element(form, "/form/disown", go, button)}
        })
    })
}
