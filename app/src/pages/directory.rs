//! The list of offices and the page of each. Both are prose, written by the crate `finder`, whose
//! module in the browser brings them to life.

use crate::{
    components::{Part, group, heading_in, prose},
    routes::{Lang, Page, Route},
    words::Words,
};

pub(super) fn directory(route: Route) -> Part {
    // The names of offices are Vietnamese everywhere.
    let is_name = matches!(route.page, Page::Office(_)) && route.lang == Lang::En;
    let title = Words::of(route.lang).title(route.page);
    group(vec![heading_in(is_name.then_some("vi"), title), prose(route)])
}
