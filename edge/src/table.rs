//! The one list of calls. The router and the OpenAPI document are both made from it, so
//! that they cannot differ (ASVS 6.1.3).

use std::{future::Future, pin::Pin};

use axum::response::Response;

use crate::{
    call::Call,
    calls,
    http::{input::Field, problem::Problem},
};

/// What a call gives back.
pub type Outcome = Result<Response, Problem>;

/// A call under way.
pub type Work = Pin<Box<dyn Future<Output = Outcome>>>;

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Changes nothing; HEAD comes with it.
    Get,
    /// Changes something.
    Post,
    /// Ends something.
    Delete,
}

impl Method {
    /// In OpenAPI's lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Delete => "delete",
        }
    }

    /// Whether a foreign page must not make the call.
    pub const fn is_unsafe(self) -> bool {
        !matches!(self, Self::Get)
    }
}

/// Who makes a call: what is asked of it before it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A page of ours: where it changes something, from our own origin and not too often.
    Page,
    /// A person's form, the same; it says on its own page why it was not taken, so it is run all
    /// the same and must look at [`Call::barred`] before anything else.
    Form,
    /// A machine of others: no origin check, no friction.
    Machine,
}

/// A parameter of a call's query.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// The only values it takes; empty: any text.
    pub one_of: &'static [&'static str],
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub about: &'static str,
}

/// What a call reads as its body.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// A JSON object of these fields.
    Json(&'static [Field]),
    /// Bytes in a foreign format, read by the call itself.
    Raw(&'static str),
    /// A form of a provider of texts, in the body or in the query. What stands in such an
    /// address is nobody's business: no request line in the log, and no HEAD.
    Provider,
}

/// One call of the contract.
#[derive(Debug)]
pub struct Endpoint {
    /// Its method.
    pub method: Method,
    /// Its path; `{name}` stands for one segment.
    pub path: &'static str,
    /// Its name in the OpenAPI document.
    pub id: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// The parameters of its query.
    pub query: &'static [Param],
    /// What it reads.
    pub body: Body,
    /// Success: status, and the schema's name in [`crate::openapi`] where there is a body.
    pub success: (u16, Option<&'static str>),
    /// Its own problems, besides those that every call has.
    pub problems: &'static [&'static str],
    /// Whether it exists in guide mode too.
    pub in_guide: bool,
    /// Whether it works without keys and database: only health does.
    pub always: bool,
    /// Who makes it.
    pub caller: Caller,
    /// The work.
    pub run: fn(Call) -> Work,
}

/// A call of our own pages in service mode; the others change what differs.
pub const fn endpoint(
    method: Method,
    path: &'static str,
    id: &'static str,
    about: &'static str,
    run: fn(Call) -> Work,
) -> Endpoint {
    Endpoint {
        method,
        path,
        id,
        about,
        query: &[],
        body: Body::None,
        success: (200, None),
        problems: &[],
        in_guide: false,
        always: false,
        caller: Caller::Page,
        run,
    }
}

/// Every call, in the contract's order.
pub static ENDPOINTS: &[&[Endpoint]] = &[
    calls::META,
    #[cfg(feature = "site")]
    calls::CAPTCHA,
    #[cfg(feature = "site")]
    calls::RECOVERIES,
    // Both Workers have it: the link of a notice may be the desk's.
    calls::DISOWN,
    #[cfg(feature = "site")]
    calls::PASSWORDS,
    #[cfg(feature = "site")]
    calls::SESSIONS,
    #[cfg(feature = "site")]
    calls::MAIL_EVENTS,
    #[cfg(feature = "site")]
    calls::CSP_REPORTS,
    #[cfg(feature = "site")]
    calls::SMS,
    #[cfg(feature = "site")]
    calls::SMS_PAGES,
    #[cfg(feature = "desk")]
    calls::CASES,
    #[cfg(feature = "desk")]
    calls::DESK,
    #[cfg(feature = "desk")]
    calls::LETTERS,
    #[cfg(feature = "desk")]
    calls::FIGURES,
    #[cfg(feature = "site")]
    calls::OFFICES,
];

/// Every call, flat.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().flat_map(|group| group.iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_stands_twice() {
        let all: Vec<_> = endpoints().collect();
        for (place, call) in all.iter().enumerate() {
            for other in &all[place + 1..] {
                assert!(call.path != other.path || call.method != other.method, "{}", call.path);
                assert_ne!(call.id, other.id);
            }
        }
    }

    #[test]
    fn every_problem_named_is_one_of_the_contract() {
        for call in endpoints() {
            for slug in call.problems {
                assert_eq!(Problem::new(slug).slug(), *slug, "{}", call.path);
            }
        }
    }
}
