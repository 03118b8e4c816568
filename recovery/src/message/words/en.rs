//! English.

use super::{Moment, Span, Valid, Words};

pub(super) struct English;

/// The month is a word: `03/04` is two different days to two English readers.
fn when(at: Moment) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS.get(usize::from(at.month).wrapping_sub(1)).unwrap_or(&MONTHS[0]);
    format!("{:02}:{:02} on {} {month} {:04}", at.hour, at.minute, at.day, at.year)
}

fn lasting(span: Span) -> String {
    let (n, unit) = match span {
        Span::Seconds(n) => (n, "second"),
        Span::Minutes(n) => (n, "minute"),
        Span::Hours(n) => (n, "hour"),
        Span::Days(n) => (n, "day"),
    };
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

impl Words for English {
    fn demonstration_tag(&self) -> &'static str {
        "[Demo]"
    }
    fn demonstration(&self) -> &'static str {
        "Demonstration: every account here is made up and belongs to nobody."
    }
    fn greeting(&self, account: &str) -> String {
        format!("To the holder of account {account},")
    }
    fn sent_for(&self, operator: &str, service: &str) -> String {
        format!("This email was sent automatically by {operator}, through the service {service}.")
    }
    fn sent_independently(&self, service: &str) -> String {
        format!(
            "This email was sent automatically by {service}, an independent service. It is not \
             from BHXH (Vietnam Social Security)."
        )
    }
    fn safety(&self) -> &'static str {
        "Stay safe"
    }
    fn we_never_ask(&self) -> &'static str {
        "We never ask for the password you use now, for a one-time code (OTP) of another service, \
         for a photo of your identity card, or for money."
    }
    fn help(&self) -> &'static str {
        "For help, call"
    }
    fn not_you(&self) -> &'static str {
        "Was it not you?"
    }
    fn not_me(&self) -> &'static str {
        "This was not me"
    }
    fn start_again(&self) -> &'static str {
        "Ask for a new code"
    }

    fn code_title(&self) -> &'static str {
        "Code to reset your password"
    }
    fn code_asked(&self, at: Moment) -> String {
        format!(
            "At {} (Vietnam time) someone, perhaps you, asked to reset the password of this \
             account.",
            when(at)
        )
    }
    fn code_use(&self) -> &'static str {
        "If it was you: type this code into the page that is waiting for it, or open the link \
         just below the code."
    }
    fn code_button(&self) -> &'static str {
        "Choose a new password"
    }
    fn code_valid(&self, what: Valid, span: Span, from: Moment, until: Moment) -> String {
        let what = match what {
            Valid::Code => "The code works",
            Valid::Link => "The link works",
            Valid::Both => "Code and link work",
        };
        let until = if from.same_day(until) {
            format!("{:02}:{:02}", until.hour, until.minute)
        } else {
            when(until)
        };
        format!("{what} for {}, until {until}.", lasting(span))
    }
    fn code_link_survives(&self) -> &'static str {
        "If the page no longer takes the code after too many wrong tries, the link still works \
         until it expires."
    }
    fn code_only_on(&self, host: &str) -> String {
        format!("Enter the code and your new password only on {host}")
    }
    fn code_for_nobody_else(&self) -> &'static str {
        "Nobody else needs this code or link. Do not read it out or send it to anyone, not even to \
         someone who claims to be from BHXH or a help line."
    }
    fn code_not_you(&self, span: Span) -> String {
        format!(
            "As long as nobody uses the code or the link above, the password stays as it is. To \
             cancel this request, open the link below and press the button. It works for {}.",
            lasting(span)
        )
    }

    fn late_title(&self) -> &'static str {
        "Your code came too late, please start again"
    }
    fn late_asked(&self, at: Moment) -> String {
        self.code_asked(at)
    }
    fn late_sorry(&self) -> &'static str {
        "We are sorry: the email with the code could not be sent before the code expired. That \
         request can no longer be used."
    }
    fn late_if_you(&self) -> &'static str {
        "If it was you, please start again."
    }
    fn late_not_you(&self) -> &'static str {
        "You need not do anything: this email holds no code, and that request does not change the \
         password."
    }

    fn changed_title(&self) -> &'static str {
        "Your password was changed"
    }
    fn changed_when(&self, at: Moment) -> String {
        format!(
            "The password of this account was changed at {} (Vietnam time). Every device that was \
             signed in has been signed out.",
            when(at)
        )
    }
    fn changed_if_you(&self) -> &'static str {
        "If you changed it yourself, you need not do anything else."
    }
    fn changed_not_you(&self, span: Span) -> String {
        format!(
            "Open the link below now and press the button. Every device is signed out and the \
             password that was just set stops working; then you choose a new one. The link works \
             for {}.",
            lasting(span)
        )
    }
    fn changed_or_call(&self) -> &'static str {
        "You can also call a number above."
    }

    fn disowned_title(&self) -> &'static str {
        "Your password is blocked, please choose a new one"
    }
    fn disowned_when(&self, at: Moment) -> String {
        format!(
            "At {} (Vietnam time) someone, perhaps you, pressed \"This was not me\" from the \
             notice that the password of this account had been changed.",
            when(at)
        )
    }
    fn disowned_result(&self) -> &'static str {
        "Every device has been signed out. The current password no longer works, and the earlier \
         one does not come back."
    }
    fn disowned_next(&self) -> &'static str {
        "To get into the account again, choose a new password."
    }
    fn disowned_mailbox(&self) -> &'static str {
        "If someone else can read this mailbox, change the password of the mailbox first."
    }

    fn desk_title(&self) -> &'static str {
        "Your link to set a new password"
    }
    fn desk_sent(&self, at: Moment) -> String {
        format!(
            "At {} (Vietnam time), an officer approved a case about the lost password of this \
             account.",
            when(at)
        )
    }
    fn desk_use(&self) -> &'static str {
        "Open the link below to set a new password."
    }
    fn desk_needs_lookup(&self) -> &'static str {
        "You also need the case's look-up code: the 16 characters shown when you opened the case."
    }
    fn desk_not_you(&self) -> &'static str {
        "If you opened no case, do not open the link, and tell the BHXH office. Until somebody \
         uses the link, the password stays as it was."
    }

    fn changing_title(&self) -> &'static str {
        "Contact details are about to change"
    }
    fn changing_when(&self, at: Moment) -> String {
        format!(
            "At {} (Vietnam time), two officers approved a change of the phone number or email of \
             this account, asked for in a case at a BHXH office.",
            when(at)
        )
    }
    fn changing_if_you(&self) -> &'static str {
        "If you opened that case, you need not do anything."
    }
    fn changing_not_you(&self, until: Moment) -> String {
        format!(
            "Open the link below and press the button before {}. The change then stops, and \
             officers look at the case again.",
            when(until)
        )
    }
    fn changing_stop(&self) -> &'static str {
        "Stop the change"
    }

    fn contacts_title(&self) -> &'static str {
        "Contact details were changed"
    }
    fn contacts_changed_when(&self, at: Moment) -> String {
        format!(
            "At {} (Vietnam time), the phone number or email of this account was changed at a BHXH \
             office. From now on the account has only the number and email given in that request; \
             for 7 days they do not recover the password online.",
            when(at)
        )
    }
    fn contacts_if_you(&self) -> &'static str {
        "If you asked for it, you need not do anything."
    }
    fn contacts_not_you(&self) -> &'static str {
        "Go to a BHXH office with your citizen card and have it looked at again."
    }
}
