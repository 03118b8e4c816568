//! Every word of the interactive pages, in both languages. A word is a field of a struct, so a
//! missing translation does not compile. Long prose is not here: see `prose`, which the
//! WebAssembly does not carry.
//!
//! `{n}` in a text stands for a number or name; [`fill`] puts it in.

mod account;
mod common;
mod flow;
mod home;
mod password;
mod text;

pub use account::AccountWords;
pub use common::{CommonWords, ProblemWords};
pub use flow::{CheckWords, EmailWords, LinkWords, NotMeWords};
pub use home::{HomeWords, Titles};
pub use password::PasswordWords;
pub use text::TextWords;

use crate::{
    operator::OPERATOR,
    routes::{Guide, Lang, Page},
};

/// All words of one language.
#[derive(Debug)]
pub struct Words {
    pub titles: Titles,
    pub common: CommonWords,
    pub problem: ProblemWords,
    pub home: HomeWords,
    pub email: EmailWords,
    pub check: CheckWords,
    pub link: LinkWords,
    pub not_me: NotMeWords,
    pub password: PasswordWords,
    pub account: AccountWords,
    pub text: TextWords,
}

static VI: Words = Words {
    titles: home::TITLES_VI,
    common: common::VI,
    problem: common::PROBLEM_VI,
    home: home::VI,
    email: flow::EMAIL_VI,
    check: flow::CHECK_VI,
    link: flow::LINK_VI,
    not_me: flow::NOT_ME_VI,
    password: password::VI,
    account: account::VI,
    text: text::VI,
};

static EN: Words = Words {
    titles: home::TITLES_EN,
    common: common::EN,
    problem: common::PROBLEM_EN,
    home: home::EN,
    email: flow::EMAIL_EN,
    check: flow::CHECK_EN,
    link: flow::LINK_EN,
    not_me: flow::NOT_ME_EN,
    password: password::EN,
    account: account::EN,
    text: text::EN,
};

impl Words {
    /// The words of a language.
    pub const fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Vi => &VI,
            Lang::En => &EN,
        }
    }

    /// The heading of a page, which also begins its title.
    pub fn title(&self, page: Page) -> &'static str {
        let titles = &self.titles;
        match page {
            Page::Home => titles.home,
            Page::Email => titles.email,
            Page::Link => titles.link,
            Page::Password => titles.password,
            Page::SignIn => titles.sign_in,
            Page::Account => titles.account,
            Page::NotMe => titles.not_me,
            Page::Guide(Guide::Text) if OPERATOR.serves_texts() => titles.text_service,
            Page::Guide(Guide::Text) => titles.text,
            Page::Guide(Guide::Hotline) => titles.hotline,
            Page::Guide(Guide::Vneid) => titles.vneid,
            Page::Guide(Guide::Office) => titles.office,
            Page::Guide(Guide::Safety) => titles.safety,
            Page::Guide(Guide::Privacy) => titles.privacy,
            Page::Directory => titles.directory,
            Page::Coverage => titles.coverage,
            Page::Office(office) => office.name,
            Page::NotFound => titles.not_found,
        }
    }

    /// A length of time in words, in minutes rounded up, or in hours.
    pub fn duration(&self, seconds: i64) -> String {
        let minutes = (seconds.max(0) + 59) / 60;
        if minutes > 90 {
            fill(self.problem.hours, &((minutes + 59) / 60).to_string())
        } else if minutes > 1 {
            fill(self.problem.minutes, &minutes.to_string())
        } else {
            self.problem.one_minute.to_owned()
        }
    }

    /// The document's title for a heading.
    pub fn document_title(&self, heading: &str) -> String {
        [heading, " – ", self.common.site].concat()
    }
}

/// Puts a value where the text says `{n}`.
pub fn fill(text: &str, value: &str) -> String {
    match text.split_once("{n}") {
        Some((before, after)) => [before, value, after].concat(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_heading_of_its_own_in_both_languages() {
        for lang in Lang::ALL {
            let words = Words::of(lang);
            let titles: Vec<_> = Page::ALL.into_iter().map(|page| words.title(page)).collect();
            for (i, title) in titles.iter().enumerate() {
                assert!(!title.is_empty());
                assert!(!titles[..i].contains(title), "{title}");
            }
        }
    }

    #[test]
    fn a_wait_is_said_in_minutes_rounded_up_and_in_hours_when_long() {
        let words = Words::of(Lang::Vi);
        assert_eq!(words.duration(0), "một phút");
        assert_eq!(words.duration(61), "2 phút");
        assert_eq!(words.duration(90 * 60), "90 phút");
        assert_eq!(words.duration(3 * 3600 - 5), "3 giờ");
    }

    #[test]
    fn a_number_takes_its_place_in_the_text() {
        assert_eq!(fill("Còn {n} lần thử.", "3"), "Còn 3 lần thử.");
        assert_eq!(fill("Không có chỗ trống.", "3"), "Không có chỗ trống.");
    }
}
