//! What the citizens' pages look like: the site's own classes in the site's own frame.

use std::fmt::Write as _;

use recovery::{
    desk::{
        case::CaseState,
        citizen::{Opened, Status},
    },
    locale::Locale,
};

use super::{frame::base, office::Choice, words::Words};
use crate::{
    chart::say,
    desk_pages::{Form, esc, moment},
    http::problem::Problem,
};

fn told(words: &Words, problem: &Problem) -> String {
    let document = problem.document(words.locale);
    let mut items = String::new();
    for error in &document.errors {
        let text = if error.code == "phone-or-email" {
            words.phone_or_email.to_owned()
        } else {
            format!("{}: {}", words.check, words.label(&error.field))
        };
        let _ = write!(items, "<li><a href=\"#{}\">{}</a></li>", esc(&error.field), esc(&text));
    }
    let advice = words.advice(problem.slug()).map(str::to_owned).or(document.detail);
    let rest = if items.is_empty() || words.advice(problem.slug()).is_some() {
        format!("<p>{} {}</p>", esc(&document.title), esc(&advice.unwrap_or_default()))
    } else {
        format!("<ul>{items}</ul>")
    };
    format!(
        "<div class=\"error-summary\" role=\"alert\" tabindex=\"-1\" data-focus><h2>{}</h2>{rest}</div>",
        words.problem
    )
}

struct Input<'a> {
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    extra: &'a str,
}

fn input(typed: &Form, wrong: Option<&Problem>, input: &Input<'_>) -> String {
    let Input { name, label, hint, extra } = input;
    let document = wrong.map(|problem| problem.document(Locale::Vi));
    let invalid = document.is_some_and(|d| d.errors.iter().any(|error| error.field == *name));
    let (mark, aria) = if invalid { (" data-invalid", " aria-invalid=\"true\"") } else { ("", "") };
    let (hint, described) = if hint.is_empty() {
        (String::new(), String::new())
    } else {
        (
            format!("<p class=\"hint\" id=\"{name}-hint\">{hint}</p>"),
            format!(" aria-describedby=\"{name}-hint\""),
        )
    };
    format!(
        "<div class=\"field\"{mark}><label class=\"field-label\" for=\"{name}\">{label}</label>{hint}\
         <input class=\"input\" id=\"{name}\" name=\"{name}\" value=\"{}\" spellcheck=\"false\"\
         {described}{aria} {extra}></div>",
        esc(typed.raw(name)),
    )
}

fn form(words: &Words, path: &str, level: Option<u8>, fields: &str, button: &str) -> String {
    let level = level.map_or_else(String::new, |level| format!(" data-level=\"{level}\""));
    format!(
        "<form method=\"post\" action=\"{}{path}\" novalidate data-once=\"{}\" data-failed=\"{}\"{level}>\
         {fields}<button class=\"button\" type=\"submit\">{button}</button>\
         <p class=\"status\" role=\"status\"></p></form>",
        base(words.locale),
        words.sending,
        words.captcha_failed,
    )
}

fn proof_fields(words: &Words, typed: &Form, wrong: Option<&Problem>) -> String {
    let number = Input {
        name: "case_number",
        label: words.number,
        hint: "HS-XXXX-XXXX",
        extra: "autocomplete=\"off\" autocapitalize=\"characters\" maxlength=\"32\"",
    };
    let code = Input {
        name: "lookup_code",
        label: words.code,
        hint: words.code_hint,
        extra: "autocomplete=\"off\" autocapitalize=\"characters\" maxlength=\"48\"",
    };
    input(typed, wrong, &number) + &input(typed, wrong, &code)
}

/// Where a person finds the own office, and what was found.
fn find(words: &Words, choice: &Choice) -> String {
    let typed = Form(vec![("place".to_owned(), choice.searched.clone())]);
    let place = Input {
        name: "place",
        label: words.place,
        hint: words.place_hint,
        extra: "autocomplete=\"off\" maxlength=\"200\"",
    };
    let found = if choice.found.is_empty() {
        let told = if choice.searched.is_empty() { "" } else { words.place_unknown };
        if told.is_empty() { String::new() } else { notice(told, "") }
    } else {
        let mut items = String::new();
        for (id, of) in &choice.found {
            let (taker, path) = (choice.name(id), base(words.locale));
            let _ = write!(items, "<li><a href=\"{path}?office={}\">{}</a>", esc(id), esc(of));
            // The office that a person knows need not be the one that takes its cases.
            if taker != of {
                let _ = write!(items, " – {} {}", words.taken_by, esc(taker));
            }
            items.push_str("</li>");
        }
        notice(words.place_found, &format!("<ul>{items}</ul>"))
    };
    form(words, "/tim", None, &input(&typed, None, &place), words.find)
        .replace("class=\"button\"", "class=\"button button-quiet\"")
        + &found
}

fn notice(text: &str, more: &str) -> String {
    format!(
        "<div class=\"notice\" role=\"status\" tabindex=\"-1\" data-focus><p>{text}</p>{more}</div>"
    )
}

/// The first page: go on from a link, open a case, look at one.
pub(super) fn start(
    words: &Words,
    choice: &Choice,
    typed: &Form,
    wrong: Option<&Problem>,
) -> String {
    let summary = wrong.map_or_else(String::new, |problem| told(words, problem));
    let level = wrong.and_then(|problem| problem.document(words.locale).level);
    // Nobody's data goes to an office that they did not choose.
    let ask = say(words.locale, "Chọn cơ quan", "Choose an office");
    let mut options = format!("<option value=\"\">{ask}</option>");
    for (id, name) in &choice.offices {
        let chosen = if typed.raw("office") == id { " selected" } else { "" };
        let _ = write!(options, "<option value=\"{}\"{chosen}>{}</option>", esc(id), esc(name));
    }
    let field = |name, label, hint, extra| input(typed, wrong, &Input { name, label, hint, extra });
    let fields = [
        field("name", words.name, "", "autocomplete=\"name\" maxlength=\"100\""),
        field(
            "birth_date",
            words.birth_date,
            words.birth_hint,
            "autocomplete=\"bday\" maxlength=\"10\"",
        ),
        field(
            "identifier",
            words.identifier,
            words.identifier_hint,
            "autocomplete=\"username\" maxlength=\"32\"",
        ),
        field(
            "phone",
            words.phone,
            words.phone_hint,
            "type=\"tel\" autocomplete=\"tel\" maxlength=\"32\"",
        ),
        field(
            "email",
            words.email,
            words.email_hint,
            "type=\"email\" autocomplete=\"email\" maxlength=\"254\"",
        ),
        format!(
            "<div class=\"field\"><label class=\"field-label\" for=\"office\">{}</label>\
             <select class=\"input\" id=\"office\" name=\"office\">{options}</select></div>\
             <div class=\"field\"><label class=\"field-label\" for=\"message\">{}</label>\
             <p class=\"hint\" id=\"message-hint\">{}</p><textarea class=\"input\" id=\"message\" \
             name=\"message\" rows=\"4\" maxlength=\"2000\" aria-describedby=\"message-hint\">{}\
             </textarea></div><input type=\"hidden\" name=\"captcha\"><p class=\"hint\">{}</p>\
             <noscript><p class=\"notice notice-warn\">{}</p></noscript>",
            words.office,
            words.message,
            words.message_hint,
            esc(typed.raw("message")),
            words.privacy,
            words.no_script,
        ),
    ]
    .concat();
    let code = Input { name: "code-go-on", label: words.code, hint: words.code_hint, extra: "" };
    let code = input(&Form::default(), None, &code)
        .replace("name=\"code-go-on\"", "name=\"lookup_code\" autocomplete=\"off\"");
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{summary}<section hidden><h2>{}</h2><p>{}</p>{}</section>\
         <div data-without-token><p class=\"lead\">{}</p><p class=\"notice\">{}</p>\
         <section><h2>{}</h2><p>{}</p>{}{}</section><section><h2>{}</h2><p>{}</p>{}</section></div>\
         <p><a class=\"onward\" href=\"{}\">{}</a></p>\
         <p><a class=\"onward\" href=\"{}/so-lieu\">{}</a></p>",
        words.title,
        words.go_on,
        words.go_on_lead,
        form(
            words,
            "/tiep",
            None,
            &format!("<input type=\"hidden\" name=\"token\" data-token>{code}"),
            words.go_on
        ),
        words.lead,
        words.never,
        words.open,
        words.need,
        find(words, choice),
        form(words, "/gui", level, &fields, words.send),
        words.look,
        words.look_lead,
        form(words, "/xem", None, &proof_fields(words, typed, wrong), words.show),
        if words.locale == Locale::Vi { "/van-phong" } else { "/en/van-phong" },
        words.in_person,
        base(words.locale),
        super::figures::title(words.locale),
    )
}

/// Number and code, this once.
pub(super) fn opened(words: &Words, opened: &Opened) -> String {
    format!(
        "<h1 tabindex=\"-1\">{}</h1><p class=\"lead\">{}</p><div class=\"notice\"><p>{}:<br>\
         <strong class=\"input-code\">{}</strong></p><p>{}:<br><strong class=\"input-code\">{}</strong>\
         </p></div><p>{}</p><p>{}</p><button class=\"button button-quiet\" type=\"button\" data-print \
         hidden>{}</button>",
        words.opened,
        words.opened_lead,
        words.number,
        opened.number,
        words.code,
        opened.code,
        words.keep,
        words.next,
        words.print,
    )
}

/// Where a case stands, and what its citizen can do.
pub(super) fn status(
    words: &Words,
    status: &Status,
    choice: &Choice,
    typed: &Form,
    wrong: Option<&Problem>,
) -> String {
    let case = &status.case;
    let office = choice.name(case.office.as_str());
    let mut body = format!(
        "<h1 tabindex=\"-1\">{}</h1>{}<div class=\"notice\"><p><strong>{}:</strong> {}</p></div>\
         <p>{}: {} · {}: {}</p>",
        esc(&case.number.to_string()),
        wrong.map_or_else(String::new, |problem| told(words, problem)),
        words.state,
        words.state_of(case.state),
        words.office,
        esc(office),
        words.at,
        moment(case.opened_at),
    );
    if let Some(until) = case.cooling_until {
        let _ = write!(body, "<p>{} {}.</p>", words.effect, moment(until));
    }
    if !status.said.is_empty() {
        let _ = write!(body, "<h2>{}</h2><dl>", words.messages);
        for said in &status.said {
            let who = if said.by_office { esc(office) } else { words.you.to_owned() };
            let _ = write!(body, "<dt><strong>{who}</strong> · {}</dt>", moment(said.at));
            let text = esc(&said.text).replace('\n', "<br>");
            let _ = write!(body, "<dd>{text}</dd>");
        }
        body.push_str("</dl>");
    }
    let hidden = |name| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", esc(typed.raw(name)))
    };
    let proof = hidden("case_number") + &hidden("lookup_code");
    if !case.state.is_final() {
        let fields = format!(
            "{proof}<div class=\"field\"><label class=\"field-label\" for=\"text\">{}</label>\
             <textarea class=\"input\" id=\"text\" name=\"text\" rows=\"4\" maxlength=\"2000\">\
             </textarea></div>",
            words.text
        );
        let _ = write!(
            body,
            "<section><h2>{}</h2>{}</section>",
            words.add,
            form(words, "/nhan", None, &fields, words.add)
        );
        let _ = write!(
            body,
            "<section><h2>{}</h2><p>{}</p>{}</section>",
            words.withdraw,
            words.withdraw_lead,
            form(words, "/rut", None, &proof, words.withdraw)
                .replace("class=\"button\"", "class=\"button button-quiet\"")
        );
    }
    if case.state == CaseState::Rejected || case.state == CaseState::Withdrawn {
        let _ = write!(body, "<p><a href=\"{}\">{}</a></p>", base(words.locale), words.open);
    }
    body
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
    let fields = format!(
        "<input type=\"hidden\" name=\"ticket\" value=\"{}\">{}",
        esc(ticket),
        input(&Form::default(), wrong, &field)
    );
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{summary}{}",
        words.go_on,
        form(words, "/mat-khau", None, &fields, words.set)
    )
}

pub(super) fn done(words: &Words) -> String {
    let path = if words.locale == Locale::Vi { "/dang-nhap" } else { "/en/dang-nhap" };
    format!(
        "<h1 tabindex=\"-1\">{}</h1><p class=\"notice\" role=\"status\">{}</p>\
         <p><a class=\"button\" href=\"{path}\">{}</a></p>",
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
        words.look,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_never_html() {
        let typed = Form(vec![("name".to_owned(), "\"><script>".to_owned())]);
        let html = start(Words::of(Locale::Vi), &Choice::default(), &typed, None);
        assert!(!html.contains("\"><script>") && html.contains("&quot;&gt;&lt;script&gt;"));
    }
}
