//! JSON schemas of the answers. Each is read off an example of its wire type, so that a
//! field that is added to the type appears here by itself.

use recovery::api;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Every schema by name.
pub fn all() -> Value {
    let mut schemas = Map::new();
    for (name, schema) in examples() {
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
