//! One tap on a borrowed phone.

use super::{Part, action, aside, basic::href, paragraph, part::whole};
use crate::{browser, flow::Flow, routes::Lang, words::Words};

/// Empties memory, storage and fields, and leaves by a full page load, so that nothing is left
/// to go back to.
pub(crate) fn clear_all(lang: Lang) -> Part {
    let common = &Words::of(lang).common;
    let flow = Flow::get();
    let clear = move |_| {
        flow.clear();
        browser::empty_fields();
        browser::leave_for(&href!(lang, Home));
    };
    aside(vec![
        paragraph("hint", common.clear_hint),
        action("button button-quiet", whole(common.clear), clear),
    ])
}
