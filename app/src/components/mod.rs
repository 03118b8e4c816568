//! The parts pages are made of. Each has a CSS file of the same name under `style/components`.

mod heading;
mod prose;

pub(crate) use heading::{Heading, Started, Title};
pub(crate) use prose::Prose;
