//! The pages about a case that is there: where it stands, what its citizen does with it, and the
//! way in that its office sent.

use std::{pin::Pin, rc::Rc};

use recovery::{
    api::slug,
    desk::{
        Desk,
        citizen::Proof,
        names::{CaseNumber, LookupCode},
        stated::CaseText,
    },
    flow::{
        Service,
        ids::{LinkToken, Secret},
    },
};

use super::{
    Next,
    kept::{self, Deed, Kept},
    office::choice,
    view_case,
    words::Words,
};
use crate::{
    call::Call,
    calls::{BUSY, desk_host, desk_is_on, desk_problem},
    desk_pages::Form,
    host::{WorkerHost, problem},
    http::problem::Problem,
};

fn proof(form: &Form) -> Proof {
    Proof {
        number: form.get("case_number").and_then(CaseNumber::parse),
        code: form.get("lookup_code").and_then(LookupCode::parse),
    }
}

pub(super) async fn look(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    known(call, words, Deed::Look, false, form).await
}

pub(super) async fn message(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    known(call, words, Deed::Message, false, form).await
}

pub(super) async fn withdraw(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    known(call, words, Deed::Withdraw, false, form).await
}

/// Does it, unless it was done before, and leads to the page that shows the case. What could not be
/// done is said on that page.
fn known<'a>(
    call: &'a Call,
    words: &'static Words,
    deed: Deed,
    was_done: bool,
    form: &'a Form,
) -> Pin<Box<dyn Future<Output = Next> + 'a>> {
    Box::pin(async move {
        let proof = proof(form);
        let shown = async {
            desk_is_on(call)?;
            let host = desk_host(call)?;
            let done = if was_done { Ok(deed) } else { perform(&host, &proof, deed, form).await };
            let status = Desk::new(&host).case_status(&proof).await.map_err(desk_problem)?;
            Ok::<_, Problem>((status, choice(call, &host).await?, done))
        };
        match shown.await {
            Ok((status, choice, done)) => {
                let body = view_case::status(words, &status, &choice, form, &done);
                match done {
                    Err(problem) => Next::page(problem.status(), "", body),
                    Ok(deed) => Next::Done { here: "/xem", kept: Kept { deed, proof }, body },
                }
            }
            Err(problem) if problem.slug() == slug::CASE_NOT_FOUND => {
                let body = view_case::looked_up(words, form, Some(&problem));
                Next::page(problem.status(), "", body)
            }
            Err(problem) => Next::Again(problem),
        }
    })
}

async fn perform(
    host: &WorkerHost,
    proof: &Proof,
    deed: Deed,
    form: &Form,
) -> Result<Deed, Problem> {
    let desk = Desk::new(host);
    match deed {
        Deed::Withdraw => desk.case_withdraw(proof).await.map_err(desk_problem)?,
        Deed::Message => {
            let text = CaseText::parse(form.raw("text"));
            let text = text.map_err(|error| Problem::field("text", error.code()))?;
            desk.case_message(proof, &text).await.map_err(desk_problem)?;
        }
        Deed::Open | Deed::Look | Deed::Password => {}
    }
    Ok(deed)
}

/// Number and code of a case that was opened, as long as this browser keeps them.
pub(super) async fn receipt(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    kept_page(call, words, form, true).await
}

/// The case that this browser keeps, as it stands now; or that the password is set.
pub(super) async fn shown(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    kept_page(call, words, form, false).await
}

/// The page that a form led to: it shows what this browser keeps, and without that says so.
fn kept_page<'a>(
    call: &'a Call,
    words: &'static Words,
    form: &'a mut Form,
    receipt: bool,
) -> Pin<Box<dyn Future<Output = Next> + 'a>> {
    Box::pin(async move {
        let kept = async { kept::kept(&desk_host(call).ok()?, &call.headers).await };
        let gone = || Next::page(200, "/xem", view_case::looked_up(words, &Form::default(), None));
        let Some(Kept { deed, proof }) = kept.await else { return gone() };
        if deed == Deed::Password {
            return Next::page(200, "/da-dat", view_case::done(words));
        }
        if deed == Deed::Open && receipt {
            return Next::page(200, "/da-nhan", view_case::opened(words, &proof, true));
        }
        let text = |text: Option<String>| text.unwrap_or_default();
        form.0.extend([
            ("case_number".to_owned(), text(proof.number.map(|number| number.to_string()))),
            ("lookup_code".to_owned(), text(proof.code.as_ref().map(ToString::to_string))),
        ]);
        match known(call, words, deed, true, form).await {
            Next::Done { body, .. } => Next::page(200, "/xem", body),
            // It was removed meanwhile.
            Next::Page { .. } => gone(),
            other => other,
        }
    })
}

/// Forgets what this browser keeps of a case.
pub(super) async fn close(_: &Call, _: &'static Words, _: &mut Form) -> Next {
    Next::Forget
}

/// Link and look-up code: the ticket's quarter of an hour begins here.
pub(super) async fn go_on(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    let granted = async {
        desk_is_on(call)?;
        let token = form.get("token").and_then(LinkToken::parse);
        let token = token.ok_or_else(|| Problem::new(slug::LINK_SPENT))?;
        let code = form.get("lookup_code").and_then(LookupCode::parse);
        let host = desk_host(call)?;
        let granted = Desk::new(&host).continue_case(&token, code.as_ref()).await;
        granted.map_err(desk_problem)
    };
    match granted.await {
        Ok(granted) => {
            Next::page(200, "", view_case::password(words, &granted.ticket.expose(), None))
        }
        Err(problem) if problem.slug() == slug::CASE_NOT_FOUND => {
            let body = view_case::go_on_again(words, form.raw("token"));
            Next::page(problem.status(), "", body)
        }
        Err(problem) if problem.slug() == slug::LINK_SPENT => Next::Refused(problem),
        Err(problem) => Next::Again(problem),
    }
}

pub(super) async fn set_password(call: &Call, words: &'static Words, form: &mut Form) -> Next {
    let ticket = form.get("ticket").and_then(Secret::parse);
    let Some(ticket) = ticket else { return Next::Refused(Problem::new(slug::TICKET_SPENT)) };
    let done = async {
        desk_is_on(call)?;
        let isolate = Rc::clone(&call.isolate);
        // Held over load, derivation and commit: see `permits`.
        let permit = isolate.derivations.acquire(call.now_ms);
        let _permit = permit.ok_or_else(|| Problem::try_again(BUSY))?;
        let host = desk_host(call)?;
        let typed = form.raw("password");
        Service::new(&host).set_password(&ticket, typed).await.map_err(problem)
    };
    match done.await {
        Ok(notices) => {
            call.send_after_answer(notices);
            let kept = Kept { deed: Deed::Password, proof: Proof { number: None, code: None } };
            Next::Done { here: "/da-dat", kept, body: view_case::done(words) }
        }
        Err(problem) if problem.slug() == slug::TICKET_SPENT => Next::Refused(problem),
        // The ticket is kept: another password may be tried.
        Err(problem) => {
            let body = view_case::password(words, &ticket.expose(), Some(&problem));
            Next::page(problem.status(), "", body)
        }
    }
}
