//! Sign-in and profile: proof that the new password works.

use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use recovery::{
    api::{Profile, RecentRecovery, SessionRequest, slug},
    identifier::Identifier,
};

use super::email::identifier_error;
use crate::{
    api::{self, Failure},
    captcha::Captcha,
    components::{
        Field, Form, FormError, Heading, Kind, clear_all, field, form_element, submit, whole,
    },
    flow::Flow,
    routes::{Lang, Page, Route},
    words::{AccountWords, Words, fill},
};

/// Sign-in.
pub(super) fn sign_in(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.account;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("session");
    let identifier = Field::new(Kind::Identifier, flow.identifier);
    let password = Field::new(Kind::CurrentPassword, RwSignal::new(String::new()));
    let navigate = use_navigate();
    let go = move || {
        let (identifier, secret, navigate) =
            (identifier.read(), password.read(), navigate.clone());
        form.run(async move {
            open(words, captcha, identifier, secret).await?;
            password.value.set(String::new());
            navigate(&Route { lang, page: Page::Account }.href(), NavigateOptions::default());
            Ok(())
        });
    };
    let status = move || match captcha.progress() {
        0 | 100 => words.common.sending.to_owned(),
        percent => fill(words.common.preparing, &percent.to_string()),
    };
    let fields = (
        field(form, identifier, words.email.identifier, words.email.identifier_hint, || ()),
        field(form, password, say.password, "", || ()),
        submit(form, say.sign_in, status),
    );
    let forgot = Route { lang, page: Page::Home }.href();
    whole(view! {
        <Heading text=words.titles.sign_in />
        <p class="lead">{say.sign_in_lead}</p>
        {form_element(form, "/form/session", go, whole(fields))}
        <p class="onward"><a href=forgot>{say.forgot}</a></p>
    })
}

/// Opens a session. The captcha is solved only when the service asks for it.
async fn open(
    words: &Words,
    captcha: Captcha,
    identifier: String,
    password: String,
) -> Result<(), Vec<FormError>> {
    let say = &words.problem;
    let mut errors = Vec::new();
    if let Err(error) = Identifier::parse(&identifier) {
        errors.push(FormError::field(Kind::Identifier.name(), identifier_error(say, error)));
    }
    if password.is_empty() {
        errors.push(FormError::field(Kind::CurrentPassword.name(), say.password_empty));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut body = SessionRequest { identifier, password, captcha: None };
    let mut tries = 2;
    loop {
        let failure = match api::send("session", &body).await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        let wanted = matches!(failure.slug(), slug::CAPTCHA_REQUIRED | slug::CAPTCHA_REJECTED);
        if !wanted || tries == 0 {
            return Err(vec![refusal(words, &failure)]);
        }
        tries -= 1;
        if let Failure::Problem { problem, .. } = &failure {
            captcha.refused(problem.level);
        }
        let solution = captcha.take().await;
        body.captcha =
            Some(solution.map_err(|failure| vec![FormError::whole(failure.say(words))])?);
    }
}

fn refusal(words: &Words, failure: &Failure) -> FormError {
    let text = match failure.slug() {
        slug::SIGN_IN_REJECTED | slug::INVALID_INPUT => words.account.rejected.to_owned(),
        slug::TOO_MANY_REQUESTS => fill(words.account.locked, &failure.wait(words)),
        _ => failure.say(words),
    };
    FormError::whole(text)
}

#[derive(Clone)]
enum State {
    Loading,
    SignedOut,
    Failed(String),
    Here(Box<Profile>),
}

/// The profile.
pub(super) fn account(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.account;
    let state = RwSignal::new(State::Loading);
    let load = move || {
        spawn_local(async move {
            let next = match api::get::<Profile>("session").await {
                Ok(profile) => State::Here(Box::new(profile)),
                Err(failure) if failure.slug() == slug::NOT_SIGNED_IN => State::SignedOut,
                Err(failure) => State::Failed(failure.say(words)),
            };
            _ = state.try_set(next);
        });
    };
    Effect::new(move |_| load());
    let sign_in = Route { lang, page: Page::SignIn }.href();
    whole(view! {
        <Heading text=words.titles.account />
        {move || match state.get() {
            State::Loading => whole(view! { <p class="status" role="status">{say.loading}</p> }),
            State::SignedOut => {
                whole(
                    view! {
                        <p class="lead" role="status">{say.not_signed_in}</p>
                        <p><a class="button" href=sign_in.clone()>{say.sign_in}</a></p>
                    },
                )
            }
            State::Failed(text) => {
                let retry = move |_| {
                    state.set(State::Loading);
                    load();
                };
                whole(
                    view! {
                        <p class="notice notice-warn" role="alert">{text}</p>
                        <button class="button" type="button" on:click=retry>
                            {words.problem.retry}
                        </button>
                    },
                )
            }
            State::Here(profile) => whole((profile_view(words, &profile), leave(lang, state))),
        }}
    })
}

/// What the owner may see.
fn profile_view(words: &'static Words, profile: &Profile) -> AnyView {
    let say = &words.account;
    let line = |label: &'static str, values: &[String]| {
        let values = if values.is_empty() { say.nothing.to_owned() } else { values.join(", ") };
        view! {
            <dt>{label}</dt>
            <dd>{values}</dd>
        }
    };
    let history: Vec<_> = profile.recoveries.iter().map(|entry| history(say, entry)).collect();
    let empty = history.is_empty();
    whole(view! {
        <dl class="facts">
            {line(say.name, std::slice::from_ref(&profile.name))}
            {line(say.identifiers, &profile.identifiers)}
            {line(say.emails, &profile.emails)}
            {line(say.phones, &profile.phones)}
        </dl>
        <p class="hint">
            {say.masked} " " {fill(say.session, &words.duration(profile.expires_in))}
        </p>
        <h2>{say.history}</h2>
        {empty.then(|| view! { <p>{say.history_none}</p> })}
        <ul class="history">{history}</ul>
    })
}

fn history(say: &'static AccountWords, entry: &RecentRecovery) -> AnyView {
    let channel = match entry.channel.as_str() {
        "sms" => say.channel_sms,
        "desk" => say.channel_desk,
        _ => say.channel_email,
    };
    let state = match entry.state.as_str() {
        "open" => say.state_open,
        "expired" => say.state_expired,
        "completed" => say.state_completed,
        "disowned" => say.state_disowned,
        _ => say.state_voided,
    };
    whole(view! {
        <li>
            <strong>{moment(entry.at)}</strong>
            {[" · ", channel, " · ", state].concat()}
        </li>
    })
}

/// Date and time in Vietnam, whatever the phone's zone: `31/12/2026 23:59`.
fn moment(at: i64) -> String {
    const HANOI: i64 = 7 * 3600;
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century are below 2^52")]
    let date = Date::new(&(((at + HANOI) * 1000) as f64).into());
    let two = |n: u32| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    [
        &two(date.get_utc_date()),
        "/",
        &two(date.get_utc_month() + 1),
        "/",
        &date.get_utc_full_year().to_string(),
        " ",
        &two(date.get_utc_hours()),
        ":",
        &two(date.get_utc_minutes()),
    ]
    .concat()
}

/// Signing out.
fn leave(lang: Lang, state: RwSignal<State>) -> AnyView {
    let words = Words::of(lang);
    let form = Form::new(words);
    let go = move || {
        form.run(async move {
            match api::delete("session").await {
                Err(failure) if failure.slug() != slug::NOT_SIGNED_IN => {
                    Err(vec![FormError::whole(failure.say(words))])
                }
                _ => {
                    Flow::get().clear();
                    state.set(State::SignedOut);
                    Ok(())
                }
            }
        });
    };
    let button = submit(form, words.account.sign_out, move || words.common.sending.to_owned());
    whole((form_element(form, "/form/sign-out", go, button), clear_all(lang)))
}
