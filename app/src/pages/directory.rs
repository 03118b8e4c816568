//! The list of offices and the page of each. Both are prose, written by the crate `finder`, whose
//! module in the browser brings them to life.

use crate::{
    components::{Part, group, heading, prose},
    routes::Route,
    words::Words,
};

pub(super) fn directory(route: Route) -> Part {
    group(vec![heading(Words::of(route.lang).title(route.page)), prose(route)])
}
