//! The parts pages are made of. Each has a CSS file of the same name under `style/components`.

mod heading;
mod prose;
mod whole;

pub(crate) use heading::{Heading, Started, Title};
pub(crate) use prose::Prose;
pub(crate) use whole::whole;
