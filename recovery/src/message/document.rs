//! The parts of a message, before they become text or HTML.

use super::field::{Line, Link};
use crate::code::Code;

/// A whole message: its subject and its parts, in reading order.
pub(super) struct Document {
    pub(super) subject: Line,
    /// The heading of the HTML part; the text part has the subject for it.
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

pub(super) enum Block {
    /// Said before anything else: this is a demonstration.
    Notice(String),
    Paragraph(String),
    Heading(String),
    List(Vec<String>),
    /// Numbers to call: number, and what it is.
    Numbers(Vec<(Line, String)>),
    /// The code alone on its line, the link alone on the next.
    CodeAndLink {
        code: Code,
        label: String,
        link: Link,
    },
    /// A link alone on its line; the main thing to do.
    Action {
        label: String,
        link: Link,
    },
    /// A link alone on its line, less prominent.
    Aside {
        label: String,
        link: Link,
    },
}
