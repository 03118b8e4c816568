//! "Look in your mailbox": the code, and what to do when nothing comes.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use recovery::api::ResendRequest;

use super::email::other_ways;
use crate::{
    api, browser,
    captcha::Captcha,
    components::{
        Form, FormError, Part, aside, clear_all, code_entry, effect, form_element, group, heading,
        href, link, list, live, paragraph, subheading, submit_quiet, text, whole, wrapped,
    },
    flow::Flow,
    routes::Lang,
    words::{Words, fill},
};

/// The step between form and password.
pub(super) fn check(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.check;
    let flow = Flow::get();
    let now = clock();
    let valid = text(move || {
        let until = flow.recovery.with(|recovery| recovery.as_ref()?.until);
        match until.map(|until| until - now.get()) {
            None => String::new(),
            Some(left) if left > 0 => fill(say.valid, &words.duration(left)),
            Some(_) => say.code_over.to_owned(),
        }
    });
    group(vec![
        heading(words.titles.check),
        paragraph("lead", say.lead),
        wrapped("", group(vec![whole(say.lead_more), whole(" "), valid])),
        code_entry(lang),
        aside(vec![
            subheading(say.nothing_heading),
            list(&[say.nothing_spam, say.nothing_wait, say.nothing_typo, say.nothing_match]),
            resend(lang, now),
            link("", href!(lang, Email), say.change),
        ]),
        other_ways(lang),
        clear_all(lang),
    ])
}

/// Sending the same message again, once the time for it has come.
fn resend(lang: Lang, now: RwSignal<i64>) -> Part {
    let words = Words::of(lang);
    let say = &words.check;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("email");
    let sent = RwSignal::new(false);
    let left = move || {
        let at = flow.recovery.with(|recovery| recovery.as_ref()?.resend);
        at.map_or(0, |at| (at - now.get()).max(0))
    };
    let go = move || {
        if untrack(left) > 0 {
            return;
        }
        form.run(async move {
            sent.set(false);
            again(flow, words, captcha).await.map_err(|error| vec![error])?;
            _ = sent.try_set(true);
            Ok(())
        });
    };
    // Seconds are shown, not spoken; that the wait is over is spoken.
    let waiting = Memo::new(move |_| left() > 0);
    let announcement = text(move || {
        if let Some(waiting) = form.second_try() {
            return waiting;
        }
        match (form.is_busy(), sent.get(), waiting.get()) {
            (true, ..) => words.common.sending,
            (_, true, true) => say.resent,
            (_, _, false) => say.resend_ready,
            (_, false, true) => "",
        }
        .to_owned()
    });
    let countdown = text(move || match left() {
        0 => String::new(),
        left => fill(say.resend_in, &left.to_string()),
    });
    let fields = vec![
        captcha.place(),
        submit_quiet(form, say.resend, move || waiting.get()),
        whole(view! { <p class="hint" aria-hidden="true">{countdown}</p> }),
        live("status", "status", announcement),
    ];
    form_element(form, "/form/resend", go, fields)
}

async fn again(flow: Flow, words: &Words, captcha: Captcha) -> Result<(), FormError> {
    let Some(recovery) = flow.recovery.get_untracked() else {
        return Err(FormError::whole(words.problem.closed));
    };
    let path = ["recoveries/", &recovery.value, "/resend"].concat();
    let body = ResendRequest { captcha: String::new() };
    let answer = api::post_with_captcha(&path, &body, captcha).await.and_then(api::read);
    flow.accepted(answer.map_err(|failure| FormError::whole(failure.say(words)))?);
    Ok(())
}

/// The browser's time in seconds, told once a second. Zero on the build machine.
pub(super) fn clock() -> RwSignal<i64> {
    let now = RwSignal::new(0);
    effect(move || {
        now.set(browser::now());
        let tick = move || _ = now.try_set(browser::now());
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    now
}
