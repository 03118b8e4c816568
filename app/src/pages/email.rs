//! The email channel: the form, and "look in your mailbox".

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use recovery::{
    api::{RecoveryAccepted, RecoveryRequest, slug},
    email::{EmailAddress, EmailError},
    identifier::{Identifier, IdentifierError},
};
use serde::Deserialize;

use super::check::check;
use crate::{
    api::{self, Failure},
    captcha::Captcha,
    components::{
        Field, Form, FormError, Kind, Part, Slot, Started, dynamic, effect, field, form_element,
        group, heading, href, link, list, nothing, paragraph, prose, spawn, submit, whole, wrapped,
    },
    flow::Flow,
    operator::OPERATOR,
    routes::{Lang, Page, Route},
    words::{ProblemWords, Words, fill},
};

/// In the query while the code is awaited, so that "back" leads to the form and a reload stays.
pub(super) const CHECKING: &str = "buoc=ma";

/// The page: the official way where we serve nobody, else form or mailbox.
pub(super) fn email(lang: Lang) -> Part {
    let words = Words::of(lang);
    if !OPERATOR.serves_email() {
        return group(vec![
            heading(words.titles.email),
            prose(Route { lang, page: Page::Email }),
            other_ways(lang),
        ]);
    }
    let flow = Flow::get();
    let search = use_location().search;
    let wanted = move || search.get() == CHECKING && flow.recovery.with(Option::is_some);
    // The pre-rendered page is the form; what the address says shows once it is taken over.
    let checking = RwSignal::new(Started::now() && untrack(wanted));
    effect(move || {
        flow.restore();
        let wanted = wanted();
        if wanted != checking.get_untracked() {
            checking.set(wanted);
        }
    });
    dynamic(move || if checking.get() { check(lang) } else { start(lang) })
}

/// The link to everything else one can do.
pub(super) fn other_ways(lang: Lang) -> Part {
    link("onward", href!(lang, Home), Words::of(lang).common.other_ways)
}

/// What the status line says while a form with a captcha is sent.
pub(super) fn captcha_status(words: &Words, captcha: Captcha) -> String {
    match captcha.progress() {
        0 | 100 => words.common.sending.to_owned(),
        percent => fill(words.common.preparing, &percent.to_string()),
    }
}

/// The form.
fn start(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.email;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("email");
    let notice = ChannelNotice::new("email", say.off);
    let identifier = Field::new(Kind::Identifier, flow.identifier);
    let email = Field::new(Kind::Email, flow.email);
    let navigate = use_navigate();
    let go = move || {
        let (identifier, email, navigate) = (identifier.read(), email.read(), navigate.clone());
        form.run(async move {
            flow.accepted(request(lang, captcha, identifier, email).await?);
            navigate(&[&href!(lang, Email), "?", CHECKING].concat(), NavigateOptions::default());
            Ok(())
        });
    };
    let touched = move || {
        captcha.touch();
        notice.ask();
    };
    let fields = vec![
        field(form, identifier, say.identifier, say.identifier_hint, touched),
        where_is_it(words),
        field(form, email, say.email, say.email_hint, touched),
        paragraph("hint", say.use_note),
        captcha.place(),
        submit(form, say.send, move || captcha_status(words, captcha)),
    ];
    group(vec![
        heading(words.titles.email),
        paragraph("lead", say.lead),
        notice.place(),
        form_element(form, "/form/email", go, fields),
        no_email(lang),
        other_ways(lang),
    ])
}

/// To the first page's answer for who has no email on record, by a full page load: parts of the
/// prose open only in a page that is there.
fn no_email(lang: Lang) -> Part {
    let href = [&href!(lang, Home), "#chua-co-email"].concat();
    let text = Words::of(lang).email.no_email;
    wrapped("onward", whole(view! { <a href=href rel="external">{text}</a> }))
}

/// When the notice is asked for at last, where nobody has touched the form: the first moments belong
/// to the page and its program.
const QUIET: Duration = Duration::from_secs(4);

/// Says so when the operator has switched the channel off since the page was built: asked for at the
/// first sign of life in the form, or a while after the page.
#[derive(Clone, Copy)]
pub(super) struct ChannelNotice {
    channel: &'static str,
    off: &'static str,
    asked: StoredValue<bool>,
    slot: Slot,
}

impl ChannelNotice {
    pub(super) fn new(channel: &'static str, off: &'static str) -> Self {
        Self { channel, off, asked: StoredValue::new(false), slot: Slot::new() }
    }

    /// Asks the service, once.
    pub(super) fn ask(self) {
        /// The part of the service's configuration that matters here.
        #[derive(Deserialize)]
        struct Channels {
            channels: Vec<String>,
        }

        // Gone with its page, it asks no more.
        let asked = self.asked.try_update_value(|asked| std::mem::replace(asked, true));
        if asked != Some(false) {
            return;
        }
        spawn(async move {
            let answer = api::get("config").await.and_then(api::read::<Channels>);
            if let Ok(Channels { channels }) = answer
                && !channels.iter().any(|on| on == self.channel)
            {
                self.slot.put(paragraph("notice notice-warn", self.off));
            }
        });
    }

    /// Where it stands: empty while the channel is on.
    pub(super) fn place(self) -> Part {
        effect(move || set_timeout(move || self.ask(), QUIET));
        self.slot.show(nothing())
    }
}

/// Where the number stands, folded.
pub(super) fn where_is_it(words: &Words) -> Part {
    let say = &words.email;
    let places = list(&[say.where_card, say.where_old_card, say.where_citizen]);
    whole(view! {
        <details>
            <summary>{say.where_is_it}</summary>
            {places}
        </details>
    })
}

/// Checks what was typed, and sends it.
async fn request(
    lang: Lang,
    captcha: Captcha,
    identifier: String,
    email: String,
) -> Result<RecoveryAccepted, Vec<FormError>> {
    let words = Words::of(lang);
    let errors = check_input(&words.problem, &identifier, &email);
    if !errors.is_empty() {
        return Err(errors);
    }
    let locale = lang.as_str().to_owned();
    let body = RecoveryRequest { identifier, email, captcha: String::new(), locale };
    let answer = api::post_with_captcha("recoveries", &body, captcha).await;
    answer.and_then(api::read).map_err(|failure| refusal(words, &failure))
}

/// The same parsing as the service's, so that nothing is sent in vain.
fn check_input(say: &ProblemWords, identifier: &str, email: &str) -> Vec<FormError> {
    let identifier = Identifier::parse(identifier)
        .err()
        .map(|error| FormError::field(Kind::Identifier.name(), identifier_error(say, error)));
    let email = EmailAddress::parse(email).err().map(|error| {
        let text = match error {
            EmailError::Empty => say.email_empty,
            EmailError::NotAscii => say.email_accented,
            _ => say.email_wrong,
        };
        FormError::field(Kind::Email.name(), text)
    });
    identifier.into_iter().chain(email).collect()
}

/// What is wrong with an identifier.
pub(super) const fn identifier_error(say: &ProblemWords, error: IdentifierError) -> &'static str {
    match error {
        IdentifierError::Empty => say.identifier_empty,
        _ => say.identifier_wrong,
    }
}

fn refusal(words: &Words, failure: &Failure) -> Vec<FormError> {
    let say = &words.problem;
    match failure {
        Failure::Problem { problem, .. } if problem.slug() == slug::INVALID_INPUT => problem
            .errors
            .iter()
            .map(|error| match error.field.as_str() {
                "identifier" => FormError::field("identifier", say.identifier_wrong),
                "email" => FormError::field("email", say.email_wrong),
                _ => FormError::whole(say.unexpected),
            })
            .collect(),
        _ => vec![FormError::whole(failure.say(words))],
    }
}
