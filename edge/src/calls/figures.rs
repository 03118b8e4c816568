//! `/desk/report`, `/desk/dead-letters`: what supervisors see of all channels.

use recovery::{
    api::slug,
    desk::{
        Desk,
        figures::{
            CHANNELS,
            period::{Span, iso_date},
            report::{OfficeFigures, Report},
            times::Took,
        },
        names::OfficeId,
    },
    figures_api::{
        DeskReport, ReportChannel, ReportCount, ReportDay, ReportLetter, ReportOffice, ReportReturn,
    },
    flow::ids::Id,
};

use super::{
    cases::desk_problem,
    desk::{STAFF, enter},
};
use crate::{
    call::{Call, json, no_content},
    http::problem::Problem,
    table::{Endpoint, Method, Outcome, Param, endpoint},
};

static DAYS: &[Param] = &[Param {
    name: "days",
    one_of: &["7", "30", "90"],
    required: false,
    about: "So many days up to today, in Vietnam's time: 30.",
}];

/// The calls of this file.
pub const FIGURES: &[Endpoint] = &[
    Endpoint {
        query: DAYS,
        success: (200, Some("DeskReport")),
        problems: STAFF,
        ..endpoint(
            Method::Get,
            "/api/v1/desk/report",
            "deskReport",
            "Counts and durations of all channels and offices: for supervisors.",
            |call| Box::pin(report(call)),
        )
    },
    Endpoint {
        success: (204, None),
        problems: &[
            slug::NOT_SIGNED_IN,
            slug::NOT_ALLOWED,
            slug::NOT_FOUND,
            slug::MESSAGE_SENT_AGAIN,
            slug::MESSAGE_OVER,
        ],
        ..endpoint(
            Method::Post,
            "/api/v1/desk/dead-letters/{message}",
            "deskResendMessage",
            "Sends a message again that was given up, once: for supervisors.",
            |call| Box::pin(resend(call)),
        )
    },
];

/// The days that are asked for; anything else than the table allows was refused before.
pub fn span_of(call: &Call) -> Result<Span, Problem> {
    let query = call.query()?;
    let days = query.iter().find(|(name, _)| *name == "days");
    Ok(days.and_then(|(_, days)| Span::from_tag(days)).unwrap_or_default())
}

async fn report(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let span = span_of(&call)?;
    let report = Desk::new(&host).report(&staff, span).await.map_err(desk_problem)?;
    // By way of a value, as the schema is made: the type is written out by one code only.
    let value = serde_json::to_value(wire(&report)).map_err(|_| Problem::new(slug::INTERNAL))?;
    json(200, &value)
}

fn seconds(took: Option<Took>) -> Option<i64> {
    match took {
        Some(Took::AtMost(seconds)) => Some(seconds),
        Some(Took::Longer) | None => None,
    }
}

fn office(id: &OfficeId, row: &OfficeFigures) -> ReportOffice {
    let waiting = row.waiting;
    ReportOffice {
        office: id.to_string(),
        opened: row.outcomes.asked,
        approved: row.approved,
        rejected: row.rejected,
        withdrawn: row.withdrawn,
        disputed: row.disputed,
        recovered: row.outcomes.recovered,
        p50: seconds(row.times.percentile(50)),
        p95: seconds(row.times.percentile(95)),
        open: waiting.map_or(0, |waiting| waiting.count),
        oldest: waiting.map(|waiting| waiting.oldest),
        waiting_p50: waiting.map(|waiting| waiting.p50),
        waiting_p95: waiting.map(|waiting| waiting.p95),
    }
}

fn wire(report: &Report) -> DeskReport {
    let channels = report.channels.iter().map(|row| ReportChannel {
        channel: row.channel.as_str().to_owned(),
        asked: row.outcomes.asked,
        recovered: row.outcomes.recovered,
        share: row.outcomes.share(),
        p50: seconds(row.p50),
        p95: seconds(row.p95),
    });
    let by_day = report.by_day.iter().flat_map(|(day, row)| {
        CHANNELS.iter().zip(row).map(|(channel, outcomes)| ReportDay {
            day: iso_date(*day),
            channel: channel.as_str().to_owned(),
            asked: outcomes.asked,
            recovered: outcomes.recovered,
        })
    });
    let letters = report.letters.iter().map(|letter| ReportLetter {
        message: letter.id.to_string(),
        template: letter.template.as_str().to_owned(),
        channel: letter.channel.map(|channel| channel.as_str().to_owned()),
        state: letter.state.as_str().to_owned(),
        created_at: letter.created_at,
        attempts: letter.attempts,
        life: letter.life.as_str().to_owned(),
    });
    let returns = report.returns.iter().map(|one| ReportReturn {
        at: one.at,
        kind: one.kind.clone(),
        name: one.name.clone(),
    });
    let count = |kind: &str, count: u64| ReportCount { kind: kind.to_owned(), count };
    DeskReport {
        from: iso_date(report.days.first),
        to: iso_date(report.days.last),
        channels: channels.collect(),
        offices: report.offices.iter().map(|(id, row)| office(id, row)).collect(),
        by_day: by_day.collect(),
        limits: report.limits.iter().map(|(limit, n)| count(limit.as_str(), *n)).collect(),
        dead: report.dead,
        dead_letters: letters.collect(),
        returned: report.returned.iter().map(|(kind, n)| count(kind, *n)).collect(),
        returns: returns.collect(),
    }
}

async fn resend(call: Call) -> Outcome {
    let (host, staff) = enter(&call).await?;
    let id = Id::parse(call.param("message")).ok_or_else(|| Problem::new(slug::NOT_FOUND))?;
    let sent = Desk::new(&host).resend_message(&staff, &id).await.map_err(desk_problem)?;
    call.send_after_answer(sent);
    no_content()
}
