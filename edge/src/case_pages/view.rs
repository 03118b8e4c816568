//! What the citizens' pages are made of, and the first page: the site's own classes in the site's
//! own frame.

use std::fmt::Write as _;

use recovery::{api::slug, locale::Locale};

use super::{
    frame::base,
    office::{Choice, Found},
    words::Words,
};
use crate::{
    chart::say,
    desk_pages::{Form, esc},
    http::problem::Problem,
    operator::OPERATOR,
};

/// What could not be done, why, and what to do.
pub(super) fn told(words: &Words, problem: &Problem) -> String {
    let document = problem.document(words.locale);
    let mut items = String::new();
    for error in &document.errors {
        let (label, reason) = (words.label(&error.field), words.reason(&error.code));
        let label = format!("{}: {label} ({reason})", words.check);
        let text = if error.code == "phone-or-email" { reason } else { &label };
        let _ = write!(items, "<li><a href=\"#{}\">{text}</a></li>", esc(&error.field));
    }
    let advice = words.advice(problem.slug());
    let (title, rest) = if items.is_empty() || advice.is_some() {
        let general = document.detail.unwrap_or_default();
        let text = match (advice, problem.retry_after()) {
            (Some(advice), _) => advice.to_owned(),
            (None, Some(seconds)) => words.after(seconds),
            (None, None) => general,
        };
        (document.title.as_str(), format!("<p>{}</p>{}", esc(&text), call(words, problem)))
    } else {
        (words.problem, format!("<ul>{items}</ul>"))
    };
    format!(
        "<div class=\"error-summary\" role=\"alert\" tabindex=\"-1\" data-focus><h2>{}</h2>{rest}</div>",
        esc(title)
    )
}

/// The first number to call, where the page itself may be of no more help.
fn call(words: &Words, problem: &Problem) -> String {
    let on_this_page = [slug::PASSWORD_REJECTED, slug::CAPTCHA_REJECTED, slug::CASE_STATE];
    let line = OPERATOR.hotlines.first().filter(|_| !on_this_page.contains(&problem.slug()));
    line.map_or_else(String::new, |line| {
        format!("<p>{}: <a href=\"{}\">{}</a></p>", words.call, line.tel(), esc(line.number))
    })
}

pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: &'a str,
    pub(super) extra: &'a str,
}

/// What marks a field that is wrong, and why it is.
fn fault(words: &Words, wrong: Option<&Problem>, name: &str) -> (&'static str, String) {
    let document = wrong.map(|problem| problem.document(Locale::Vi));
    let error = document.iter().flat_map(|d| &d.errors).find(|error| error.field == name);
    error.map_or_else(Default::default, |error| {
        let reason = words.reason(&error.code);
        (" data-invalid", format!("<span class=\"field-error\">{reason}</span> "))
    })
}

pub(super) fn input(
    words: &Words,
    typed: &Form,
    wrong: Option<&Problem>,
    input: &Input<'_>,
) -> String {
    let Input { name, label, hint, extra } = input;
    let (mark, why) = fault(words, wrong, name);
    let aria = if mark.is_empty() { "" } else { " aria-invalid=\"true\"" };
    let (hint, described) = if hint.is_empty() && mark.is_empty() {
        (String::new(), String::new())
    } else {
        (
            format!("<p class=\"hint\" id=\"{name}-hint\">{why}{hint}</p>"),
            format!(" aria-describedby=\"{name}-hint\""),
        )
    };
    let kind = if extra.contains("type=") { "" } else { "type=\"text\" " };
    format!(
        "<div class=\"field\"{mark}><label class=\"field-label\" for=\"{name}\">{label}</label>{hint}\
         <input {kind}class=\"input\" id=\"{name}\" name=\"{name}\" value=\"{}\" spellcheck=\"false\"\
         {described}{aria} {extra}></div>",
        esc(typed.raw(name)),
    )
}

pub(super) fn form(
    words: &Words,
    path: &str,
    level: Option<u8>,
    fields: &str,
    button: &str,
) -> String {
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

/// A form whose button is not the first thing to do.
pub(super) fn quiet(form: &str) -> String {
    form.replace("class=\"button\"", "class=\"button button-quiet\"")
}

/// A field that nobody sees.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", esc(value))
}

/// Where a case is looked up.
pub(super) fn look(words: &Words, typed: &Form, wrong: Option<&Problem>) -> String {
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
    let fields = input(words, typed, wrong, &number) + &input(words, typed, wrong, &code);
    format!(
        "<section><h2>{}</h2><p>{}</p>{}</section>",
        words.look,
        words.look_lead,
        form(words, "/xem", None, &fields, words.show)
    )
}

/// Where a person finds the own office, and what was found; all within the form of the case, so
/// that nothing typed is lost.
fn office(words: &Words, choice: &Choice, typed: &Form, wrong: Option<&Problem>) -> String {
    let place = Input {
        name: "place",
        label: words.place,
        hint: words.place_hint,
        extra: "autocomplete=\"off\" maxlength=\"200\"",
    };
    let find = format!(
        "class=\"button button-quiet\" type=\"submit\" formaction=\"{}/tim#office\"",
        base(words.locale)
    );
    // Nobody's data goes to an office that they did not choose.
    let ask = say(words.locale, "Chọn cơ quan", "Choose an office");
    let mut options = format!("<option value=\"\">{ask}</option>");
    for (id, name) in &choice.offices {
        let chosen = if typed.raw("office") == id { " selected" } else { "" };
        let _ = write!(options, "<option value=\"{}\"{chosen}>{}</option>", esc(id), esc(name));
    }
    let (mark, why) = fault(words, wrong, "office");
    let aria = if mark.is_empty() { "" } else { " aria-invalid=\"true\"" };
    format!(
        "<div data-find>{}<p><button {find}>{}</button></p>{}\
         <div class=\"field\"{mark}><label class=\"field-label\" for=\"office\">{}</label>{why}\
         <select class=\"input\" id=\"office\" name=\"office\"{aria}>{options}</select></div></div>",
        input(words, typed, wrong, &place),
        words.find,
        found(words, choice, typed, &find),
        words.office,
    )
}

/// What was found of the place that was typed, or of the page that the visitor comes from.
fn found(words: &Words, choice: &Choice, typed: &Form, find: &str) -> String {
    let chosen = || esc(choice.name(typed.raw("office")));
    let text = match choice.found {
        Found::Nothing => return String::new(),
        Found::Chosen => format!("{} <bdi>{}</bdi>.", words.place_chosen, chosen()),
        Found::Certain => format!(
            "{} <bdi>{}</bdi>. {}",
            words.place_chosen,
            chosen(),
            if choice.offered.len() > 1 { words.place_found } else { "" }
        ),
        Found::Many => words.place_many.to_owned(),
        Found::Unsure => words.place_unsure.to_owned(),
        Found::Unknown => words.place_unknown.to_owned(),
        Found::Taker => format!("{} <bdi>{}</bdi>.", words.place_taker, chosen()),
        Found::NoTaker => {
            let line = OPERATOR.hotlines.first();
            let number = line.map(|l| format!("<a href=\"{}\">{}</a>", l.tel(), esc(l.number)));
            format!("{} {}", words.takes_none, number.unwrap_or_default())
        }
    };
    let mut items = String::new();
    let alone = choice.found == Found::Certain && choice.offered.len() < 2;
    for (id, of) in choice.offered.iter().filter(|_| !alone) {
        let _ =
            write!(items, "<li><button {find} name=\"choose\" value=\"{}\">{}", esc(id), esc(of));
        // The office that a person knows need not be the one that takes its cases.
        let taker = choice.name(id);
        if taker != of {
            let _ = write!(items, " – {} {}", words.taken_by, esc(taker));
        }
        items.push_str("</button></li>");
    }
    let list = if items.is_empty() { items } else { format!("<ul class=\"offered\">{items}</ul>") };
    notice(&text, &list)
}

pub(super) fn notice(text: &str, more: &str) -> String {
    format!(
        "<div class=\"notice\" role=\"status\" tabindex=\"-1\" data-focus><p>{text}</p>{more}</div>"
    )
}

/// Link and look-up code lead on.
pub(super) fn go_on(words: &Words, token: &str) -> String {
    let code = Input { name: "code-go-on", label: words.code, hint: words.code_hint, extra: "" };
    let code = input(words, &Form::default(), None, &code)
        .replace("name=\"code-go-on\"", "name=\"lookup_code\" autocomplete=\"off\"");
    let token = hidden("token", token).replace("type=", "data-token type=");
    format!(
        "<h2>{}</h2><p>{}</p>{}",
        words.go_on,
        words.go_on_lead,
        form(words, "/tiep", None, &(token + &code), words.go_on)
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
    let field =
        |name, label, hint, extra| input(words, typed, wrong, &Input { name, label, hint, extra });
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
        office(words, choice, typed, wrong),
        format!(
            "<div class=\"field\"><label class=\"field-label\" for=\"message\">{}</label>\
             <p class=\"hint\" id=\"message-hint\">{}</p><textarea class=\"input\" id=\"message\" \
             name=\"message\" rows=\"4\" maxlength=\"2000\" aria-describedby=\"message-hint\">{}\
             </textarea></div><input type=\"hidden\" name=\"captcha\"><p class=\"hint\">{}</p>\
             <noscript><p class=\"notice notice-warn\">{}</p></noscript>",
            words.message,
            words.message_hint,
            esc(typed.raw("message")),
            words.privacy,
            words.no_script,
        ),
    ]
    .concat();
    format!(
        "<h1 tabindex=\"-1\">{}</h1>{summary}<section hidden>{}</section>\
         <div data-without-token><p class=\"lead\">{}</p><p class=\"notice\">{}</p>\
         <section><h2>{}</h2><p>{}</p>{}</section>{}</div>\
         <p><a class=\"onward\" href=\"{}\">{}</a></p>\
         <p><a class=\"onward\" href=\"{}/so-lieu\">{}</a></p>",
        words.title,
        go_on(words, ""),
        words.lead,
        words.never,
        words.open,
        words.need,
        form(words, "/gui", level, &fields, words.send),
        look(words, &Form::default(), None),
        if words.locale == Locale::Vi { "/van-phong" } else { "/en/van-phong" },
        words.in_person,
        base(words.locale),
        super::figures::title(words.locale),
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

    #[test]
    fn a_refusal_says_when_to_try_again_and_whom_to_call() {
        let words = Words::of(Locale::Vi);
        for (seconds, after) in
            [(1, "1 phút"), (61, "2 phút"), (7_200, "2 giờ"), (86_400, "24 giờ")]
        {
            let html = told(words, &Problem::too_many(seconds));
            assert!(html.contains(after) && html.contains("href=\"tel:"), "{html}");
        }
    }
}
