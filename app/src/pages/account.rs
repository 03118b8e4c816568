//! Sign-in and profile: proof that the new password works.

use js_sys::Date;
use leptos::{prelude::*, wasm_bindgen::JsValue};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use recovery::{
    api::{Profile, RecentRecovery, SessionRequest, TicketGranted, slug},
    identifier::Identifier,
};

use super::email::{captcha_status, identifier_error};
use crate::{
    api::{self, Failure},
    captcha::Captcha,
    components::{
        Field, Form, FormError, Kind, Part, Slot, action, button_link, clear_all, effect, field,
        form_element, group, heading, href, items_of, link, live, paragraph, spawn, subheading,
        submit, whole,
    },
    flow::Flow,
    routes::Lang,
    words::{AccountWords, Words, fill},
};

/// Sign-in.
pub(super) fn sign_in(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.account;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("session");
    let identifier = Field::new(Kind::Identifier, flow.identifier);
    let password = Field::new(Kind::CurrentPassword, RwSignal::new(String::new()));
    let navigate = use_navigate();
    let go = move || {
        let (identifier, secret, navigate) = (identifier.read(), password.read(), navigate.clone());
        form.run(async move {
            let answer = open(words, captcha, identifier, secret).await?;
            password.value.set(String::new());
            // A temporary password opens no session: it is good for choosing a new one.
            let next = match api::read::<TicketGranted>(answer) {
                Ok(ticket) => {
                    flow.granted(ticket);
                    flow.temporary.set(true);
                    href!(lang, Password)
                }
                Err(_) => href!(lang, Account),
            };
            navigate(&next, NavigateOptions::default());
            Ok(())
        });
    };
    let fields = vec![
        field(form, identifier, words.email.identifier, words.email.identifier_hint, || ()),
        field(form, password, say.password, "", || ()),
        captcha.place(),
        submit(form, say.sign_in, move || captcha_status(words, captcha)),
    ];
    group(vec![
        heading(words.titles.sign_in),
        paragraph("lead", say.sign_in_lead),
        form_element(form, "/form/session", go, fields),
        link("onward", href!(lang, Home), say.forgot),
    ])
}

/// Opens a session. The captcha is solved only when the service asks for it.
async fn open(
    words: &Words,
    captcha: Captcha,
    identifier: String,
    password: String,
) -> Result<JsValue, Vec<FormError>> {
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
    let body = SessionRequest { identifier, password, captcha: None };
    let mut answer = api::post("session", &body).await;
    if matches!(&answer, Err(failure) if failure.slug() == slug::CAPTCHA_REQUIRED) {
        answer = api::post_with_captcha("session", &body, captcha).await;
    }
    answer.map_err(|failure| vec![refusal(words, &failure)])
}

fn refusal(words: &Words, failure: &Failure) -> FormError {
    let text = match failure.slug() {
        slug::SIGN_IN_REJECTED | slug::INVALID_INPUT => words.account.rejected.to_owned(),
        slug::TOO_MANY_REQUESTS => fill(words.account.locked, &failure.wait(words)),
        _ => failure.say(words),
    };
    FormError::whole(text)
}

/// The profile.
pub(super) fn account(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.account;
    let content = Slot::new();
    effect(move || load(lang, content));
    group(vec![heading(words.titles.account), content.show(status(say.loading))])
}

fn status(text: &'static str) -> Part {
    live("status", "", paragraph("status", text))
}

/// Asks who is signed in, and draws it.
fn load(lang: Lang, content: Slot) {
    let words = Words::of(lang);
    let say = &words.account;
    spawn(async move {
        content.put(match api::get("session").await.and_then(api::read::<Profile>) {
            Ok(profile) => group(vec![profile_view(words, &profile), leave(lang, content)]),
            Err(failure) if failure.slug() == slug::NOT_SIGNED_IN => {
                signed_out(lang, say.not_signed_in)
            }
            Err(failure) => {
                let retry = move |_| {
                    content.put(status(say.loading));
                    load(lang, content);
                };
                group(vec![
                    live("alert", "", paragraph("notice notice-warn", failure.say(words))),
                    action("button", whole(words.problem.retry), retry),
                ])
            }
        });
    });
}

fn signed_out(lang: Lang, why: &'static str) -> Part {
    group(vec![
        live("status", "", paragraph("lead", why)),
        button_link(href!(lang, SignIn), Words::of(lang).account.sign_in),
        clear_all(lang),
    ])
}

/// What the owner may see.
fn profile_view(words: &'static Words, profile: &Profile) -> Part {
    let say = &words.account;
    let line = |label: &'static str, values: &[String]| {
        let values = if values.is_empty() { say.nothing.to_owned() } else { values.join(", ") };
        whole(view! {
            <dt>{label}</dt>
            <dd>{values}</dd>
        })
    };
    let facts = group(vec![
        line(say.name, std::slice::from_ref(&profile.name)),
        line(say.identifiers, &profile.identifiers),
        line(say.emails, &profile.emails),
        line(say.phones, &profile.phones),
    ]);
    let session = fill(say.session, &words.duration(profile.expires_in));
    let history = if profile.recoveries.is_empty() {
        paragraph("", say.history_none)
    } else {
        let entries = profile.recoveries.iter().map(|entry| history(say, entry)).collect();
        items_of("history", entries)
    };
    group(vec![
        whole(view! { <dl class="facts">{facts}</dl> }),
        paragraph("hint", [say.masked, " ", &session].concat()),
        subheading(say.history),
        history,
    ])
}

fn history(say: &'static AccountWords, entry: &RecentRecovery) -> Part {
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
    whole([&moment(entry.at), " · ", channel, " · ", state].concat())
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
fn leave(lang: Lang, content: Slot) -> Part {
    let words = Words::of(lang);
    let flow = Flow::get();
    let form = Form::new(words);
    let go = move || {
        form.run(async move {
            match api::delete("session").await {
                Err(failure) if failure.slug() != slug::NOT_SIGNED_IN => {
                    Err(vec![FormError::whole(failure.say(words))])
                }
                _ => {
                    flow.clear();
                    content.put(signed_out(lang, words.account.signed_out));
                    Ok(())
                }
            }
        });
    };
    form_element(
        form,
        "/form/sign-out",
        go,
        vec![submit(form, words.account.sign_out, move || words.common.sending.to_owned())],
    )
}
