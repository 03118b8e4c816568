//! "Look in your mailbox": the code, and what to do when nothing comes.

use std::time::Duration;

use js_sys::Date;
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use recovery::api::{RecoveryAccepted, ResendRequest, slug};

use super::email::other_ways;
use crate::{
    api::{self, Failure},
    captcha::Captcha,
    components::{Form, FormError, Heading, clear_all, code_entry, form_element, submit, whole},
    flow::Flow,
    routes::{Lang, Page, Route},
    words::{Words, fill},
};

/// The step between form and password.
pub(super) fn check(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.check;
    let flow = Flow::get();
    let now = clock();
    let valid = move || {
        let expires = flow.recovery.with(|recovery| recovery.as_ref()?.expires)?;
        let left = seconds_until(expires, now.get());
        Some(if left > 0 {
            fill(say.valid, &words.duration(left))
        } else {
            say.code_over.to_owned()
        })
    };
    let form = Route { lang, page: Page::Email }.href();
    whole(view! {
        <Heading text=words.titles.check />
        <p class="lead">{say.lead}</p>
        <p>{say.lead_more} " " {valid}</p>
        {code_entry(lang)}
        <section class="aside">
            <h2>{say.nothing_heading}</h2>
            <ul>
                <li>{say.nothing_spam}</li>
                <li>{say.nothing_wait}</li>
                <li>{say.nothing_typo}</li>
                <li>{say.nothing_match}</li>
            </ul>
            {resend(lang, now)}
            <p><a class="plain-link" href=form>{say.change}</a></p>
        </section>
        {other_ways(lang)}
        {clear_all(lang)}
    })
}

/// Sending the same message again, once the time for it has come.
fn resend(lang: Lang, now: RwSignal<f64>) -> AnyView {
    let words = Words::of(lang);
    let say = &words.check;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("email");
    let sent = RwSignal::new(false);
    let left = Memo::new(move |_| {
        let at = flow.recovery.with(|recovery| recovery.as_ref().and_then(|r| r.resend));
        at.map_or(0, |at| seconds_until(at, now.get()).max(0))
    });
    let go = move || {
        if left.get_untracked() > 0 {
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
    let announcement = move || match (sent.get(), left.get() > 0) {
        (true, _) => say.resent,
        (false, false) => say.resend_ready,
        (false, true) => "",
    };
    let wait = move || match left.get() {
        0 => None,
        left => Some(fill(say.resend_in, &left.to_string())),
    };
    let status = move || words.common.sending.to_owned();
    let parts = view! {
        {submit(form, say.resend, status)}
        <p class="hint" aria-hidden="true">{wait}</p>
        <p class="status" role="status">{announcement}</p>
    };
    form_element(form, "/form/resend", go, whole(parts))
}

async fn again(flow: Flow, words: &Words, captcha: Captcha) -> Result<(), FormError> {
    let Some(recovery) = flow.recovery.get_untracked() else {
        return Err(FormError::whole(words.problem.closed));
    };
    let path = ["recoveries/", &recovery.id, "/resend"].concat();
    let say = |failure: Failure| FormError::whole(failure.say(words));
    let mut retry = true;
    loop {
        let captcha_answer = captcha.take().await.map_err(say)?;
        let body = ResendRequest { captcha: captcha_answer };
        match api::post::<RecoveryAccepted>(&path, &body).await {
            Err(Failure::Problem { problem, .. })
                if retry && problem.slug() == slug::CAPTCHA_REJECTED =>
            {
                retry = false;
                captcha.refused(problem.level);
            }
            Err(failure) => return Err(say(failure)),
            Ok(answer) => {
                flow.accepted(answer);
                return Ok(());
            }
        }
    }
}

/// The browser's time in milliseconds, once a second. Zero on the build machine.
pub(super) fn clock() -> RwSignal<f64> {
    let now = RwSignal::new(0.0);
    Effect::new(move |_| {
        now.set(Date::now());
        let tick = move || _ = now.try_set(Date::now());
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    now
}

/// Whole seconds between two moments in milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "lifetimes are far below 2^63 seconds")]
pub(super) fn seconds_until(moment: f64, now: f64) -> i64 {
    ((moment - now) / 1000.0).ceil() as i64
}
