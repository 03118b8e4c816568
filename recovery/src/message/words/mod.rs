//! What messages say. One trait, one implementation for each language: a sentence that is missing
//! in a language does not compile.
//!
//! Sentences are whole, so that a translator sees what a reader sees; values come as arguments.

mod en;
mod vi;

use super::moment::{Moment, Span};
use crate::locale::Locale;

/// What a lifetime is the lifetime of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Valid {
    Code,
    Link,
    Both,
}

/// The words of one language.
pub(super) trait Words {
    // Common to all messages.
    /// Before the subject of a demonstration's message.
    fn demonstration_tag(&self) -> &'static str;
    fn demonstration(&self) -> &'static str;
    fn greeting(&self, account: &str) -> String;
    fn sent_for(&self, operator: &str, service: &str) -> String;
    fn sent_independently(&self, service: &str) -> String;
    fn safety(&self) -> &'static str;
    fn we_never_ask(&self) -> &'static str;
    fn help(&self) -> &'static str;
    fn not_you(&self) -> &'static str;
    fn not_me(&self) -> &'static str;
    fn start_again(&self) -> &'static str;

    // The code and the link.
    fn code_title(&self) -> &'static str;
    fn code_asked(&self, at: Moment) -> String;
    fn code_use(&self) -> &'static str;
    fn code_button(&self) -> &'static str;
    /// Until when something is valid; the day is named when it is not the day of `from`.
    fn code_valid(&self, what: Valid, span: Span, from: Moment, until: Moment) -> String;
    fn code_link_survives(&self) -> &'static str;
    /// Ends with the host, without a full stop that an eager mail client would link.
    fn code_only_on(&self, host: &str) -> String;
    fn code_for_nobody_else(&self) -> &'static str;
    fn code_not_you(&self, span: Span) -> String;

    // In place of a code that came too late.
    fn late_title(&self) -> &'static str;
    fn late_asked(&self, at: Moment) -> String;
    fn late_sorry(&self) -> &'static str;
    fn late_if_you(&self) -> &'static str;
    fn late_not_you(&self) -> &'static str;

    // The password was changed.
    fn changed_title(&self) -> &'static str;
    fn changed_when(&self, at: Moment) -> String;
    fn changed_if_you(&self) -> &'static str;
    fn changed_not_you(&self, span: Span) -> String;
    /// Only where there is a number to call.
    fn changed_or_call(&self) -> &'static str;

    // "This was not me" was pressed.
    fn disowned_title(&self) -> &'static str;
    fn disowned_when(&self, at: Moment) -> String;
    fn disowned_result(&self) -> &'static str;
    fn disowned_next(&self) -> &'static str;
    fn disowned_mailbox(&self) -> &'static str;

    // The desk's link.
    fn desk_title(&self) -> &'static str;
    fn desk_sent(&self, at: Moment) -> String;
    fn desk_use(&self) -> &'static str;
    fn desk_needs_lookup(&self) -> &'static str;
    fn desk_not_you(&self) -> &'static str;

    // Contact data is about to be changed.
    fn changing_title(&self) -> &'static str;
    fn changing_when(&self, at: Moment) -> String;
    fn changing_if_you(&self) -> &'static str;
    fn changing_not_you(&self, until: Moment) -> String;
    fn changing_stop(&self) -> &'static str;

    // Contact data was changed.
    fn contacts_title(&self) -> &'static str;
    fn contacts_changed_when(&self, at: Moment) -> String;
    fn contacts_if_you(&self) -> &'static str;
    fn contacts_not_you(&self) -> &'static str;
}

/// The words of a language.
pub(super) fn of(locale: Locale) -> &'static dyn Words {
    match locale {
        Locale::Vi => &vi::Vietnamese,
        Locale::En => &en::English,
    }
}
