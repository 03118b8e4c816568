//! What the citizens' pages look like: the site's own classes in the site's own frame.

use std::fmt::Write as _;

use recovery::{
    desk::{
        case::CaseState,
        citizen::{Opened, Status},
    },
    locale::Locale,
};

use super::words::Words;
use crate::{
    desk_pages::{Form, esc, moment},
    http::problem::Problem,
};

/// Where these pages begin, in this language.
const fn base(locale: Locale) -> &'static str {
    match locale {
        Locale::Vi => "/ho-so",
        Locale::En => "/en/ho-so",
    }
}

/// The pre-rendered page whose frame is taken.
pub(super) const fn frame_of(locale: Locale) -> &'static str {
    match locale {
        Locale::Vi => "404",
        Locale::En => "en/404",
    }
}

/// The content in the site's frame: its header and footer, without the program that the site's
/// other pages load. Without a frame the page is plain, and complete.
pub(super) fn in_frame(words: &Words, frame: Option<&str>, body: &str) -> String {
    let head = format!(
        "<title>{} – Chìa Khoá</title><script src=\"/ho-so/case.js\" defer></script>",
        words.title
    );
    framed(words.locale, &head, "/ho-so", frame, body)
}

/// The same for a page at another address, with a head of its own.
pub(super) fn framed(
    locale: Locale,
    own: &str,
    path: &str,
    frame: Option<&str>,
    body: &str,
) -> String {
    let framed = frame.and_then(|frame| {
        let (head, rest) = frame.split_once("</head>")?;
        let (before, rest) = rest.split_once("<main")?;
        let (attributes, rest) = rest.split_once('>')?;
        let (_, after) = rest.split_once("</main>")?;
        let head =
            without(&without(head, "<title>", "</title>")?, "<script type=\"module\"", "</script>")
                .and_then(|head| without(&head, "<script src=\"/early-", "</script>"))?;
        let (vi, en) = ("href=\"/en\" lang=\"en\"", "href=\"/\" lang=\"vi\"");
        let before = before
            .replace(vi, &format!("href=\"/en{path}\" lang=\"en\""))
            .replace(en, &format!("href=\"{path}\" lang=\"vi\""));
        let before = without(&before, "<noscript>", "</noscript>").unwrap_or(before);
        Some(format!("{head}{own}</head>{before}<main{attributes}>{body}</main>{after}"))
    });
    framed.unwrap_or_else(|| {
        format!(
            "<!doctype html><html lang=\"{locale}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"robots\" content=\"noindex\">{own}</head>\
             <body><main>{body}</main></body></html>"
        )
    })
}

/// The text without its first stretch from `from` to the end of `to`; the text as it is where
/// there is no such stretch.
fn without(text: &str, from: &str, to: &str) -> Option<String> {
    let Some((before, rest)) = text.split_once(from) else { return Some(text.to_owned()) };
    let (_, after) = rest.split_once(to)?;
    Some([before, after].concat())
}

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

/// The first page: go on from a link, open a case, look at one.
pub(super) fn start(
    words: &Words,
    offices: &[(String, String)],
    typed: &Form,
    wrong: Option<&Problem>,
) -> String {
    let summary = wrong.map_or_else(String::new, |problem| told(words, problem));
    let level = wrong.and_then(|problem| problem.document(words.locale).level);
    let mut options = String::new();
    for (id, name) in offices {
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
         <section><h2>{}</h2><p>{}</p>{}</section><section><h2>{}</h2><p>{}</p>{}</section></div>\
         <p><a class=\"onward\" href=\"{}\">{}</a></p>",
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
        form(words, "/gui", level, &fields, words.send),
        words.look,
        words.look_lead,
        form(words, "/xem", None, &proof_fields(words, typed, wrong), words.show),
        if words.locale == Locale::Vi { "/" } else { "/en" },
        words.other_ways,
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
    offices: &[(String, String)],
    typed: &Form,
    wrong: Option<&Problem>,
) -> String {
    let case = &status.case;
    let office = offices.iter().find(|(id, _)| id == case.office.as_str());
    let office = office.map_or(case.office.as_str(), |(_, name)| name.as_str());
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

    const FRAME: &str = "<!DOCTYPE html><html lang=\"vi\"><head><title>Cũ</title>\
        <link rel=\"stylesheet\" href=\"/main-1.css\"><script src=\"/early-1.js\" defer></script>\
        <script type=\"module\">go()</script></head><body><noscript>x</noscript>\
        <a href=\"/en\" lang=\"en\">English</a><main id=\"noi-dung\">cũ</main><footer>f</footer></body>";

    #[test]
    fn the_frame_keeps_its_look_and_loses_its_program() {
        let html = in_frame(Words::of(Locale::Vi), Some(FRAME), "<h1>Mới</h1>");
        for part in [
            "/main-1.css",
            "<h1>Mới</h1>",
            "<footer>f</footer>",
            "/ho-so/case.js",
            "id=\"noi-dung\"",
            "href=\"/en/ho-so\"",
        ] {
            assert!(html.contains(part), "{part}");
        }
        for part in ["early-1", "module", "Cũ", "cũ", "<noscript>"] {
            assert!(!html.contains(part), "{part}");
        }
    }

    #[test]
    fn without_a_frame_the_page_is_complete() {
        for frame in [None, Some("<html>"), Some("<head></head><main>")] {
            let html = in_frame(Words::of(Locale::En), frame, "<h1>x</h1>");
            assert!(html.starts_with("<!doctype html>") && html.contains("<h1>x</h1>"), "{html}");
        }
    }

    #[test]
    fn what_people_typed_is_never_html() {
        let typed = Form(vec![("name".to_owned(), "\"><script>".to_owned())]);
        let html = start(Words::of(Locale::Vi), &[], &typed, None);
        assert!(!html.contains("\"><script>") && html.contains("&quot;&gt;&lt;script&gt;"));
    }
}
