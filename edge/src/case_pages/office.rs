//! Which office a case goes to: found by ward or office, old names and new, by the directory's own
//! search; of those found, the offices that take cases.

use offices::{Directory, OfficeId as Key};
use recovery::desk::Desk;

use super::{Next, words::Words};
use crate::{
    call::Call,
    calls::{desk_problem, offices_meant},
    desk_pages::Form,
    directory,
    host::WorkerHost,
    http::problem::Problem,
};

/// Most characters of a search.
const LONGEST: usize = 200;
/// Most offices shown of those found.
const SHOWN: usize = 5;

/// What came of looking for an office.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing was looked for.
    #[default]
    Nothing,
    /// The person pressed one.
    Chosen,
    /// The name is exactly that of one place: its office is chosen, and said.
    Certain,
    /// The name is that of several places.
    Many,
    /// No name is exactly that.
    Unsure,
    /// Nothing here has such a name.
    Unknown,
    /// The office of the page that the visitor comes from has its cases taken by another.
    Taker,
    /// Nobody here takes its cases, or those of the place that was typed.
    NoTaker,
}

/// The offices that take cases, and what was found of them.
#[derive(Default)]
pub(super) struct Choice {
    /// Each one's id and name.
    pub(super) offices: Vec<(String, String)>,
    pub(super) found: Found,
    /// Best first: the id of one that takes cases, and whose cases it takes.
    pub(super) offered: Vec<(String, String)>,
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
pub(super) async fn of_page(call: &Call, choice: &mut Choice) -> Option<String> {
    let query = call.query().ok()?;
    let (_, id) = query.into_iter().find(|(name, _)| *name == "office")?;
    let d = directory::of_this_build(&call.env).await.ok()?;
    let office = d.office_by_id(&id)?;
    let taker = taker(&d, choice, office.key);
    choice.found = match &taker {
        None => Found::NoTaker,
        Some(taker) if *taker != id => Found::Taker,
        Some(_) => Found::Chosen,
    };
    taker
}

/// The first page again with all that was typed, and the offices that a ward or an office typed
/// means; or with the one of them that was pressed.
pub(super) async fn find(call: &Call, _: &'static Words, form: &mut Form) -> Next {
    let text: String = form.raw("place").trim().chars().take(LONGEST).collect();
    let found = async {
        let mut choice = super::choice_now(call).await?;
        let pressed = form.get("choose").map(str::to_owned);
        let chosen = if let Some(pressed) = pressed {
            choice.found = Found::Chosen;
            choice.offices.iter().any(|(id, _)| *id == pressed).then_some(pressed)
        } else if text.is_empty() {
            None
        } else {
            let directory = directory::of_this_build(&call.env).await?;
            search(&directory, &mut choice, &text)
        };
        Ok::<_, Problem>((choice, chosen))
    };
    match found.await {
        Ok((choice, chosen)) => {
            // The page says which one is chosen, or that none is: what another search chose before
            // would send the data of one place to the office of another.
            if choice.found != Found::Nothing {
                form.0.retain(|(name, _)| name != "office");
            }
            form.0.extend(chosen.map(|chosen| ("office".to_owned(), chosen)));
            Next::Start { choice, wrong: None }
        }
        Err(problem) => Next::Again(problem),
    }
}

/// Fills in what is offered, and gives the one that takes the cases where there is no doubt.
fn search(d: &Directory<'_>, choice: &mut Choice, text: &str) -> Option<String> {
    let meant = offices_meant(d, text);
    for office in meant.all {
        let Some(id) = taker(d, choice, office) else { continue };
        let of = d.office_name(office);
        if !choice.offered.iter().any(|(_, known)| *known == of) && choice.offered.len() < SHOWN {
            choice.offered.push((id, of));
        }
    }
    let mut takers: Vec<Option<String>> =
        meant.best.into_iter().map(|office| taker(d, choice, office)).collect();
    takers.dedup();
    let certain = match takers.as_mut_slice() {
        [one] if meant.exact => one.take(),
        _ => None,
    };
    if meant.exact && takers.as_slice() == [None] && certain.is_none() {
        // The place is known, and nobody here takes its cases: no other place is meant.
        choice.offered.clear();
    }
    choice.found = match (&certain, choice.offered.is_empty()) {
        (Some(_), _) => Found::Certain,
        (None, true) if meant.exact => Found::NoTaker,
        (None, true) => Found::Unknown,
        (None, false) if meant.exact => Found::Many,
        (None, false) => Found::Unsure,
    };
    certain
}
