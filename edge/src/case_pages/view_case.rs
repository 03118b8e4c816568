//! What the pages about one case look like.

use std::fmt::Write as _;

use recovery::desk::{
    case::CaseState,
    citizen::{Proof, Status},
};

use super::{
    frame::base,
    kept::Deed,
    office::Choice,
    view::{Input, form, go_on, hidden, input, look, notice, quiet, told},
    words::Words,
};
use crate::{
    desk_pages::{Form, esc, moment},
    http::problem::Problem,
};

/// Number and code in groups: a line may end between two of them, never within one.
fn grouped(text: &str) -> String {
    let mut out = String::new();
    for group in text.split_inclusive('-') {
        let _ = write!(out, "<span>{group}</span>");
    }
    out
}

/// A way to forget what this browser keeps of a case.
fn close(words: &Words, button: &str) -> String {
    quiet(&form(words, "/xong", None, "", button))
}

/// Number and code, to be kept.
pub(super) fn opened(words: &Words, proof: &Proof, can_keep: bool) -> String {
    let line = |label: &str, text: Option<String>| {
        format!("<dt>{label}</dt><dd>{}</dd>", grouped(&text.unwrap_or_default()))
    };
    let lines = line(words.number, proof.number.map(|number| number.to_string()))
        + &line(words.code, proof.code.as_ref().map(ToString::to_string));
    let button = |act: &str, text: &str| {
        format!(
            "<button class=\"button button-quiet\" type=\"button\" data-{act} hidden>{text}</button> "
        )
    };
    let (lead, onward) = if can_keep {
        let path = base(words.locale);
        let see = format!("<p><a class=\"onward\" href=\"{path}/xem\">{}</a></p>", words.see);
        (words.opened_lead, close(words, words.written) + &see)
    } else {
        (words.opened_once, String::new())
    };
    format!(
        "<h1 tabindex=\"-1\">{}</h1><p class=\"lead\">{lead}</p>\
         <dl class=\"notice receipt\">{lines}</dl><p class=\"buttons\">{}{}{}</p>\
         <p class=\"status\" role=\"status\" data-copied=\"{}\" data-keep=\"{}\"></p>\
         <p>{}</p><p>{}</p>{onward}",
        words.opened,
        button("picture", words.picture),
        button("copy", words.copy),
        button("print", words.print),
        words.copied,
        words.picture_keep,
        words.keep,
        words.next,
    )
}

/// What was just done, said once more on the page that shows the case.
fn done_now(words: &Words, deed: Deed) -> String {
    match deed {
        Deed::Message => notice(words.sent, ""),
        Deed::Open | Deed::Look | Deed::Withdraw | Deed::Password => String::new(),
    }
}

/// Where a case stands, and what its citizen can do.
pub(super) fn status(
    words: &Words,
    status: &Status,
    choice: &Choice,
    typed: &Form,
    told_first: &Result<Deed, Problem>,
) -> String {
    let case = &status.case;
    let office = esc(choice.name(case.office.as_str()));
    let mut body = format!(
        "<h1 tabindex=\"-1\">{}</h1>{}<div class=\"notice\"><p><strong>{}:</strong> {}</p></div>\
         <p>{}: <bdi>{office}</bdi> · {}: {}</p>",
        esc(&case.number.to_string()),
        match told_first {
            Ok(deed) => done_now(words, *deed),
            Err(problem) => told(words, problem),
        },
        words.state,
        words.state_of(case.state),
        words.office,
        words.at,
        moment(case.opened_at),
    );
    if let Some(until) = case.cooling_until {
        let _ = write!(body, "<p>{} {}.</p>", words.effect, moment(until));
    }
    if !status.said.is_empty() {
        let _ = write!(body, "<h2>{}</h2><dl class=\"facts\">", words.messages);
        for said in &status.said {
            let who = if said.by_office { office.as_str() } else { words.you };
            let text = esc(&said.text).replace('\n', "<br>");
            let at = moment(said.at);
            let _ = write!(
                body,
                "<dt><strong><bdi>{who}</bdi></strong> · {at}</dt><dd dir=\"auto\">{text}</dd>"
            );
        }
        body.push_str("</dl>");
    }
    let proof = ["case_number", "lookup_code"].map(|name| hidden(name, typed.raw(name))).concat();
    if !case.state.is_final() {
        let fields = format!(
            "{proof}<div class=\"field\"><label class=\"field-label\" for=\"text\">{}</label>\
             <textarea class=\"input\" id=\"text\" name=\"text\" rows=\"4\" maxlength=\"2000\">{}\
             </textarea></div>",
            words.text,
            esc(typed.raw("text"))
        );
        let _ = write!(
            body,
            "<section><h2>{}</h2>{}</section>",
            words.add,
            form(words, "/nhan", None, &fields, words.add)
        );
        let _ = write!(
            body,
            "<details><summary>{}</summary><p>{}</p>{}</details>",
            words.withdraw,
            words.withdraw_lead,
            quiet(&form(words, "/rut", None, &proof, words.withdraw))
        );
    }
    if case.state == CaseState::Rejected || case.state == CaseState::Withdrawn {
        let _ = write!(body, "<p><a href=\"{}\">{}</a></p>", base(words.locale), words.open);
    }
    body + &close(words, words.close)
}

/// The page of a case that this browser does not keep, or not any more; or the pair was wrong.
pub(super) fn looked_up(words: &Words, typed: &Form, wrong: Option<&Problem>) -> String {
    let path = base(words.locale);
    let first = wrong.map_or_else(|| notice(words.gone, ""), |problem| told(words, problem));
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{first}{}<p><a class=\"onward\" href=\"{path}\">{}</a></p>",
        words.title,
        look(words, typed, wrong),
        words.new_case
    )
}

/// The new password, for a ticket.
pub(super) fn password(words: &Words, ticket: &str, wrong: Option<&Problem>) -> String {
    let summary = wrong.map_or_else(String::new, |problem| told(words, problem));
    let field = Input {
        name: "password",
        label: words.password,
        hint: words.password_hint,
        extra: "type=\"password\" autocomplete=\"new-password\" maxlength=\"1024\"",
    };
    let fields = hidden("ticket", ticket) + &input(words, &Form::default(), wrong, &field);
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{summary}{}",
        words.go_on,
        form(words, "/mat-khau", None, &fields, words.set)
    )
}

pub(super) fn done(words: &Words) -> String {
    let path = if words.locale == recovery::locale::Locale::Vi { "" } else { "/en" };
    format!(
        "<h1 tabindex=\"-1\">{}</h1><p class=\"notice\" role=\"status\">{}</p>\
         <p><a class=\"button\" href=\"{path}/dang-nhap\">{}</a></p>",
        words.go_on, words.set_done, words.sign_in
    )
}

/// What could not be done, and the way back.
pub(super) fn refused(words: &Words, problem: &Problem) -> String {
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{}<p><a class=\"onward\" href=\"{}\">{}</a></p>",
        words.title,
        told(words, problem),
        base(words.locale),
        words.title,
    )
}

/// A wrong look-up code beside a link that may be a good one: the link is kept.
pub(super) fn go_on_again(words: &Words, token: &str) -> String {
    let problem = &Problem::new(recovery::api::slug::CODE_REJECTED);
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{}{}",
        words.title,
        told(words, problem),
        go_on(words, token)
    )
}

/// Fields whose text is given back where a form was not taken. Passwords are none.
const GIVEN_BACK: [&str; 11] = [
    "name",
    "birth_date",
    "identifier",
    "phone",
    "email",
    "place",
    "office",
    "message",
    "case_number",
    "lookup_code",
    "text",
];

/// A form that was not taken, with all that was typed, to be sent again by a button. It asks
/// nothing of the database: it is what a flood gets.
pub(super) fn again(words: &Words, path: &str, typed: &Form, problem: &Problem) -> String {
    if path == "/mat-khau" {
        return password(words, typed.raw("ticket"), Some(problem));
    }
    let mut fields = String::new();
    for name in GIVEN_BACK.into_iter().chain(["token"]) {
        if let Some(text) = typed.get(name) {
            fields.push_str(&hidden(name, text));
        }
    }
    if path == "/gui" {
        fields.push_str("<input type=\"hidden\" name=\"captcha\">");
    }
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{}<p>{}</p>{}",
        words.title,
        told(words, problem),
        words.still_here,
        form(words, path, None, &fields, words.again)
    )
}

#[cfg(test)]
mod tests {
    use recovery::locale::Locale;

    use super::*;

    #[test]
    fn a_code_is_copied_whole_and_broken_between_its_groups_only() {
        let html = grouped("ABCD-EFGH-JKMN-PQRS");
        assert_eq!(html.matches("<span>").count(), 4);
        assert_eq!(html.replace("<span>", "").replace("</span>", ""), "ABCD-EFGH-JKMN-PQRS");
    }

    #[test]
    fn a_form_that_was_not_taken_gives_everything_back_but_a_password() {
        let words = Words::of(Locale::En);
        let typed = |name: &str| Form(vec![(name.to_owned(), "typed \"text\"".to_owned())]);
        for name in GIVEN_BACK {
            let html = again(words, "/gui", &typed(name), &Problem::too_many(60));
            assert!(html.contains(&format!("name=\"{name}\" value=\"typed &quot;text&quot;\"")));
        }
        for path in ["/gui", "/mat-khau"] {
            let html = again(words, path, &typed("password"), &Problem::too_many(60));
            assert!(!html.contains("typed &quot;"), "{html}");
        }
    }
}
