//! One tap on a borrowed phone.

use leptos::prelude::*;

use super::whole;
use crate::{
    browser,
    flow::Flow,
    routes::{Lang, Page, Route},
    words::Words,
};

/// Empties memory, storage and fields, and leaves by a full page load, so that nothing is left
/// to go back to.
pub(crate) fn clear_all(lang: Lang) -> AnyView {
    let common = &Words::of(lang).common;
    let flow = Flow::get();
    let clear = move |_| {
        flow.clear();
        browser::forget();
        browser::empty_fields();
        browser::leave_for(&Route { lang, page: Page::Home }.href());
    };
    whole(view! {
        <div class="aside">
            <p class="hint">{common.clear_hint}</p>
            <button class="button button-quiet" type="button" on:click=clear>
                {common.clear}
            </button>
        </div>
    })
}
