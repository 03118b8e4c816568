//! Setting the new password, with a ticket that lives in memory only.

use leptos::prelude::*;
use recovery::{
    api::{PasswordRequest, Problem, slug},
    password::{MAX_LENGTH, MIN_LENGTH, Reason},
};

use super::{
    check::{clock, seconds_until},
    email::other_ways,
};
use crate::{
    api::{self, Failure},
    components::{
        Field, Form, FormError, Heading, Kind, clear_all, code_entry, field, form_element, submit,
        whole,
    },
    flow::{Flow, Ticket},
    routes::{Lang, Page, Route},
    words::{ProblemWords, Words, fill},
};

const PASSWORD: &str = Kind::NewPassword.name();
/// Seconds before the end at which the page warns; WCAG 2.2.1 asks for 20.
const WARNING: i64 = 120;

#[derive(Clone, Copy, PartialEq)]
enum Step {
    /// Nothing is under way, as far as the page knows.
    Nothing,
    /// A recovery is known, its ticket is not: reloaded, or out of time.
    Again,
    Choose,
    Done,
}

/// The page.
pub(super) fn password(lang: Lang) -> AnyView {
    let flow = Flow::get();
    Effect::new(move |_| flow.restore());
    let step = Memo::new(move |_| {
        if flow.done.get() {
            Step::Done
        } else if flow.ticket.with(Option::is_some) {
            Step::Choose
        } else if flow.recovery.with(Option::is_some) {
            Step::Again
        } else {
            Step::Nothing
        }
    });
    whole(move || match step.get() {
        Step::Nothing => nothing(lang),
        Step::Again => again(lang),
        Step::Choose => choose(lang),
        Step::Done => done(lang),
    })
}

fn nothing(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let start = Route { lang, page: Page::Email }.href();
    whole(view! {
        <Heading text=words.titles.password />
        <p class="lead">{words.password.none}</p>
        <p><a class="button" href=start>{words.titles.email}</a></p>
        {other_ways(lang)}
    })
}

fn again(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let start = Route { lang, page: Page::Email }.href();
    whole(view! {
        <Heading text=words.password.again_heading />
        <p class="lead">{words.password.again}</p>
        {code_entry(lang)}
        <p class="onward"><a href=start>{words.common.start_again}</a></p>
        {clear_all(lang)}
    })
}

fn done(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let sign_in = Route { lang, page: Page::SignIn }.href();
    whole(view! {
        <Heading text=words.titles.password_done />
        <p class="notice">{words.password.done}</p>
        <p>{words.password.done_devices}</p>
        <p><a class="button" href=sign_in>{words.password.sign_in}</a></p>
        {clear_all(lang)}
    })
}

fn choose(lang: Lang) -> AnyView {
    let words = Words::of(lang);
    let say = &words.password;
    let flow = Flow::get();
    let form = Form::new(words);
    let typed = Field::new(Kind::NewPassword, RwSignal::new(String::new()));
    let go = move || {
        let password = typed.read();
        form.run(async move {
            save(flow, words, password).await?;
            typed.value.set(String::new());
            flow.close();
            flow.done.set(true);
            Ok(())
        });
    };
    let fields = (
        // For password managers: which account the new password belongs to.
        view! {
            <input
                class="visually-hidden"
                type="text"
                name="username"
                autocomplete="username"
                readonly
                tabindex="-1"
                aria-hidden="true"
                value=move || flow.identifier.get()
            />
        },
        field(form, typed, say.label, "", || ()),
        keyboard_warning(words, typed.value),
        view! { <p class="hint">{say.effect}</p> },
        submit(form, say.save, move || words.common.sending.to_owned()),
    );
    whole(view! {
        <Heading text=words.titles.password />
        <ul>
            <li>{say.rule_length}</li>
            <li>{say.rule_words}</li>
            <li>{say.rule_avoid}</li>
        </ul>
        {time_left(flow, words)}
        {form_element(form, "/form/password", go, whole(fields))}
        {clear_all(lang)}
    })
}

/// Says when accents stand in the password: often the keyboard put them there.
fn keyboard_warning(words: &'static Words, typed: RwSignal<String>) -> AnyView {
    let say = &words.password;
    let letters = Memo::new(move |_| typed.with(|typed| accented(typed)));
    whole(view! {
        <div role="status">
            {move || {
                let letters = letters.get();
                (!letters.is_empty())
                    .then(|| {
                        whole(view! {
                            <p class="notice notice-warn">
                                {fill(say.keyboard, &letters)} " " {say.keyboard_fix}
                            </p>
                        })
                    })
            }}
        </div>
    })
}

/// The letters outside ASCII, each once, as they stand.
fn accented(typed: &str) -> String {
    let mut letters = String::new();
    for letter in typed.chars().filter(|letter| !letter.is_ascii()) {
        if !letters.contains(letter) {
            if !letters.is_empty() {
                letters.push(' ');
            }
            letters.push(letter);
        }
    }
    letters
}

/// How long the ticket lives, with a warning in time, and the way on when it is over.
fn time_left(flow: Flow, words: &'static Words) -> AnyView {
    let say = &words.password;
    let now = clock();
    let left = Memo::new(move |_| {
        let expires = flow.ticket.with(|ticket| ticket.as_ref().map(|ticket| ticket.expires))?;
        let now = now.get();
        (now > 0.0).then(|| seconds_until(expires, now))
    });
    Effect::new(move |_| {
        if left.get().is_some_and(|left| left <= 0) {
            flow.ticket.set(None);
        }
    });
    let warned = Memo::new(move |_| left.get().is_some_and(|left| left <= WARNING));
    whole(view! {
        <p class="hint">
            {move || left.get().map(|left| fill(say.time_left, &words.duration(left)))}
        </p>
        <div role="alert">
            {move || {
                warned
                    .get()
                    .then(|| {
                        let text = fill(say.expiring, &words.duration(WARNING));
                        whole(view! { <p class="notice notice-warn">{text}</p> })
                    })
            }}
        </div>
    })
}

/// Spends the ticket.
async fn save(flow: Flow, words: &Words, password: String) -> Result<(), Vec<FormError>> {
    let say = &words.problem;
    let length = password.chars().count();
    let too = if length == 0 {
        Some(say.password_empty)
    } else if length < MIN_LENGTH {
        Some(say.password_short)
    } else if length > MAX_LENGTH * 4 {
        // Composed letters may take several code points; the service counts exactly.
        Some(say.password_long)
    } else {
        None
    };
    if let Some(text) = too {
        return Err(vec![FormError::field(PASSWORD, text)]);
    }
    let Some(Ticket { value: ticket, .. }) = flow.ticket.get_untracked() else {
        return Err(vec![FormError::whole(say.ticket_spent)]);
    };
    match api::send("password", &PasswordRequest { ticket, password }).await {
        Ok(()) => Ok(()),
        Err(Failure::Problem { problem, .. })
            if matches!(problem.slug(), slug::PASSWORD_REJECTED | slug::INVALID_INPUT) =>
        {
            Err(reasons(say, &problem))
        }
        Err(failure) => {
            if failure.slug() == slug::TICKET_SPENT {
                flow.ticket.set(None);
            }
            Err(vec![FormError::whole(failure.say(words))])
        }
    }
}

/// Each reason in the order the service gives them.
fn reasons(say: &ProblemWords, problem: &Problem) -> Vec<FormError> {
    let reasons = problem.errors.iter().map(|error| {
        let text = match Reason::from_code(&error.code) {
            Some(Reason::TooShort) => say.password_short,
            Some(Reason::TooLong) => say.password_long,
            Some(Reason::Common) => say.password_common,
            Some(Reason::Context) => say.password_context,
            None => say.password_characters,
        };
        FormError::field(PASSWORD, text)
    });
    let reasons: Vec<_> = reasons.collect();
    if reasons.is_empty() { vec![FormError::field(PASSWORD, say.password_characters)] } else { reasons }
}

#[cfg(test)]
mod tests {
    use super::accented;

    #[test]
    fn each_accented_letter_is_shown_once() {
        assert_eq!(accented("mật khẩu đẹp lắm đó"), "ậ ẩ đ ẹ ắ ó");
        assert_eq!(accented("matkhau-123"), "");
    }
}
