//! Pages that are text: a heading, prose, and the way back to the choice.

use leptos::prelude::*;

use crate::{
    components::{Heading, Prose},
    routes::{Page, Route},
    words::Words,
};

pub(super) fn guide(route: Route) -> impl IntoView {
    let words = Words::of(route.lang);
    let home = Route { lang: route.lang, page: Page::Home }.href();
    view! {
        <Heading text=words.title(route.page) />
        <Prose route=route />
        <p class="onward"><a href=home>{words.common.other_ways}</a></p>
    }
}
