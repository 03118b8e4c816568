//! `openapi.json`, made from the table of calls: what the router answers is what the
//! document says. Schemas of answers are the wire types of `recovery::api`, by example.

use std::collections::BTreeMap;

use recovery::api::slug;
use serde_json::{Map, Value, json};

use crate::{
    http::{input::Field, problem::Problem},
    operator::OPERATOR,
    table::{self, Body, Caller, Endpoint, Method, Param},
};

/// What a provider of texts posts.
const FORM: &str = "application/x-www-form-urlencoded";

/// The document of this build.
pub fn document() -> String {
    render(OPERATOR.mode == crate::operator::Mode::Guide).to_string()
}

fn render(guide: bool) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for call in table::endpoints().filter(|call| !guide || call.in_guide) {
        paths
            .entry(call.path)
            .or_default()
            .insert(call.method.as_str().to_owned(), operation(call));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Chìa Khoá",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [],
        "paths": paths,
        "components": {"schemas": crate::schemas::all()},
    })
}

fn operation(call: &Endpoint) -> Value {
    let segments = call.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
    });
    let parameters: Vec<Value> = segments.chain(call.query.iter().map(parameter)).collect();
    let mut operation = json!({
        "operationId": call.id,
        "summary": call.about,
        "parameters": parameters,
        "responses": responses(call),
    });
    let body = match call.body {
        Body::None => None,
        Body::Json(fields) => Some(json!({"application/json": {"schema": object(fields)}})),
        Body::Raw(media) => Some(json!({media: {"schema": {"type": "string"}}})),
        Body::Provider if call.method == Method::Get => None,
        Body::Provider => Some(json!({FORM: {"schema": {"type": "object"}}})),
    };
    if let Some(content) = body {
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    operation
}

fn parameter(param: &Param) -> Value {
    json!({
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.about,
        "schema": text(param.one_of, None),
    })
}

fn text(one_of: &[&str], max: Option<usize>) -> Value {
    let mut schema = json!({"type": "string"});
    if !one_of.is_empty() {
        schema["enum"] = json!(one_of);
    } else if let Some(max) = max {
        schema["maxLength"] = json!(max);
    }
    schema
}

fn object(fields: &[Field]) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = text(field.one_of, Some(field.max));
        schema["description"] = json!(field.about);
        properties.insert(field.name.to_owned(), schema);
    }
    let required: Vec<_> = fields.iter().filter(|f| f.required).map(|f| f.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A call's success and its problems: its own, and those that its kind of call has.
fn responses(call: &Endpoint) -> Value {
    let mut slugs: Vec<&str> = call.problems.to_vec();
    slugs.extend([slug::INVALID_INPUT, slug::INTERNAL]);
    if !call.always {
        slugs.push(slug::TRY_AGAIN);
    }
    if call.method.is_unsafe() && call.caller != Caller::Machine {
        slugs.extend([slug::CROSS_SITE, slug::TOO_MANY_REQUESTS]);
    }
    match call.body {
        Body::None => {}
        Body::Json(_) => {
            slugs.extend([slug::MALFORMED_JSON, slug::TOO_LARGE, slug::WRONG_CONTENT_TYPE]);
        }
        Body::Raw(_) | Body::Provider => slugs.push(slug::TOO_LARGE),
    }
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for slug in slugs {
        let of_status = by_status.entry(Problem::new(slug).status()).or_default();
        if !of_status.contains(&slug) {
            of_status.push(slug);
        }
    }
    let mut responses = Map::new();
    let (status, schema) = call.success;
    let success = match schema {
        Some(name) => json!({
            "description": "Done.",
            "content": {"application/json": {"schema": reference(name)}},
        }),
        None => json!({"description": "Done."}),
    };
    responses.insert(status.to_string(), success);
    for (status, slugs) in by_status {
        responses.insert(
            status.to_string(),
            json!({
                "description": slugs.join(", "),
                "content": {"application/problem+json": {"schema": reference("Problem")}},
            }),
        );
    }
    Value::Object(responses)
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_every_call_and_nothing_else() {
        let document = render(false);
        let mut said = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                said.push(format!("{method} {path}"));
            }
        }
        let mut routed: Vec<_> =
            table::endpoints().map(|c| format!("{} {}", c.method.as_str(), c.path)).collect();
        said.sort();
        routed.sort();
        assert_eq!(said, routed);
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let document = render(false);
        let text = document.to_string();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn no_staff_call_takes_or_gives_a_password() {
        for call in table::endpoints().filter(|call| call.path.starts_with("/api/v1/desk")) {
            assert!(!operation(call).to_string().contains("password"), "{}", call.path);
        }
    }
}
