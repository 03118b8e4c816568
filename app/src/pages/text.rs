//! The text-message channel: the text to send, waiting for it, and the code of the reply.
//!
//! That a text has come moves the page on and grants nothing: the code went to the phone.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use recovery::{
    api::{LocateRequest, Located, WaitAccepted, WaitProgress, WaitRequest, slug},
    code::CodeError,
    identifier::Identifier,
    sms::short::TextCode,
};

use super::{
    check::clock,
    email::{ChannelNotice, captcha_status, identifier_error, other_ways, where_is_it},
};
use crate::{
    api::{self, Failure},
    captcha::Captcha,
    components::{
        Field, Form, FormError, Kind, Part, action, aside, clear_all, code_form, composed, dynamic,
        effect, field, form_element, group, heading, href, list, live, nothing, paragraph, redeem,
        spawn, subheading, submit, text as flowing, whole, wrapped,
    },
    flow::{Flow, Wait},
    operator::OPERATOR,
    routes::Lang,
    words::{Words, fill},
};

/// Seconds between two questions whether the text has come: often at first, then less.
const PAUSES: [u64; 12] = [2, 2, 2, 3, 3, 3, 5, 5, 5, 8, 8, 8];
/// From then on.
const LONGEST: u64 = 12;
/// What a person sees who writes the text by hand.
const EXAMPLE: &str = "BH MK 0123456789";

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Compose,
    Waiting,
    Received,
}

/// The page.
pub(super) fn text(lang: Lang) -> Part {
    let flow = Flow::get();
    let received = RwSignal::new(false);
    // Set after the page is taken over: the pre-rendered page is the first step.
    let begun = RwSignal::new(false);
    let over = RwSignal::new(false);
    effect(move || {
        flow.restore_wait();
        begun.set(true);
    });
    let step = Memo::new(move |_| {
        if !begun.get() || flow.wait.with(Option::is_none) {
            Step::Compose
        } else if received.get() {
            Step::Received
        } else {
            Step::Waiting
        }
    });
    dynamic(move || match step.get() {
        Step::Compose => {
            received.set(false);
            compose(lang, over)
        }
        Step::Waiting => waiting(lang, received, over),
        Step::Received => arrived(lang),
    })
}

/// Whose number it is, and the text is written.
fn compose(lang: Lang, over: RwSignal<bool>) -> Part {
    let words = Words::of(lang);
    let say = &words.text;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("email");
    let notice = ChannelNotice::new("sms", say.off);
    let identifier = Field::new(Kind::Identifier, flow.identifier);
    let go = move || {
        let typed = identifier.read();
        form.run(async move {
            let number = Identifier::parse(&typed).map_err(|error| {
                let text = identifier_error(&words.problem, error);
                vec![FormError::field(Kind::Identifier.name(), text)]
            })?;
            let locale = lang.as_str().to_owned();
            let body = WaitRequest { captcha: String::new(), locale };
            let answer = api::post_with_captcha("sms-sessions", &body, captcha).await;
            let accepted = answer.and_then(api::read::<WaitAccepted>);
            let accepted =
                accepted.map_err(|failure| vec![FormError::whole(failure.say(words))])?;
            over.set(false);
            flow.waits(accepted, number.normal());
            Ok(())
        });
    };
    let touched = move || {
        captcha.touch();
        notice.ask();
    };
    let price = OPERATOR.sms_price.get(lang);
    let price =
        if price.is_empty() { say.price_unknown.to_owned() } else { fill(say.price, price) };
    let fields = vec![
        field(form, identifier, words.email.identifier, words.email.identifier_hint, touched),
        where_is_it(words),
        paragraph("hint", price),
        captcha.place(),
        submit(form, say.compose, move || captcha_status(words, captcha)),
    ];
    let ended =
        dynamic(
            move || {
                if over.get() { paragraph("notice notice-warn", say.over) } else { nothing() }
            },
        );
    group(vec![
        heading(words.titles.text_service),
        paragraph("lead", say.lead),
        live("alert", "", ended),
        notice.place(),
        form_element(form, "/form/sms", go, fields),
        paragraph("", fill(say.by_hand, OPERATOR.sms_number)),
        wrapped("composed", whole_code(EXAMPLE)),
        typed_code(lang, captcha, nothing()),
        other_ways(lang),
    ])
}

/// The text to send, until it has come.
fn waiting(lang: Lang, received: RwSignal<bool>, over: RwSignal<bool>) -> Part {
    let words = Words::of(lang);
    let say = &words.text;
    let flow = Flow::get();
    let wait = flow.wait.get_untracked();
    let offline = RwSignal::new(false);
    watch(flow, received, over, offline);
    let now = clock();
    let until = wait.as_ref().and_then(|wait| wait.until);
    // Minutes: what changes each second would be read out each second.
    let status = Memo::new(move |_| {
        if offline.get() {
            return say.offline.to_owned();
        }
        match until {
            Some(until) if now.get() > 0 => fill(say.waiting, &words.duration(until - now.get())),
            _ => say.waiting_again.to_owned(),
        }
    });
    let message = match &wait {
        Some(Wait { text: Some(text), .. }) => group(vec![
            paragraph("lead", say.send_lead),
            composed(words, OPERATOR.sms_number, text),
            paragraph("hint", say.own_only),
        ]),
        _ => nothing(),
    };
    let again = move |_| flow.stop_waiting();
    let captcha = Captcha::new("email");
    group(vec![
        heading(words.titles.text_service),
        message,
        live("status", "notice", flowing(move || status.get())),
        aside(vec![
            subheading(say.nothing_heading),
            list(&[say.nothing_phone, say.nothing_wait, say.nothing_limit]),
            action("button button-quiet", whole(say.again), again),
        ]),
        typed_code(lang, captcha, captcha.place()),
        other_ways(lang),
        clear_all(lang),
    ])
}

/// The field for the code that went to the phone.
fn arrived(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.text;
    let flow = Flow::get();
    let again = move |_| flow.stop_waiting();
    group(vec![
        heading(say.received),
        paragraph("lead", say.received_more),
        code_form(lang, say.code, words.check.code_hint),
        paragraph("hint", say.warning),
        aside(vec![
            subheading(say.nothing_heading),
            list(&[say.nothing_phone, say.nothing_wait, say.nothing_limit]),
            action("button button-quiet", whole(say.again), again),
        ]),
        other_ways(lang),
        clear_all(lang),
    ])
}

/// The code of a text that named no page: its first characters find the recovery.
///
/// A page has one place for a captcha; `place` is nothing where another form has it.
fn typed_code(lang: Lang, captcha: Captcha, place: Part) -> Part {
    let words = Words::of(lang);
    let say = &words.text;
    let flow = Flow::get();
    let form = Form::new(words);
    let code = Field::new(Kind::TextCode, RwSignal::new(String::new()));
    let navigate = use_navigate();
    let go = move || {
        let (typed, navigate) = (code.read(), navigate.clone());
        form.run(async move {
            let read = TextCode::parse(&typed).map_err(|error| vec![unread(words, error)])?;
            let locator = read.locator.to_string();
            let body = LocateRequest { locator, captcha: String::new() };
            let answer = api::post_with_captcha("sms-codes", &body, captcha).await;
            let located = answer.and_then(api::read::<Located>);
            let located = located.map_err(|failure| {
                let text = match failure.slug() {
                    slug::RECOVERY_CLOSED => say.have_closed.to_owned(),
                    _ => failure.say(words),
                };
                vec![FormError::field(Kind::TextCode.name(), text)]
            })?;
            flow.located(&located.recovery, located.expires_in);
            redeem(flow, words, Kind::TextCode.name(), &read.code.to_string()).await?;
            code.value.set(String::new());
            flow.stop_waiting();
            navigate(&href!(lang, Password), NavigateOptions::default());
            Ok(())
        });
    };
    let touched = move || captcha.touch();
    let fields = vec![
        field(form, code, say.have_code, say.have_hint, touched),
        place,
        submit(form, say.have_send, move || captcha_status(words, captcha)),
    ];
    group(vec![subheading(say.have_heading), form_element(form, "/form/sms-code", go, fields)])
}

fn unread(words: &Words, error: CodeError) -> FormError {
    let text = match error {
        CodeError::Empty => words.problem.code_empty,
        CodeError::Accented => words.problem.code_accented,
        CodeError::WrongLength | CodeError::Character => words.text.have_wrong,
    };
    FormError::field(Kind::TextCode.name(), text)
}

fn whole_code(text: &'static str) -> Part {
    whole(view! { <strong class="code big">{text}</strong> })
}

/// Asks again and again whether the text has come, and at once when the person comes back from
/// the messages.
fn watch(flow: Flow, received: RwSignal<bool>, over: RwSignal<bool>, offline: RwSignal<bool>) {
    // Gone with the page; each question that is answered later finds it gone.
    let asked = StoredValue::new(0_usize);
    effect(move || {
        ask(flow, received, over, offline, asked);
        let seen = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                ask(flow, received, over, offline, asked);
            }
        });
        on_cleanup(move || seen.remove());
    });
}

fn ask(
    flow: Flow,
    received: RwSignal<bool>,
    over: RwSignal<bool>,
    offline: RwSignal<bool>,
    asked: StoredValue<usize>,
) {
    let Some(count) = asked.try_update_value(|asked| {
        *asked += 1;
        *asked
    }) else {
        return;
    };
    let Some(session) = flow.wait.with_untracked(|wait| Some(wait.as_ref()?.session.clone()))
    else {
        return;
    };
    spawn(async move {
        let path = ["sms-sessions/", &session].concat();
        let answer = api::get(&path).await.and_then(api::read::<WaitProgress>);
        // Another question was asked meanwhile, or the page is gone.
        if asked.try_get_value() != Some(count) {
            return;
        }
        match answer {
            Ok(WaitProgress { recovery: Some(recovery), expires_in, .. }) => {
                flow.located(&recovery, expires_in);
                _ = received.try_set(true);
                return;
            }
            Ok(_) => _ = offline.try_set(false),
            Err(failure) if ended(&failure) => {
                _ = over.try_set(true);
                flow.stop_waiting();
                return;
            }
            Err(_) => _ = offline.try_set(true),
        }
        let pause = PAUSES.get(count - 1).copied().unwrap_or(LONGEST);
        set_timeout(
            move || {
                if asked.try_get_value() == Some(count) {
                    ask(flow, received, over, offline, asked);
                }
            },
            Duration::from_secs(pause),
        );
    });
}

fn ended(failure: &Failure) -> bool {
    matches!(failure.slug(), slug::RECOVERY_CLOSED | slug::NOT_FOUND)
}
