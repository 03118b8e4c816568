//! JSON schemas of the answers. Each is read off an example of its wire type, so that a
//! field that is added to the type appears here by itself.

use recovery::api;
#[cfg(feature = "desk")]
use recovery::{case_api, figures_api};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Every schema by name.
pub fn all() -> Value {
    let mut schemas = Map::new();
    for (name, schema) in examples() {
        schemas.insert(name.to_owned(), schema);
    }
    #[cfg(feature = "desk")]
    for (name, schema) in cases() {
        schemas.insert(name.to_owned(), schema);
    }
    for (name, example, optional) in crate::calls::office_examples() {
        schemas.insert(name.to_owned(), describe(&example, optional));
    }
    Value::Object(schemas)
}

fn examples() -> Vec<(&'static str, Value)> {
    let text = String::new;
    let field = api::FieldError { field: text(), code: text() };
    let problem = api::Problem {
        r#type: text(),
        title: text(),
        status: 0,
        detail: Some(text()),
        errors: vec![field],
        attempts_left: Some(0),
        level: Some(0),
    };
    let recent = api::RecentRecovery { channel: text(), at: 0, state: text() };
    let profile = api::Profile {
        name: text(),
        identifiers: vec![text()],
        emails: vec![text()],
        phones: vec![text()],
        expires_in: 0,
        recoveries: vec![recent],
    };
    let config = api::Config {
        mode: text(),
        channels: vec![text()],
        captcha: api::CaptchaConfig { kind: text(), site_key: Some(text()) },
        limits: api::PublicLimits {
            code_seconds: 0,
            link_seconds: 0,
            ticket_seconds: 0,
            code_attempts: 0,
            dispatches_hour: 0,
            dispatches_day: 0,
            password_min: 0,
            password_max: 0,
        },
    };
    let accepted =
        api::RecoveryAccepted { recovery: text(), code_length: 0, expires_in: 0, resend_after: 0 };
    let waiting = api::WaitAccepted { session: text(), web_code: text(), expires_in: 0 };
    let progress = api::WaitProgress {
        state: text(),
        expires_in: 0,
        recovery: Some(text()),
        code_length: Some(0),
    };
    let located = api::Located { recovery: text(), code_length: 0, expires_in: 0 };
    vec![
        ("Problem", of(&problem, &["detail", "errors", "attempts_left", "level"])),
        ("Health", of(&api::Health { status: text(), version: text() }, &[])),
        ("Config", of(&config, &["site_key"])),
        ("Challenge", challenge()),
        ("RecoveryAccepted", of(&accepted, &[])),
        ("TicketGranted", of(&api::TicketGranted { ticket: text(), expires_in: 0 }, &[])),
        ("Profile", of(&profile, &[])),
        (
            "SessionOpened",
            json!({"anyOf": [
                {"$ref": "#/components/schemas/Profile"},
                {"$ref": "#/components/schemas/TicketGranted"},
            ]}),
        ),
        ("WaitAccepted", of(&waiting, &[])),
        ("WaitProgress", of(&progress, &["recovery", "code_length"])),
        ("Located", of(&located, &[])),
    ]
}

/// Those of the desk.
#[cfg(feature = "desk")]
fn cases() -> Vec<(&'static str, Value)> {
    let text = String::new;
    let message = case_api::CaseMessage { at: 0, from: text(), text: text() };
    let status = case_api::CaseStatus {
        case_number: text(),
        state: text(),
        office: text(),
        opened_at: 0,
        changed_at: 0,
        cooling_until: Some(0),
        messages: vec![message],
    };
    let row = case_api::DeskRow {
        case: text(),
        case_number: text(),
        state: text(),
        version: 0,
        opened_at: 0,
        changed_at: 0,
        assignee: Some(text()),
        first: Some(text()),
        cooling_until: Some(0),
        from_letter: true,
    };
    let item = case_api::DeskItem { item: text(), stated: text(), verdict: Some(text()) };
    let contact = case_api::DeskContact { id: text(), kind: text(), is_stated: false };
    let entry =
        case_api::DeskEntry { at: 0, kind: text(), staff: Some(text()), text: Some(text()) };
    let queue = case_api::DeskQueue { cases: vec![row.clone()], next: Some(text()) };
    let case = case_api::DeskCase {
        row,
        stated: vec![item],
        contacts: vec![contact],
        may_change_contacts: false,
        entries: vec![entry],
    };
    let opened = case_api::CaseOpened { case_number: text(), lookup_code: text() };
    let offices = case_api::CaseOffices { offices: vec![text()] };
    let me = case_api::DeskMe { staff: text(), role: text(), office: text() };
    let figure = case_api::DeskFigure { state: text(), count: 0, oldest: 0 };
    let figures = case_api::DeskFigures { states: vec![figure] };
    let finding = case_api::AuditFinding { seq: 0, finding: text() };
    let report = case_api::AuditReport { good: 0, open: 0, findings: vec![finding] };
    let optional =
        &["cooling_until", "from_letter", "assignee", "first", "next", "verdict", "staff", "text"];
    let mut all = vec![
        ("CaseOpened", of(&opened, &[])),
        ("CaseOffices", of(&offices, &[])),
        ("CaseStatus", of(&status, &["cooling_until"])),
        ("DeskMe", of(&me, &[])),
        ("DeskQueue", of(&queue, optional)),
        ("DeskCase", of(&case, optional)),
        ("DeskFigures", of(&figures, &[])),
        ("AuditReport", of(&report, &[])),
    ];
    all.push(("DeskReport", desk_report()));
    let letter = case_api::DeskLetterRow {
        letter: text(),
        version: 0,
        received_at: 0,
        attachments: 0,
        cut: false,
    };
    let open = case_api::DeskLetter {
        row: letter.clone(),
        claimed_sender: text(),
        subject: text(),
        text: text(),
    };
    let letters = case_api::DeskLetters { letters: vec![letter], next: Some(text()) };
    all.push(("DeskLetters", of(&letters, optional)));
    all.push(("DeskLetter", of(&open, &[])));
    all
}

#[cfg(feature = "desk")]
fn desk_report() -> Value {
    let text = String::new;
    let channel = figures_api::ReportChannel {
        channel: text(),
        asked: 0,
        recovered: 0,
        share: Some(0),
        p50: Some(0),
        p95: Some(0),
    };
    let office = figures_api::ReportOffice {
        office: text(),
        opened: 0,
        approved: 0,
        rejected: 0,
        withdrawn: 0,
        disputed: 0,
        recovered: 0,
        p50: Some(0),
        p95: Some(0),
        open: 0,
        oldest: Some(0),
        waiting_p50: Some(0),
        waiting_p95: Some(0),
    };
    let letter = figures_api::ReportLetter {
        message: text(),
        template: text(),
        channel: Some(text()),
        state: text(),
        created_at: 0,
        attempts: 0,
        life: text(),
    };
    let count = figures_api::ReportCount { kind: text(), count: 0 };
    let day = figures_api::ReportDay { day: text(), channel: text(), asked: 0, recovered: 0 };
    let report = figures_api::DeskReport {
        from: text(),
        to: text(),
        channels: vec![channel],
        offices: vec![office],
        by_day: vec![day],
        limits: vec![count.clone()],
        dead: 0,
        dead_letters: vec![letter],
        returned: vec![count],
        returns: vec![figures_api::ReportReturn { at: 0, kind: text(), name: Some(text()) }],
    };
    of(&report, &["share", "p50", "p95", "oldest", "waiting_p50", "waiting_p95", "name"])
}

/// ALTCHA's own format; its library reads it, and others should too.
fn challenge() -> Value {
    json!({
        "type": "object",
        "properties": {
            "parameters": {"type": "object"},
            "signature": {"type": "string"},
        },
        "required": ["parameters", "signature"],
    })
}

/// The schema of an example in which every optional field is filled.
fn of<T: Serialize>(example: &T, optional: &[&str]) -> Value {
    let value = serde_json::to_value(example).unwrap_or_default();
    describe(&value, optional)
}

fn describe(value: &Value, optional: &[&str]) -> Value {
    match value {
        Value::Object(members) => {
            let mut required: Vec<_> =
                members.keys().filter(|name| !optional.contains(&name.as_str())).collect();
            required.sort_unstable();
            let properties: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), describe(value, optional)))
                .collect();
            json!({"type": "object", "properties": properties, "required": required})
        }
        Value::Array(items) => {
            let item = items.first().map_or(json!({}), |item| describe(item, optional));
            json!({"type": "array", "items": item})
        }
        Value::Number(_) => json!({"type": "integer"}),
        Value::Bool(_) => json!({"type": "boolean"}),
        _ => json!({"type": "string"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_optional_field_is_not_required() {
        let schemas = all();
        let problem = &schemas["Problem"];
        assert_eq!(problem["required"], json!(["status", "title", "type"]));
        assert_eq!(problem["properties"]["errors"]["items"]["required"], json!(["code", "field"]));
        assert_eq!(schemas["Config"]["properties"]["captcha"]["required"], json!(["kind"]));
    }
}
