//! Which office a case goes to: found by ward or office, old names and new, by the directory's own
//! search; of those found, the offices that take cases.

use std::rc::Rc;

use offices::{Directory, OfficeId as Key};
use recovery::{desk::Desk, locale::Locale};

use super::{refused, words::Words};
use crate::{
    call::Call,
    calls::{desk_host, desk_is_on, desk_problem, offices_of_text},
    desk_pages::Form,
    directory,
    host::WorkerHost,
    http::problem::Problem,
    table::Outcome,
};

/// Most characters of a search.
const LONGEST: usize = 200;
/// Most offices shown of those found.
const SHOWN: usize = 5;

/// The offices that take cases, and what was found of them.
#[derive(Default)]
pub(super) struct Choice {
    /// Each one's id and name.
    pub(super) offices: Vec<(String, String)>,
    /// What was searched for; empty where nothing was.
    pub(super) searched: String,
    /// Found, best first: the id of one that takes cases, and whose cases it takes.
    pub(super) found: Vec<(String, String)>,
}

impl Choice {
    /// The name of an office that takes cases; its id where it has none.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.offices.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name.as_str())
    }
}

/// The offices that take cases, with their names.
pub(super) async fn choice(call: &Call, host: &WorkerHost) -> Result<Choice, Problem> {
    let ids = Desk::new(host).offices().await.map_err(desk_problem)?;
    let directory = directory::of_this_build(&call.env).await.ok();
    let named = ids.iter().map(|id| {
        let name = directory.as_ref().and_then(|known| {
            let office = known.office_by_id(id.as_str())?;
            Some(known.office_name(office.key))
        });
        (id.to_string(), name.unwrap_or_else(|| id.to_string()))
    });
    Ok(Choice { offices: named.collect(), ..Choice::default() })
}

/// Who takes the cases of an office: itself, what it became, or the office above it.
fn taker(d: &Directory<'_>, choice: &Choice, office: Key) -> Option<String> {
    let takes = |key: Key| {
        let id = d.office(key)?.id;
        choice.offices.iter().any(|(known, _)| known == id).then(|| id.to_owned())
    };
    let office = d.office(office)?;
    takes(office.key)
        .or_else(|| office.successors().find_map(takes))
        .or_else(|| takes(d.provincial_office(office.province)?.key))
}

/// `?office=` of an office's own page: the one that takes its cases, if any does.
pub(super) async fn of_page(call: &Call, choice: &Choice) -> Result<Option<String>, Problem> {
    let query = call.query()?;
    let Some((_, id)) = query.into_iter().find(|(name, _)| *name == "office") else {
        return Ok(None);
    };
    let Ok(d) = directory::of_this_build(&call.env).await else { return Ok(None) };
    Ok(d.office_by_id(&id).and_then(|office| taker(&d, choice, office.key)))
}

/// The first page again, with the offices that a ward or an office typed means.
pub(super) async fn find(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let form = match Form::read(&mut call).await {
        Ok(form) => form,
        Err(problem) => return refused(&call, words, &problem).await,
    };
    let text: String = form.raw("place").trim().chars().take(LONGEST).collect();
    let found = async {
        desk_is_on(&call)?;
        let mut choice = choice(&call, &desk_host(&call)?).await?;
        choice.found = search(&directory::of_this_build(&call.env).await?, &choice, &text);
        choice.searched.clone_from(&text);
        Ok::<_, Problem>(choice)
    };
    match found.await {
        Ok(choice) => {
            let best = choice.found.first().map(|(id, _)| id.clone()).unwrap_or_default();
            let typed = Form(vec![("office".to_owned(), best)]);
            super::start_page(&call, words, 200, &choice, &typed, None).await
        }
        Err(problem) => refused(&call, words, &problem).await,
    }
}

fn search(d: &Rc<Directory<'static>>, choice: &Choice, text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for office in offices_of_text(d, text) {
        let Some(id) = taker(d, choice, office) else { continue };
        let of = d.office_name(office);
        if !found.iter().any(|(_, known)| *known == of) && found.len() < SHOWN {
            found.push((id, of));
        }
    }
    found
}
