//! Opening a case.

use recovery::{
    api::slug,
    captcha::Form as CaptchaForm,
    desk::{
        Desk,
        citizen::{OpenCase, Opened, Proof},
        names::OfficeId,
    },
    locale::Locale,
};

use super::{
    Next, choice_now,
    kept::{Deed, Kept},
    view_case,
    words::Words,
};
use crate::{
    call::Call,
    calls::{as_iso, desk_host, desk_is_on, desk_problem, stated, this_year},
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

async fn try_open(call: &Call, locale: Locale, form: &Form) -> Result<Opened, Problem> {
    desk_is_on(call)?;
    let mut errors = Vec::new();
    let text = |name| form.get(name).unwrap_or_default();
    let get = |name: &str| {
        let text = form.get(name)?;
        Some(if name == "birth_date" { as_iso(text) } else { text.to_owned() })
    };
    let stated = stated(&get, this_year(call.now()), &mut errors);
    let mut note = |field: &str, code: &str| {
        errors.push(recovery::api::FieldError { field: field.to_owned(), code: code.to_owned() });
    };
    let office = OfficeId::parse(text("office"));
    if office.is_none() {
        note("office", "missing");
    }
    if form.get("phone").is_none() && form.get("email").is_none() {
        note("phone", "phone-or-email");
    }
    let (Some(stated), Some(office), true) = (stated, office, errors.is_empty()) else {
        return Err(Problem::invalid(errors));
    };
    let host = desk_host(call)?;
    let captcha_level = captcha::redeem(call, &host, CaptchaForm::Case, text("captcha")).await?;
    let request = OpenCase { stated, office, locale, captcha_level };
    Desk::new(&host).open_case(&request).await.map_err(desk_problem)
}
