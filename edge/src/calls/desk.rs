//! `/desk`: the officers' side. Every call begins with who asks: [`crate::access`].

mod letters;
mod shown;

use recovery::{
    api::slug,
    case_api::{AuditFinding, AuditReport, DeskFigure, DeskFigures, DeskMe, DeskQueue},
    desk::{
        Desk, DeskRefusal,
        case::{CaseState, Check, Reason},
        decide::Seen,
        names::OfficeId,
        review::{Filter, PAGE},
        staff::{Act, Staff},
        stated::{CaseText, StatedError},
        store::QueueOrder,
    },
    flow::ids::Id,
};

pub use self::letters::LETTERS;
use self::shown::{row, shown};
use super::cases::{desk_is_on, desk_problem, host};
use crate::{
    access,
    call::{Call, json},
    host::WorkerHost,
    http::{
        input::{Field, Fields},
        problem::Problem,
    },
    table::{Body, Endpoint, Method, Outcome, Param, endpoint},
};

/// Most records of the audit verified in one call.
pub const MOST_RECORDS: u32 = 20_000;

const fn param(name: &'static str, one_of: &'static [&'static str], about: &'static str) -> Param {
    Param { name, one_of, required: false, about }
}

// No personal data stands in an address: searching by it is a call with a body.
static QUEUE: &[Param] = &[
    param(
        "state",
        &[
            "received",
            "in-review",
            "waiting",
            "second-approval",
            "cooling-off",
            "disputed",
            "approved",
            "rejected",
            "withdrawn",
        ],
        "Only in this state; without it, all that have not ended.",
    ),
    param("mine", &["1"], "Only those that the caller has taken."),
    param("order", &["oldest", "newest"], "Which come first: oldest."),
    param("after", &[], "Where the last page ended: its `next`."),
];
static SEARCH: &[Field] =
    &[Field::text("q", 256, "A case number, mã số, phone number or email address, as typed.")];
static ACT: &[Field] = &[
    Field::text("act", 16, "What to do.").one_of(&[
        "take",
        "check",
        "note",
        "ask",
        "hand-over",
        "reject",
        "approve",
        "propose",
        "confirm",
        "return",
        "resume",
        "resend",
    ]),
    Field::text("version", 10, "The case's version that the decision was made on."),
    Field::text("check", 16, "With `check`.")
        .one_of(&["call-back", "in-person", "record"])
        .optional(),
    Field::text("text", 8_192, "With `note` and `ask`; may come with `reject`.").optional(),
    Field::text("office", 64, "With `hand-over`.").optional(),
    Field::text("reason", 16, "With `reject`.")
        .one_of(&["not-verified", "no-account", "no-answer", "duplicate", "other-way"])
        .optional(),
    Field::text("contact", 64, "With `approve`: one of the case's contacts.").optional(),
];

pub(super) const STAFF: &[&str] = &[slug::NOT_SIGNED_IN, slug::NOT_ALLOWED, slug::NOT_FOUND];
const ON_A_CASE: &[&str] = &[slug::NOT_SIGNED_IN, slug::NOT_ALLOWED, slug::CASE_NOT_FOUND];

/// The calls of this file.
pub const DESK: &[Endpoint] = &[
    Endpoint {
        success: (200, Some("DeskMe")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/me",
            "deskMe",
            "Who is signed in at the desk.",
            |call| Box::pin(me(call)),
        )
    },
    Endpoint {
        query: QUEUE,
        success: (200, Some("DeskQueue")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/cases",
            "deskQueue",
            "A page of the office's cases.",
            |call| Box::pin(queue(call)),
        )
    },
    Endpoint {
        body: Body::Json(SEARCH),
        success: (200, Some("DeskQueue")),
        problems: STAFF,
        ..endpoint(
            Method::Post,
            "/api/v1/desk/search",
            "deskSearch",
            "The office's cases with this number, phone or email, ended ones too.",
            |call| Box::pin(search(call)),
        )
    },
    Endpoint {
        success: (200, Some("DeskCase")),
        problems: ON_A_CASE,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/cases/{case}",
            "deskCase",
            "What was stated beside whether it matches the record; never the record.",
            |call| Box::pin(view(call)),
        )
    },
    Endpoint {
        body: Body::Json(ACT),
        success: (200, Some("DeskCase")),
        problems: &[
            slug::NOT_SIGNED_IN,
            slug::NOT_ALLOWED,
            slug::SAME_PERSON,
            slug::CASE_NOT_FOUND,
            slug::CASE_CHANGED,
            slug::CASE_STATE,
            slug::NOT_YET,
        ],
        ..endpoint(
            Method::Post,
            "/api/v1/desk/cases/{case}",
            "deskAct",
            "One act on a case; gives the case as it then stands.",
            |call| Box::pin(act(call)),
        )
    },
    Endpoint {
        success: (200, Some("DeskFigures")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/figures",
            "deskFigures",
            "How many of the office's cases stand where: for supervisors.",
            |call| Box::pin(figures(call)),
        )
    },
    Endpoint {
        success: (200, Some("AuditReport")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/audit",
            "deskAudit",
            "Verifies the audit: for supervisors.",
            |call| Box::pin(audit(call)),
        )
    },
];

pub(super) async fn enter(call: &Call) -> Result<(WorkerHost, Staff), Problem> {
    desk_is_on(call)?;
    let host = host(call)?;
    let staff = access::staff(call, &host).await?;
    Ok((host, staff))
}

async fn me(call: Call) -> Outcome {
    let (_, staff) = enter(&call).await?;
    let (role, office) = (staff.role.as_str().to_owned(), staff.office.to_string());
    json(200, &DeskMe { staff: staff.id.0, role, office })
}

async fn queue(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let query = call.query()?;
    let value =
        |name: &str| query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    let filter = Filter {
        state: value("state").and_then(CaseState::from_tag),
        mine: value("mine").is_some(),
        search: None,
        order: if value("order") == Some("newest") {
            QueueOrder::NewestFirst
        } else {
            QueueOrder::OldestFirst
        },
        after: after(value("after"))?,
    };
    list(&host, &staff, &filter).await
}

/// Where the last page ended.
fn after(text: Option<&str>) -> Result<Option<(i64, Id)>, Problem> {
    let read = |text: &str| {
        let (at, id) = text.split_once('.')?;
        Some((at.parse().ok()?, Id::parse(id)?))
    };
    text.map(|text| read(text).ok_or_else(|| Problem::field("after", "malformed"))).transpose()
}

async fn search(mut call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let mut fields = call.fields(SEARCH).await?;
    let typed = fields.parse("q", |text| Ok(text.to_owned()));
    fields.finish()?;
    list(&host, &staff, &Filter { search: typed, ..Filter::default() }).await
}

async fn list(host: &WorkerHost, staff: &Staff, filter: &Filter) -> Outcome {
    let cases = Desk::new(host).queue(staff, filter).await.map_err(desk_problem)?;
    let full = cases.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = cases.last().filter(|_| full);
    let next = next.map(|case| format!("{}.{}", case.opened_at, case.id));
    json(200, &DeskQueue { cases: cases.iter().map(row).collect(), next })
}

/// The case of the path: a malformed id is answered as an unknown one.
fn case_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(call.param("case")).ok_or_else(|| Problem::new(slug::CASE_NOT_FOUND))
}

async fn view(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    show(&host, &staff, &case_id(&call)?).await
}

async fn show(host: &WorkerHost, staff: &Staff, case: &Id) -> Outcome {
    let view = Desk::new(host).view(staff, case).await.map_err(desk_problem)?;
    json(200, &shown(view))
}

/// What comes with an act, parsed.
#[derive(Default)]
pub struct With {
    /// With `check`.
    pub check: Option<Check>,
    /// With `note` and `ask`; may come with `reject`.
    pub text: Option<CaseText>,
    /// With `hand-over`.
    pub office: Option<OfficeId>,
    /// With `reject`.
    pub reason: Option<Reason>,
    /// With `approve`.
    pub contact: Option<String>,
}

fn read_with(fields: &mut Fields) -> With {
    With {
        check: fields.parse("check", |t| Check::from_tag(t).ok_or("not-allowed")),
        text: fields.parse("text", |t| CaseText::parse(t).map_err(StatedError::code)),
        office: fields.parse("office", |t| OfficeId::parse(t).ok_or("not-allowed")),
        reason: fields.parse("reason", |t| Reason::from_tag(t).ok_or("not-allowed")),
        contact: fields.parse("contact", |t| Ok(t.to_owned())),
    }
}

async fn act(mut call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let mut fields = call.fields(ACT).await?;
    let act = fields.parse("act", |t| Act::from_tag(t).ok_or("not-allowed"));
    let version = fields.parse("version", |t| t.parse::<u32>().map_err(|_| "malformed"));
    let with = read_with(&mut fields);
    fields.finish()?;
    let (Some(act), Some(version)) = (act, version) else {
        return Err(Problem::new(slug::INVALID_INPUT));
    };
    let seen = Seen { case: case_id(&call)?, version };
    let sent = perform(&host, &staff, act, &seen, with).await?;
    call.send_after_answer(sent);
    match show(&host, &staff, &seen.case).await {
        // Handed over: it is no longer this desk's to see, and the act is done all the same.
        Err(gone) if act == Act::HandOver && gone.status() == 404 => crate::call::no_content(),
        other => other,
    }
}

/// Does it; gives the messages to send.
pub async fn perform(
    host: &WorkerHost,
    staff: &Staff,
    act: Act,
    seen: &Seen,
    with: With,
) -> Result<Vec<Id>, Problem> {
    let desk = Desk::new(host);
    let missing = |field| Problem::field(field, "missing");
    let nothing = |()| Vec::new();
    let done: Result<Vec<Id>, DeskRefusal> = match act {
        Act::Take => desk.take(staff, seen).await.map(nothing),
        Act::Check => {
            let check = with.check.ok_or_else(|| missing("check"))?;
            desk.check(staff, seen, check).await.map(nothing)
        }
        Act::Note => {
            let text = with.text.ok_or_else(|| missing("text"))?;
            desk.note(staff, seen, &text).await.map(nothing)
        }
        Act::Ask => {
            let text = with.text.ok_or_else(|| missing("text"))?;
            desk.ask(staff, seen, &text).await.map(nothing)
        }
        Act::HandOver => {
            let office = with.office.ok_or_else(|| missing("office"))?;
            desk.hand_over(staff, seen, &office).await.map(nothing)
        }
        Act::Reject => {
            let reason = with.reason.ok_or_else(|| missing("reason"))?;
            desk.reject(staff, seen, reason, with.text.as_ref()).await.map(nothing)
        }
        Act::Approve => {
            let contact = with.contact.ok_or_else(|| missing("contact"))?;
            desk.approve(staff, seen, &contact).await
        }
        Act::Propose => desk.propose(staff, seen).await.map(nothing),
        Act::Confirm => desk.confirm(staff, seen).await,
        Act::Return => desk.send_back(staff, seen).await.map(nothing),
        Act::Resume => desk.resume(staff, seen).await,
        Act::Resend => desk.resend(staff, seen).await,
        Act::Queue
        | Act::View
        | Act::Figures
        | Act::Audit
        | Act::ResendMessage
        | Act::Letters
        | Act::TakeLetter
        | Act::DiscardLetter => {
            return Err(Problem::field("act", "not-allowed"));
        }
    };
    done.map_err(desk_problem)
}

async fn figures(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let counts = Desk::new(&host).figures(&staff).await.map_err(desk_problem)?;
    let states = counts.into_iter().map(|row| DeskFigure {
        state: row.state.as_str().to_owned(),
        count: row.count,
        oldest: row.oldest,
    });
    json(200, &DeskFigures { states: states.collect() })
}

async fn audit(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let desk = Desk::new(&host);
    let report = desk.verify_audit(&staff, MOST_RECORDS).await.map_err(desk_problem)?;
    let findings = report
        .findings
        .iter()
        .map(|one| AuditFinding { seq: one.seq(), finding: one.as_str().to_owned() });
    let (good, open) = (report.good, report.open);
    json(200, &AuditReport { good, open, findings: findings.collect() })
}
