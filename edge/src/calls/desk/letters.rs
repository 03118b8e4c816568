//! `/desk/letters`: mail to the office.

use recovery::{
    api::slug,
    case_api::{DeskLetter, DeskLetterRow, DeskLetters},
    desk::{
        Desk,
        decide::Seen,
        inbox::{Discard, Letter},
        review::PAGE,
    },
    flow::ids::Id,
    locale::Locale,
};

use super::{STAFF, enter, param, show};
use crate::{
    call::{Call, json, no_content},
    calls::{
        cases::{desk_problem, stated_in, this_year},
        desk::after,
    },
    http::{
        input::{Field, Fields},
        problem::Problem,
    },
    table::{Body, Endpoint, Method, Outcome, Param, endpoint},
};

static PAGES: &[Param] = &[param("after", &[], "Where the last page ended: its `next`.")];
const VERSION: Field =
    Field::text("version", 10, "The letter's version that the decision was made on.");
static TAKE: &[Field] = &[
    VERSION,
    Field::text("name", 512, "Full name, as the letter says."),
    Field::text("birth_date", 32, "YYYY, YYYY-MM or YYYY-MM-DD."),
    Field::text("identifier", 256, "Mã số BHXH, CCCD number or BHYT card code."),
    Field::text("phone", 256, "As the letter says.").optional(),
    Field::text("email", 1024, "As the letter says, not whom it says it is from.").optional(),
    Field::text("message", 8_192, "What was lost.").optional(),
    Field::text("locale", 8, "Language of the case's messages.").one_of(&["vi", "en"]),
];
static DISCARD: &[Field] = &[
    VERSION,
    Field::text("reason", 16, "Why.").one_of(&[
        "spam",
        "not-ours",
        "incomplete",
        "duplicate",
        "answered",
    ]),
];
const ON_A_LETTER: &[&str] =
    &[slug::NOT_SIGNED_IN, slug::NOT_ALLOWED, slug::NOT_FOUND, slug::CASE_CHANGED];

/// The calls of this file.
pub const LETTERS: &[Endpoint] = &[
    Endpoint {
        query: PAGES,
        success: (200, Some("DeskLetters")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/letters",
            "deskLetters",
            "A page of the office's letters that nobody has decided about.",
            |call| Box::pin(list(call)),
        )
    },
    Endpoint {
        success: (200, Some("DeskLetter")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/letters/{letter}",
            "deskLetter",
            "One letter. Its sender is a claim.",
            |call| Box::pin(view(call)),
        )
    },
    Endpoint {
        body: Body::Json(TAKE),
        success: (200, Some("DeskCase")),
        problems: ON_A_LETTER,
        ..endpoint(
            Method::Post,
            "/api/v1/desk/letters/{letter}/take",
            "deskTakeLetter",
            "Makes a case of a letter, with its id; it changes no contacts.",
            |call| Box::pin(take(call)),
        )
    },
    Endpoint {
        body: Body::Json(DISCARD),
        success: (204, None),
        problems: ON_A_LETTER,
        ..endpoint(
            Method::Post,
            "/api/v1/desk/letters/{letter}/discard",
            "deskDiscardLetter",
            "Puts a letter away; what was written is erased.",
            |call| Box::pin(discard(call)),
        )
    },
];

fn row(letter: &Letter) -> DeskLetterRow {
    DeskLetterRow {
        letter: letter.id.to_string(),
        version: letter.version,
        received_at: letter.received_at,
        attachments: letter.attachments,
        cut: letter.cut,
    }
}

async fn list(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let query = call.query()?;
    let after = after(query.first().map(|(_, text)| text.as_str()))?;
    let (letters, _) = Desk::new(&host).letters(&staff, after).await.map_err(desk_problem)?;
    let full = letters.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = letters.last().filter(|_| full);
    let next = next.map(|letter| format!("{}.{}", letter.received_at, letter.id));
    json(200, &DeskLetters { letters: letters.iter().map(row).collect(), next })
}

/// The letter of the path: a malformed id is answered as an unknown one.
fn letter_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(call.param("letter")).ok_or_else(|| Problem::new(slug::NOT_FOUND))
}

async fn view(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let open = Desk::new(&host).letter(&staff, &letter_id(&call)?).await.map_err(desk_problem)?;
    json(
        200,
        &DeskLetter {
            row: row(&open.letter),
            claimed_sender: open.sender,
            subject: open.subject,
            text: open.text,
        },
    )
}

/// Which letter, and as it was when the officer looked.
fn seen(call: &Call, fields: &mut Fields) -> Result<Seen, Problem> {
    let version = fields.parse("version", |t| t.parse().map_err(|_| "malformed"));
    Ok(Seen { case: letter_id(call)?, version: version.unwrap_or(0) })
}

async fn take(mut call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let mut fields = call.fields(TAKE).await?;
    let seen = seen(&call, &mut fields)?;
    let stated = stated_in(&mut fields, this_year(call.now()));
    let locale = fields.text("locale").and_then(Locale::from_tag).unwrap_or_default();
    fields.finish()?;
    let stated = stated.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    let desk = Desk::new(&host);
    desk.take_letter(&staff, &seen, &stated, locale).await.map_err(desk_problem)?;
    show(&host, &staff, &seen.case).await
}

async fn discard(mut call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let mut fields = call.fields(DISCARD).await?;
    let seen = seen(&call, &mut fields)?;
    let reason = fields.parse("reason", |t| Discard::from_tag(t).ok_or("not-allowed"));
    fields.finish()?;
    let reason = reason.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    Desk::new(&host).discard_letter(&staff, &seen, reason).await.map_err(desk_problem)?;
    no_content()
}
