//! Pages that are text: a heading, prose, and the way back to the choice.

use crate::{
    components::{Part, group, heading, href, link, prose},
    routes::Route,
    words::Words,
};

pub(super) fn guide(route: Route) -> Part {
    let words = Words::of(route.lang);
    group(vec![
        heading(words.title(route.page)),
        prose(route),
        link("onward", href!(route.lang, Home), words.common.other_ways),
    ])
}
