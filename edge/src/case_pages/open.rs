//! Opening a case.

use recovery::{
    api::slug,
    captcha::Form as CaptchaForm,
    desk::{
        Desk,
        citizen::{OpenCase, Opened, Proof},
        names::OfficeId,
        stated::{BirthDate, CaseText, FullName, Stated, StatedError},
    },
    email::{EmailAddress, EmailError},
    identifier::{Identifier, IdentifierError},
    locale::Locale,
    phone::{Phone, PhoneError},
};

use super::{
    Next, choice_now,
    kept::{Deed, Kept},
    view_case,
    words::Words,
};
use crate::{
    call::Call,
    calls::{desk_host, desk_is_on, desk_problem, this_year},
    captcha,
    desk_pages::Form,
    http::problem::Problem,
};

pub(super) async fn open(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    let problem = match try_open(call, words.locale, form).await {
        Ok(Opened { number, code }) => {
            let proof = Proof { number: Some(number), code: Some(code) };
            let body = view_case::opened(words, &proof, false);
            return Next::Done { here: "/da-nhan", kept: Kept { deed: Deed::Open, proof }, body };
        }
        Err(problem) => problem,
    };
    let on_the_form = problem.status() == 422 || problem.slug() == slug::CAPTCHA_REJECTED;
    let choice = if on_the_form { choice_now(call).await.ok() } else { None };
    match choice {
        Some(choice) => Next::Start { choice, wrong: Some(problem) },
        None => Next::Again(problem),
    }
}

/// A date as people here write it, day first, in the order that calls take.
fn as_iso(date: &str) -> String {
    let parts: Vec<&str> = date.trim().split(['/', '.', '-']).map(str::trim).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return date.to_owned();
    }
    match parts[..] {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        [month, year] if year.len() == 4 => format!("{year}-{month:0>2}"),
        _ => date.to_owned(),
    }
}

async fn try_open(call: &Call, locale: Locale, form: &Form) -> Result<Opened, Problem> {
    desk_is_on(call)?;
    let mut errors = Vec::new();
    let mut note = |field: &str, code: &str| {
        errors.push(recovery::api::FieldError { field: field.to_owned(), code: code.to_owned() });
    };
    let this_year = this_year(call.now());
    let text = |name| form.get(name).unwrap_or_default();
    let name = FullName::parse(text("name")).map_err(|e| note("name", e.code())).ok();
    let birth_date = BirthDate::parse(&as_iso(text("birth_date")), this_year)
        .map_err(|e| note("birth_date", e.code()))
        .ok();
    let identifier = Identifier::parse(text("identifier"))
        .map_err(|e: IdentifierError| note("identifier", e.code()))
        .ok();
    let phone = form
        .get("phone")
        .and_then(|t| Phone::parse(t).map_err(|e: PhoneError| note("phone", e.code())).ok());
    let email = form
        .get("email")
        .and_then(|t| EmailAddress::parse(t).map_err(|e: EmailError| note("email", e.code())).ok());
    let message = form
        .get("message")
        .and_then(|t| CaseText::parse(t).map_err(|e: StatedError| note("message", e.code())).ok());
    let office = OfficeId::parse(text("office"));
    if office.is_none() {
        note("office", "missing");
    }
    if form.get("phone").is_none() && form.get("email").is_none() {
        note("phone", "phone-or-email");
    }
    let (Some(name), Some(birth_date), Some(identifier), Some(office), true) =
        (name, birth_date, identifier, office, errors.is_empty())
    else {
        return Err(Problem::invalid(errors));
    };
    let host = desk_host(call)?;
    let captcha_level = captcha::redeem(call, &host, CaptchaForm::Case, text("captcha")).await?;
    let stated = Stated { name, birth_date, identifier, phone, email, message };
    let request = OpenCase { stated, office, locale, captcha_level };
    Desk::new(&host).open_case(&request).await.map_err(desk_problem)
}

#[cfg(test)]
mod tests {
    use super::as_iso;

    #[test]
    fn a_birth_date_is_read_day_first_or_year_first() {
        for (typed, read) in [
            ("28/02/1957", "1957-02-28"),
            (" 8.2.1957 ", "1957-02-08"),
            ("28-02-1957", "1957-02-28"),
            ("02/1957", "1957-02"),
            ("1957", "1957"),
            ("1957-02-28", "1957-02-28"),
            ("28/02/57", "28/02/57"),
            ("hôm qua", "hôm qua"),
            ("", ""),
        ] {
            assert_eq!(as_iso(typed), read, "{typed}");
        }
    }
}
