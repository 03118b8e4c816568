//! The email channel: the form, and "look in your mailbox".

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use recovery::{
    api::{Config, RecoveryAccepted, RecoveryRequest, slug},
    email::{EmailAddress, EmailError},
    identifier::{Identifier, IdentifierError},
};

use super::check::check;
use crate::{
    api::{self, Failure},
    captcha::Captcha,
    components::{
        Field, Form, FormError, Heading, Kind, Prose, Started, field, form_element, submit, whole,
    },
    flow::Flow,
    operator::OPERATOR,
    routes::{Guide, Lang, Page, Route},
    words::{ProblemWords, Words, fill},
};

/// In the query while the code is awaited, so that "back" leads to the form and a reload stays.
pub(super) const CHECKING: &str = "buoc=ma";

/// The page: the official way where we serve nobody, else form or mailbox.
pub(super) fn email(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let route = Route { lang, page: Page::Email };
    if !OPERATOR.serves_email() {
        return whole(view! {
            <Heading text=words.titles.email />
            <Prose route=route />
            {other_ways(lang)}
        });
    }
    let flow = Flow::get();
    let search = use_location().search;
    let wanted = move || search.get() == CHECKING && flow.recovery.with(Option::is_some);
    // The pre-rendered page is the form; what the address says shows once it is taken over.
    let checking = RwSignal::new(Started::now() && untrack(wanted));
    Effect::new(move |_| {
        flow.restore();
        let wanted = wanted();
        if wanted != checking.get_untracked() {
            checking.set(wanted);
        }
    });
    whole(move || if checking.get() { check(lang) } else { start(lang) })
}

/// Links to everything else one can do.
pub(super) fn other_ways(lang: Lang) -> AnyView {
    let home = Route { lang, page: Page::Home }.href();
    let common = &Words::of(lang).common;
    whole(view! { <p class="onward"><a href=home>{common.other_ways}</a></p> })
}

/// The form.
fn start(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.email;
    let flow = Flow::get();
    let form = Form::new(words);
    let captcha = Captcha::new("email");
    let identifier = Field::new(Kind::Identifier, flow.identifier);
    let email = Field::new(Kind::Email, flow.email);
    let navigate = use_navigate();
    let go = move || {
        let (identifier, email, navigate) = (identifier.read(), email.read(), navigate.clone());
        form.run(async move {
            let answer = request(lang, captcha, identifier, email).await?;
            flow.accepted(answer);
            let here = Route { lang, page: Page::Email }.href();
            navigate(&[&here, "?", CHECKING].concat(), NavigateOptions::default());
            Ok(())
        });
    };
    let touched = move || captcha.start();
    let status = move || match captcha.progress() {
        0 | 100 => words.common.sending.to_owned(),
        percent => fill(words.common.preparing, &percent.to_string()),
    };
    let fields = (
        field(form, identifier, say.identifier, say.identifier_hint, touched),
        where_is_it(words),
        field(form, email, say.email, say.email_hint, touched),
        view! { <p class="hint">{say.use_note}</p> },
        submit(form, say.send, status),
    );
    let office = Route { lang, page: Page::Guide(Guide::Hotline) }.href();
    whole(view! {
        <Heading text=words.titles.email />
        <p class="lead">{say.lead}</p>
        {channel_notice(words)}
        {form_element(form, "/form/email", go, whole(fields))}
        <p class="onward"><a href=office>{say.no_email}</a></p>
        {other_ways(lang)}
    })
}

/// Says so when the operator has switched the channel off since the page was built.
fn channel_notice(words: &'static Words) -> AnyView {
    let off = RwSignal::new(false);
    Effect::new(move |_| {
        spawn_local(async move {
            if let Ok(config) = api::get::<Config>("config").await {
                _ = off.try_set(!config.channels.iter().any(|channel| channel == "email"));
            }
        });
    });
    whole(move || {
        off.get().then(|| {
            whole(view! { <p class="notice notice-warn" role="status">{words.email.off}</p> })
        })
    })
}

fn where_is_it(words: &Words) -> AnyView {
    let say = &words.email;
    whole(view! {
        <details>
            <summary>{say.where_is_it}</summary>
            <ul>
                <li>{say.where_card}</li>
                <li>{say.where_old_card}</li>
                <li>{say.where_citizen}</li>
            </ul>
        </details>
    })
}

/// Sends the form; a captcha that was refused is replaced and tried once more, silently.
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
    let mut body = RecoveryRequest { identifier, email, captcha: String::new(), locale };
    let mut again = true;
    loop {
        body.captcha = captcha.take().await.map_err(|failure| refusal(words, &failure))?;
        match api::post("recoveries", &body).await {
            Err(Failure::Problem { problem, .. })
                if again && problem.slug() == slug::CAPTCHA_REJECTED =>
            {
                again = false;
                captcha.refused(problem.level);
            }
            Err(failure) => return Err(refusal(words, &failure)),
            Ok(answer) => return Ok(answer),
        }
    }
}

/// The same parsing as the service's, so that nothing is sent in vain.
fn check_input(say: &ProblemWords, identifier: &str, email: &str) -> Vec<FormError> {
    let identifier = Identifier::parse(identifier).err().map(|error| {
        FormError::field(Kind::Identifier.name(), identifier_error(say, error))
    });
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
