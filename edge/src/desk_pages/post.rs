//! `/ban-lam-viec/thu`: letters to the office. Each is read, put away, or made a case of.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use recovery::{
    api::slug,
    desk::{
        Desk,
        decide::Seen,
        inbox::{Discard, Letter, officer::OpenLetter},
        review::PAGE,
        staff::{Act, Staff},
        stated::Item,
    },
    flow::ids::Id,
    locale::Locale,
};

use super::{
    Form, answer, case, enter,
    html::{self, base, esc, moment},
    refused,
    words::Words,
};
use crate::{
    call::Call,
    calls::{as_iso, desk_problem, stated, this_year},
    chart::{duration, say},
    host::WorkerHost,
    http::problem::Problem,
    table::Outcome,
};

const HERE: &str = "/thu";

const fn title(locale: Locale) -> &'static str {
    say(locale, "Thư đến", "Letters")
}

/// The list.
pub(super) async fn list(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = match enter(&call).await {
        Ok(entered) => entered,
        Err(problem) => return refused(words, None, &problem),
    };
    let query = call.query()?;
    let value = |name: &str| query.iter().find(|(key, _)| *key == name).map(|(_, v)| v.as_str());
    let after = value("after").and_then(|text| {
        let (at, id) = text.split_once('.')?;
        Some((at.parse().ok()?, Id::parse(id)?))
    });
    match Desk::new(&host).letters(&staff, after).await {
        Ok((letters, titles)) => {
            let notice = value("saved").map(|act| case::saved(words, act, None));
            let notice = notice.unwrap_or_default();
            answer(200, draw_list(words, &staff, &letters, &titles, call.now(), notice))
        }
        Err(refusal) => refused(words, Some(&staff), &desk_problem(refusal)),
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn draw_list(
    words: &Words,
    staff: &Staff,
    letters: &[Letter],
    titles: &[String],
    now: i64,
    mut body: String,
) -> String {
    let locale = words.locale;
    let home = base(locale);
    if letters.is_empty() {
        let none = say(locale, "Không có thư nào chờ.", "No letters are waiting.");
        let _ = write!(body, "<p class=\"notice\">{none}</p>");
    } else {
        let heads = [say(locale, "Nhận lúc", "Received"), say(locale, "Đã chờ", "Waiting for")];
        let _ = write!(
            body,
            "<table><caption>{0}: {1}</caption><thead><tr><th scope=\"col\">{0}</th>\
             <th scope=\"col\">{2}</th><th scope=\"col\">{3}</th></tr></thead><tbody>",
            title(locale),
            letters.len(),
            heads[0],
            heads[1],
        );
        for (letter, about) in letters.iter().zip(titles) {
            let _ = write!(
                body,
                "<tr><td class=\"said\"><a data-row href=\"{home}{HERE}/{}\"><bdi>{}</bdi></a></td>\
                 <td data-head=\"{}\">{}</td><td data-head=\"{}\">{}</td></tr>",
                letter.id,
                esc(or_dash(about)),
                heads[0],
                moment(letter.received_at),
                heads[1],
                duration(locale, now - letter.received_at),
            );
        }
        body.push_str("</tbody></table>");
    }
    let full = letters.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    if let Some(last) = letters.last().filter(|_| full) {
        let _ = write!(
            body,
            "<p><a href=\"{home}{HERE}?after={}.{}\">{}</a></p>",
            last.received_at, last.id, words.next
        );
    }
    html::page(words, Some(staff), title(locale), HERE, &body)
}

/// The letter of the path: a malformed id is answered as an unknown one.
fn letter_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(call.param("letter")).ok_or_else(|| Problem::new(slug::NOT_FOUND))
}

/// One letter.
pub(super) async fn view(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = match enter(&call).await {
        Ok(entered) => entered,
        Err(problem) => return refused(words, None, &problem),
    };
    match letter_id(&call) {
        Ok(id) => show(words, &host, &staff, &id, &Form::default(), None).await,
        Err(problem) => gone(words, &staff, &problem),
    }
}

/// The letter beside its forms, with what was typed and what is wrong with it.
async fn show(
    words: &Words,
    host: &WorkerHost,
    staff: &Staff,
    id: &Id,
    typed: &Form,
    wrong: Option<&Problem>,
) -> Outcome {
    match Desk::new(host).letter(staff, id).await {
        Ok(open) => {
            let status = wrong.map_or(200, Problem::status);
            answer(status, draw(words, staff, &open, typed, wrong))
        }
        Err(missing) => gone(words, staff, wrong.unwrap_or(&desk_problem(missing))),
    }
}

/// A letter that is not there: a colleague was faster, as a rule.
fn gone(words: &Words, staff: &Staff, problem: &Problem) -> Outcome {
    if ![slug::NOT_FOUND, slug::CASE_CHANGED].contains(&problem.slug()) {
        return refused(words, Some(staff), problem);
    }
    let locale = words.locale;
    let body = format!(
        "<p class=\"notice error\" role=\"alert\" tabindex=\"-1\" autofocus>{}</p>\
         <p><a href=\"{}{HERE}\">{}</a></p>",
        say(
            locale,
            "Thư này đã được xử lý, hoặc không có ở đây.",
            "This letter was handled already, or is not here.",
        ),
        base(locale),
        title(locale),
    );
    answer(problem.status(), html::page(words, Some(staff), words.failed, HERE, &body))
}

fn draw(
    words: &Words,
    staff: &Staff,
    open: &OpenLetter,
    typed: &Form,
    wrong: Option<&Problem>,
) -> String {
    let (locale, letter) = (words.locale, &open.letter);
    let mut body = wrong.map_or_else(String::new, |problem| case::told(words, problem));
    let _ = write!(
        body,
        "<p>{} {}</p><div class=\"two\"><div><section><h2 class=\"said\"><bdi>{}</bdi></h2>\
         <p class=\"notice said\">{} <bdi>{}</bdi> – <b>{}</b></p>",
        say(locale, "Nhận lúc", "Received"),
        moment(letter.received_at),
        esc(or_dash(&open.subject)),
        say(locale, "Thư tự nói là từ:", "It says it is from:"),
        esc(&open.sender),
        say(
            locale,
            "chưa xác minh; ai cũng viết được tên và địa chỉ này. Đừng trả lời vào đó.",
            "not verified; anybody can write this name and address. Do not answer there.",
        ),
    );
    let _ = write!(body, "<p class=\"said\" dir=\"auto\">{}</p>", esc(&open.text));
    if letter.attachments > 0 {
        let _ = write!(
            body,
            "<p class=\"soft\">{} {}{}. {}</p>",
            say(locale, "Tệp kèm không được giữ:", "Attachments that were not kept:"),
            if letter.more { say(locale, "ít nhất ", "at least ") } else { "" },
            letter.attachments,
            say(
                locale,
                "Chúng tôi không bao giờ xin ảnh giấy tờ.",
                "We never ask for photos of documents.",
            )
        );
    }
    if letter.cut {
        let cut =
            say(locale, "Thư dài hơn phần được giữ.", "The letter was longer than what is kept.");
        let _ = write!(body, "<p class=\"soft\">{cut}</p>");
    }
    body.push_str("</section></div><div>");
    forms(words, letter, typed, wrong, &mut body);
    body.push_str("</div></div>");
    html::page(words, Some(staff), title(locale), &format!("{HERE}/{}", letter.id), &body)
}

/// Type, limits and what a browser may fill in: nothing, for these are somebody else's data.
const FIELDS: [(Item, &str); 6] = [
    (Item::Name, "maxlength=\"100\" data-key=\"t\" required"),
    (Item::BirthDate, "maxlength=\"10\" inputmode=\"numeric\" required"),
    (Item::Identifier, "maxlength=\"32\" required"),
    (Item::Phone, "type=\"tel\" maxlength=\"32\""),
    (Item::Email, "type=\"email\" maxlength=\"254\""),
    (Item::Message, "maxlength=\"2000\""),
];

fn forms(words: &Words, letter: &Letter, typed: &Form, wrong: Option<&Problem>, body: &mut String) {
    let locale = words.locale;
    let path = format!("{}{HERE}/{}", base(locale), letter.id);
    let version = format!("<input type=\"hidden\" name=\"version\" value=\"{}\">", letter.version);
    let act = |act| words.act_of(act);
    let _ = write!(
        body,
        "<section><h2>{}</h2><p class=\"soft\">{}</p><form method=\"post\" action=\"{path}\" \
         autocomplete=\"off\">{version}",
        act(Act::TakeLetter),
        say(
            locale,
            "Ghi những gì thư nói. Hồ sơ này chỉ gửi được đường dẫn đến địa chỉ đã đăng ký; không \
             đổi được liên lạc, vì không ai biết người viết.",
            "Write down what the letter says. Its case sends a link to a contact on record only; it \
             changes no contacts, for nobody knows who wrote.",
        ),
    );
    let errors = wrong.map(|problem| problem.document(locale).errors).unwrap_or_default();
    for (item, limits) in FIELDS {
        let (name, label) = (item.as_str(), words.item_of(item));
        let error = errors.iter().any(|error| error.field == name);
        let mark = if error { " aria-invalid=\"true\"" } else { "" };
        let hint = match item {
            Item::BirthDate => say(locale, " (28/02/1957 hoặc 1957)", " (28/02/1957 or 1957)"),
            Item::Phone | Item::Email | Item::Message => {
                say(locale, " (nếu có)", " (if it says so)")
            }
            _ => "",
        };
        let bad = if error {
            format!(" <b class=\"differs\">{}</b>", say(locale, "Hãy xem lại.", "Look again."))
        } else {
            String::new()
        };
        let _ = write!(
            body,
            "<p><label for=\"{name}\">{label}{hint}{bad}</label><input id=\"{name}\" \
             name=\"{name}\" value=\"{}\" {limits}{mark}></p>",
            esc(typed.raw(name)),
        );
    }
    let _ = write!(
        body,
        "<p><label for=\"locale\">{}</label><select id=\"locale\" name=\"locale\">\
         <option value=\"vi\">Tiếng Việt</option><option value=\"en\"{}>English</option></select></p>\
         <p><button>{}</button></p></form></section>",
        say(locale, "Gửi tin bằng", "Messages in"),
        if typed.raw("locale") == "en" { " selected" } else { "" },
        act(Act::TakeLetter),
    );
    let reasons: Vec<_> = Discard::ALL
        .iter()
        .map(|reason| (reason.as_str().to_owned(), reason_of(locale, *reason).to_owned()))
        .collect();
    let _ = write!(
        body,
        "<section><h2>{0}</h2><p class=\"soft\">{1}</p><form method=\"post\" action=\"{path}/bo\">\
         {version}{2}<p><button class=\"bad\">{0}</button></p></form></section>",
        act(Act::DiscardLetter),
        say(
            locale,
            "Nội dung thư bị xoá ngay; chỉ còn lý do. Không ai được trả lời tự động.",
            "What was written is erased at once; only the reason stays. Nobody is answered.",
        ),
        case::choice("reason", words.reason, "r", &reasons),
    );
}

const fn reason_of(locale: Locale, reason: Discard) -> &'static str {
    match reason {
        Discard::Spam => say(locale, "Quảng cáo, lừa đảo", "Advertising, fraud"),
        Discard::NotOurs => say(locale, "Không phải việc này", "Not about this"),
        Discard::Incomplete => say(locale, "Thiếu thông tin", "It lacks what a case needs"),
        Discard::Duplicate => say(locale, "Trùng thư hoặc hồ sơ", "Duplicate"),
        Discard::Answered => say(locale, "Đã giúp bằng cách khác", "Helped in another way"),
    }
}

fn seen(id: Id, form: &Form) -> Result<Seen, Problem> {
    let version = form.raw("version").parse();
    version.map(|version| Seen { case: id, version }).map_err(|_| Problem::new(slug::INVALID_INPUT))
}

/// Makes a case of the letter, and leads to it.
pub(super) async fn take(call: Call, locale: Locale) -> Outcome {
    decide(call, locale, Act::TakeLetter).await
}

/// Puts the letter away, and leads back to the list.
pub(super) async fn discard(call: Call, locale: Locale) -> Outcome {
    decide(call, locale, Act::DiscardLetter).await
}

async fn decide(mut call: Call, locale: Locale, act: Act) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = match enter(&call).await {
        Ok(entered) => entered,
        Err(problem) => return refused(words, None, &problem),
    };
    let form = Form::read(&mut call).await;
    let (id, form) = match (letter_id(&call), form) {
        (Ok(id), Ok(form)) => (id, form),
        (Err(problem), _) | (_, Err(problem)) => return refused(words, Some(&staff), &problem),
    };
    let desk = Desk::new(&host);
    let done = async {
        let seen = seen(id, &form)?;
        if act == Act::DiscardLetter {
            let reason = Discard::from_tag(form.raw("reason"));
            let reason = reason.ok_or_else(|| Problem::field("reason", "not-allowed"))?;
            return desk.discard_letter(&staff, &seen, reason).await.map_err(desk_problem);
        }
        let mut wrong = Vec::new();
        let get = |name: &str| {
            let text = form.get(name)?;
            Some(if name == "birth_date" { as_iso(text) } else { text.to_owned() })
        };
        let stated = stated(&get, this_year(call.now()), &mut wrong);
        let stated = stated.filter(|_| wrong.is_empty()).ok_or_else(|| Problem::invalid(wrong))?;
        let locale = Locale::from_tag(form.raw("locale")).unwrap_or_default();
        desk.take_letter(&staff, &seen, &stated, locale).await.map_err(desk_problem)
    };
    if let Err(problem) = done.await {
        return show(words, &host, &staff, &id, &form, Some(&problem)).await;
    }
    let to = if act == Act::TakeLetter {
        format!("{}/ho-so/{id}?saved={}", base(locale), act.as_str())
    } else {
        format!("{}{HERE}?saved={}", base(locale), act.as_str())
    };
    let mut response = answer(303, String::new())?;
    let to = HeaderValue::from_str(&to).map_err(|_| Problem::new(slug::INTERNAL))?;
    response.headers_mut().insert(header::LOCATION, to);
    Ok(response)
}
