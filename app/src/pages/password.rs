//! Setting the new password, with a ticket that lives in memory only.

use leptos::prelude::*;
use recovery::{
    api::{PasswordRequest, Problem, slug},
    password::{MAX_LENGTH, MIN_LENGTH, Reason},
};

use super::{check::clock, email::other_ways};
use crate::{
    api::{self, Failure},
    components::{
        Field, Form, FormError, Kind, Part, attr, button_link, clear_all, code_entry, dynamic,
        effect, field, form_element, group, heading, href, link, list, live, nothing, paragraph,
        submit, text, whole, wrapped,
    },
    flow::Flow,
    operator::OPERATOR,
    routes::{Guide, Lang},
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
pub(super) fn password(lang: Lang) -> Part {
    let flow = Flow::get();
    effect(move || flow.restore());
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
    dynamic(move || match step.get() {
        Step::Nothing => nothing_here(lang),
        Step::Again => again(lang),
        Step::Choose => choose(lang),
        Step::Done => done(lang),
    })
}

fn nothing_here(lang: Lang) -> Part {
    let words = Words::of(lang);
    group(vec![
        heading(words.titles.password),
        paragraph("lead", words.password.none),
        button_link(href!(lang, Email), words.titles.email),
        if OPERATOR.serves_texts() {
            link("onward", href!(lang, Guide(Guide::Text)), words.titles.text_service)
        } else {
            nothing()
        },
        other_ways(lang),
    ])
}

fn again(lang: Lang) -> Part {
    let words = Words::of(lang);
    let say = &words.password;
    let flow = Flow::get();
    let by_text = flow.by_text.get_untracked();
    let why = match (flow.refused.get_untracked(), by_text) {
        (true, _) => words.problem.ticket_spent,
        (false, true) => say.again_text,
        (false, false) => say.again,
    };
    let start = if by_text { href!(lang, Guide(Guide::Text)) } else { href!(lang, Email) };
    group(vec![
        heading(say.again_heading),
        paragraph("lead", why),
        code_entry(lang),
        link("onward", start, words.common.start_again),
        clear_all(lang),
    ])
}

fn done(lang: Lang) -> Part {
    let words = Words::of(lang);
    group(vec![
        heading(words.titles.password_done),
        paragraph("notice", words.password.done),
        paragraph("", words.password.done_devices),
        button_link(href!(lang, SignIn), words.password.sign_in),
        clear_all(lang),
    ])
}

fn choose(lang: Lang) -> Part {
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
    let fields = vec![
        account_name(flow),
        field(form, typed, say.label, "", || ()),
        keyboard_warning(words, typed.value),
        paragraph("hint", say.effect),
        submit(form, say.save, move || words.common.sending.to_owned()),
    ];
    let why = if flow.temporary.get_untracked() {
        paragraph("notice", words.account.must_change)
    } else {
        nothing()
    };
    group(vec![
        heading(words.titles.password),
        why,
        list(&[say.rule_length, say.rule_words, say.rule_avoid]),
        time_left(flow, words),
        form_element(form, "/form/password", go, fields),
        clear_all(lang),
    ])
}

/// For password managers: which account the new password belongs to. Not a field for people.
fn account_name(flow: Flow) -> Part {
    whole(view! {
        <input
            class="visually-hidden"
            type="text"
            name="username"
            autocomplete="username"
            readonly
            tabindex="-1"
            aria-hidden="true"
            value=attr(move || Some(flow.identifier.get()))
        />
    })
}

/// Says when accents stand in the password: often the keyboard put them there.
fn keyboard_warning(words: &'static Words, typed: RwSignal<String>) -> Part {
    let say = &words.password;
    let letters = Memo::new(move |_| typed.with(|typed| accented(typed)));
    let warning = dynamic(move || {
        let letters = letters.get();
        if letters.is_empty() {
            return nothing();
        }
        let text = [&fill(say.keyboard, &letters), " ", say.keyboard_fix].concat();
        paragraph("notice notice-warn", text)
    });
    live("status", "", warning)
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
fn time_left(flow: Flow, words: &'static Words) -> Part {
    let say = &words.password;
    let by_text = flow.by_text.get_untracked();
    let now = clock();
    // `None` on the build machine and before the clock runs.
    let left = move || {
        let until = flow.ticket.with(|ticket| ticket.as_ref()?.until)?;
        let now = now.get();
        (now > 0).then_some(until - now)
    };
    effect(move || {
        if left().is_some_and(|left| left <= 0) {
            flow.ticket.set(None);
        }
    });
    let shown = text(move || match left() {
        Some(left) => fill(say.time_left, &words.duration(left)),
        None => String::new(),
    });
    let soon = Memo::new(move |_| left().is_some_and(|left| left <= WARNING));
    let warning = dynamic(move || {
        if soon.get() {
            let text = if by_text { say.expiring_text } else { say.expiring };
            paragraph("notice notice-warn", fill(text, &words.duration(WARNING)))
        } else {
            nothing()
        }
    });
    group(vec![wrapped("hint", shown), live("alert", "", warning)])
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
    let Some(ticket) = flow.ticket.get_untracked() else {
        return Err(vec![FormError::whole(say.ticket_spent)]);
    };
    let body = PasswordRequest { ticket: ticket.value, password };
    match api::post("password", &body).await {
        Ok(_) => Ok(()),
        Err(Failure::Problem { problem, .. })
            if matches!(problem.slug(), slug::PASSWORD_REJECTED | slug::INVALID_INPUT) =>
        {
            Err(reasons(say, &problem))
        }
        Err(failure) => {
            if failure.slug() == slug::TICKET_SPENT {
                // The form goes with the ticket; what comes in its place says why.
                flow.refused.set(true);
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
    if reasons.is_empty() {
        vec![FormError::field(PASSWORD, say.password_characters)]
    } else {
        reasons
    }
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
