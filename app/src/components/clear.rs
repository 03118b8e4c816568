//! One tap on a borrowed phone.

use std::time::Duration;

use leptos::prelude::set_timeout;

use super::{Part, action, aside, basic::href, paragraph, part::whole, spawn};
use crate::{api, browser, flow::Flow, routes::Lang, words::Words};

/// How long leaving waits for the end of a session, which a bad line may keep from arriving.
const FAREWELL: Duration = Duration::from_secs(2);

/// Empties memory, storage and fields, ends the session if there is one, and leaves by a full
/// page load, so that nothing is left to go back to.
pub(crate) fn clear_all(lang: Lang) -> Part {
    let common = &Words::of(lang).common;
    let flow = Flow::get();
    let clear = move |_| {
        flow.clear();
        browser::empty_fields();
        let leave = move || browser::leave_for(&href!(lang, Home));
        set_timeout(leave, FAREWELL);
        // The cookie is out of sight for scripts; ending no session is no error.
        spawn(async move {
            _ = api::delete("session").await;
            leave();
        });
    };
    aside(vec![
        paragraph("hint", common.clear_hint),
        action("button button-quiet", whole(common.clear), clear),
    ])
}
