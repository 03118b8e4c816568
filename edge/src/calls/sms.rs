//! `/sms/{provider}`: texts that providers bring, and what became of those that we sent.
//!
//! With some providers number and text stand in the address: these calls write no request line,
//! refuse `HEAD`, and no answer of ours may be kept by anybody (`Cache-Control: no-store`).

use std::net::IpAddr;

use axum::http::{HeaderMap, Method as Verb};
use recovery::{
    api::slug,
    flow::{Service, sms::Answering},
    sms::{
        provider::{HttpReply, Incoming, Method as Way, Provider, Rejected, RequestParts},
        source::AllowList,
    },
};

use crate::{
    call::{Call, bytes_answer, no_content},
    config::Gateway,
    host::{WorkerHost, problem},
    http::problem::Problem,
    log::{Level, Line},
    operator::OPERATOR,
    post_office,
    table::{Body, Caller, Endpoint, Method, Outcome, Work, endpoint},
    texter::imprint,
};

const PATH: &str = "/api/v1/sms/{provider}";
const RECEIPTS: &str = "/api/v1/sms/{provider}/receipts";
const PROBLEMS: &[&str] = &[slug::NOT_FOUND, slug::METHOD_NOT_ALLOWED, slug::SIGNATURE_REJECTED];

const fn of_provider(
    method: Method,
    path: &'static str,
    id: &'static str,
    about: &'static str,
    run: fn(Call) -> Work,
) -> Endpoint {
    Endpoint {
        body: Body::Provider,
        problems: PROBLEMS,
        caller: Caller::Machine,
        ..endpoint(method, path, id, about, run)
    }
}

/// The calls of this file.
pub const SMS: &[Endpoint] = &[
    of_provider(
        Method::Post,
        PATH,
        "incomingText",
        "A text from a provider that posts: its format, its signature, its reply.",
        |call| Box::pin(receive(call, Way::Post)),
    ),
    of_provider(
        Method::Get,
        PATH,
        "incomingTextByGet",
        "The same from a provider that knows nothing but GET; off until configured.",
        |call| Box::pin(receive(call, Way::Get)),
    ),
    Endpoint {
        success: (204, None),
        ..of_provider(
            Method::Post,
            RECEIPTS,
            "textReceipt",
            "What became of a text that we sent.",
            |call| Box::pin(receipt(call, Way::Post)),
        )
    },
    Endpoint {
        success: (204, None),
        ..of_provider(
            Method::Get,
            RECEIPTS,
            "textReceiptByGet",
            "The same from a provider that knows nothing but GET.",
            |call| Box::pin(receipt(call, Way::Get)),
        )
    },
];

/// 404 where the build has no such channel.
pub(super) fn sms_is_served() -> Result<(), Problem> {
    let served = OPERATOR.channels.contains(&"sms");
    if served { Ok(()) } else { Err(Problem::new(slug::NOT_FOUND)) }
}

/// The same, and 503 while an operator has it switched off.
pub(super) fn sms_is_on(call: &Call) -> Result<(), Problem> {
    sms_is_served()?;
    if call.isolate.config.channel_on("sms") { Ok(()) } else { Err(Problem::try_again(3_600)) }
}

/// A provider that is not configured is no address at all, and so is one asked from elsewhere.
async fn receive(mut call: Call, way: Way) -> Outcome {
    sms_is_on(&call)?;
    let texts = call.isolate.config.texts.clone();
    let gateway = texts.gateway(call.param("provider"));
    let Some(Gateway { provider, sources }) = gateway else {
        return Err(Problem::new(slug::NOT_FOUND));
    };
    if !may_call(&call.headers, sources.as_ref()) {
        return Err(refused(provider.name(), "source"));
    }
    if provider.method() != way {
        return Err(wrong_method(provider.method()));
    }
    let request = Request::read(&mut call, PATH, provider.name()).await?;
    let parts = request.parts(way, provider.signature_header());
    match provider.receive(&parts) {
        Ok(incoming) => answer(&call, provider.as_ref(), &incoming).await,
        Err(Rejected::Sender) => give(provider.reply(None, None)),
        Err(Rejected::Method) => Err(wrong_method(provider.method())),
        Err(why @ (Rejected::Malformed | Rejected::Signature)) => {
            Err(rejected(provider.name(), why))
        }
    }
}

async fn answer(call: &Call, provider: &dyn Provider, incoming: &Incoming) -> Outcome {
    let host = WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)?;
    let service = Service::new(&host);
    let words = imprint(&call.public_origin);
    let reply = service.incoming_text(incoming, Answering::of(provider), &words).await;
    let reply = reply.map_err(problem)?;
    call.send_after_answer(reply.outbox.into_iter().collect());
    if reply.counted.is_some() {
        post_office::watch_budget(&call.isolate, &service).await;
    }
    give(provider.reply(Some(incoming), reply.text.as_ref()))
}

fn give(reply: HttpReply) -> Outcome {
    bytes_answer(200, reply.content_type, reply.body.into_bytes())
}

async fn receipt(mut call: Call, way: Way) -> Outcome {
    sms_is_served()?;
    let texts = call.isolate.config.texts.clone();
    let name = texts.transport.name();
    let Some(api) = texts.transport.api(&call.public_origin) else {
        return Err(Problem::new(slug::NOT_FOUND));
    };
    if call.param("provider") != name {
        return Err(Problem::new(slug::NOT_FOUND));
    }
    let sources = texts.gateway(name).and_then(|gateway| gateway.sources.as_ref());
    if !may_call(&call.headers, sources) {
        return Err(refused(name, "source"));
    }
    let request = Request::read(&mut call, RECEIPTS, name).await?;
    let receipt = match api.receipt(&request.parts(way, Some("x-twilio-signature"))) {
        Ok(receipt) => receipt,
        Err(Rejected::Method) => {
            return Err(wrong_method(if way == Way::Get { Way::Post } else { Way::Get }));
        }
        Err(why) => return Err(rejected(name, why)),
    };
    if let Some(receipt) = receipt {
        let host = WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)?;
        Service::new(&host).text_receipt(&receipt).await.map_err(problem)?;
    }
    no_content()
}

/// A request as the adapters read it.
struct Request {
    url: String,
    query: String,
    body: Vec<u8>,
    headers: HeaderMap,
}

impl Request {
    /// The address is the one that the provider was given: never made from a header.
    async fn read(call: &mut Call, path: &str, provider: &str) -> Result<Self, Problem> {
        let body = call.bytes().await?;
        let query = call.raw_query.clone().unwrap_or_default();
        let mut url = format!("{}{}", call.public_origin, path.replace("{provider}", provider));
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query);
        }
        Ok(Self { url, query, body, headers: call.headers.clone() })
    }

    fn parts(&self, method: Way, signature: Option<&str>) -> RequestParts<'_> {
        let signature = signature.and_then(|name| self.headers.get(name));
        RequestParts {
            method,
            url: &self.url,
            query: &self.query,
            body: &self.body,
            signature: signature.and_then(|value| value.to_str().ok()),
        }
    }
}

/// Only the connecting address counts: see [`crate::http::client`].
fn may_call(headers: &HeaderMap, sources: Option<&AllowList>) -> bool {
    let Some(sources) = sources else { return true };
    headers
        .get("cf-connecting-ip")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse::<IpAddr>().ok())
        .is_some_and(|address| sources.allows(address))
}

fn wrong_method(right: Way) -> Problem {
    let allowed = if right == Way::Get { Verb::GET } else { Verb::POST };
    Problem::method_not_allowed(allowed.to_string())
}

/// These calls have no line of their own, so a refusal says why, by fixed words.
fn refused(provider: &'static str, why: &'static str) -> Problem {
    Line::new(Level::Warn, "text-refused").with("provider", provider).with("why", why).write();
    Problem::new(slug::NOT_FOUND)
}

fn rejected(provider: &'static str, why: Rejected) -> Problem {
    let problem = match why {
        Rejected::Signature => Problem::new(slug::SIGNATURE_REJECTED),
        _ => Problem::field("", "malformed"),
    };
    refused(provider, if why == Rejected::Signature { "signature" } else { "malformed" });
    problem
}
