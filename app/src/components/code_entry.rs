//! Typing the code of a message: on the "look in your mailbox" page, and again on the password
//! page after a reload.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use recovery::{
    api::{CodeRequest, slug},
    code::{Code, CodeError},
    sms::short::TextCode,
};

use super::{Field, Form, FormError, Kind, Part, basic::href, field, form_element, submit};
use crate::{
    api::{self, Failure},
    flow::Flow,
    routes::Lang,
    words::{Words, fill},
};

const CODE: &str = Kind::Code.name();

/// The form, with the words of the message that the code came by. A right code leads to the
/// password page.
pub(crate) fn code_entry(lang: Lang) -> Part {
    let words = Words::of(lang);
    if Flow::get().by_text.get_untracked() {
        code_form(lang, words.text.have_code, words.text.again_hint)
    } else {
        code_form(lang, words.check.code, words.check.code_hint)
    }
}

/// The same with a label and a hint of its own.
pub(crate) fn code_form(lang: Lang, label: &'static str, hint: &'static str) -> Part {
    let words = Words::of(lang);
    let flow = Flow::get();
    let form = Form::new(words);
    let code = Field::new(Kind::Code, RwSignal::new(String::new()));
    let navigate = use_navigate();
    let go = move || {
        let (typed, navigate) = (code.read(), navigate.clone());
        form.run(async move {
            redeem(flow, words, CODE, &typed).await?;
            flow.stop_waiting();
            code.value.set(String::new());
            navigate(&href!(lang, Password), NavigateOptions::default());
            Ok(())
        });
    };
    let fields = vec![
        field(form, code, label, hint, || ()),
        submit(form, words.check.proceed, move || words.common.sending.to_owned()),
    ];
    form_element(form, "/form/code", go, fields)
}

/// Exchanges the code for a ticket; what is wrong with it is said at `field`.
pub(crate) async fn redeem(
    flow: Flow,
    words: &Words,
    field: &'static str,
    typed: &str,
) -> Result<(), Vec<FormError>> {
    let say = &words.problem;
    // After a reload the code of a text is typed whole; the recovery is known already.
    let read = Code::parse(typed)
        .or_else(|error| TextCode::parse(typed).map(|text| text.code).map_err(|_| error));
    let code = match read {
        Ok(code) => code.to_string(),
        Err(error) => {
            let text = match error {
                CodeError::Empty => say.code_empty,
                CodeError::Accented => say.code_accented,
                CodeError::WrongLength | CodeError::Character => say.code_wrong,
            };
            return Err(vec![FormError::field(field, text)]);
        }
    };
    let Some(recovery) = flow.recovery.get_untracked() else {
        return Err(vec![FormError::whole(say.closed)]);
    };
    let path = ["recoveries/", &recovery.value, "/code"].concat();
    let answer = api::post(&path, &CodeRequest { code }).await;
    let ticket = answer
        .and_then(api::read)
        .map_err(|failure| vec![refusal(flow, words, field, &failure)])?;
    flow.granted(ticket);
    Ok(())
}

fn refusal(flow: Flow, words: &Words, field: &'static str, failure: &Failure) -> FormError {
    let say = &words.problem;
    match failure {
        Failure::Problem { problem, .. } if problem.slug() == slug::CODE_REJECTED => {
            let text = match problem.attempts_left {
                // A text has no link that would still work.
                Some(0) if flow.by_text.get_untracked() => say.code_used_up_text.to_owned(),
                Some(0) => say.code_used_up.to_owned(),
                Some(1) => say.code_last.to_owned(),
                Some(left) => fill(say.code_rejected, &left.to_string()),
                None => say.code_wrong.to_owned(),
            };
            FormError::field(field, text)
        }
        Failure::Problem { problem, .. } if problem.slug() == slug::INVALID_INPUT => {
            FormError::field(field, say.code_wrong)
        }
        _ => FormError::whole(failure.say(words)),
    }
}
