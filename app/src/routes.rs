//! Every page and its address. Routes are data: the browser, the pre-renderer and the tests read
//! the same table, and a page without words does not compile.

pub use recovery::locale::Locale as Lang;

use crate::known::{KnownOffice, OFFICES};

/// The other of the two languages.
pub const fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Vi => Lang::En,
        Lang::En => Lang::Vi,
    }
}

/// A page that is text only: its prose is pre-rendered and never part of the WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guide {
    Text,
    Hotline,
    Vneid,
    Office,
    Safety,
    Privacy,
}

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Home,
    Email,
    Link,
    Password,
    SignIn,
    Account,
    NotMe,
    Guide(Guide),
    /// The list of offices.
    Directory,
    /// What the directory knows and lacks: under the list's address, where no office may stand.
    Coverage,
    /// One office.
    Office(&'static KnownOffice),
    NotFound,
}

impl Page {
    /// Every page with an address of its own, in the order of the site map.
    pub const ALL: [Self; 15] = [
        Self::Home,
        Self::Email,
        Self::Link,
        Self::Password,
        Self::SignIn,
        Self::Account,
        Self::NotMe,
        Self::Guide(Guide::Text),
        Self::Guide(Guide::Hotline),
        Self::Guide(Guide::Vneid),
        Self::Guide(Guide::Office),
        Self::Guide(Guide::Safety),
        Self::Guide(Guide::Privacy),
        Self::Directory,
        Self::Coverage,
    ];

    /// The pages of [`Self::ALL`], and one for each office.
    pub fn every() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain(OFFICES.iter().map(Self::Office))
    }

    /// The address under the language's prefix. The page for unknown addresses has none and
    /// leads home; an office's stands under this one.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Home | Self::NotFound => "/",
            Self::Email => "/email",
            Self::Link => "/lien-ket",
            Self::Password => "/mat-khau",
            Self::SignIn => "/dang-nhap",
            Self::Account => "/tai-khoan",
            Self::NotMe => "/khong-phai-toi",
            Self::Guide(Guide::Text) => "/tin-nhan",
            Self::Guide(Guide::Hotline) => "/tong-dai",
            Self::Guide(Guide::Vneid) => "/vneid",
            Self::Guide(Guide::Office) => "/van-phong",
            Self::Guide(Guide::Safety) => "/an-toan",
            Self::Guide(Guide::Privacy) => "/quyen-rieng-tu",
            Self::Directory | Self::Office(_) => "/co-quan",
            Self::Coverage => "/co-quan/du-lieu",
        }
    }

    /// Whether search engines should list it: steps inside a recovery are no place to arrive at.
    pub const fn is_listed(self) -> bool {
        matches!(
            self,
            Self::Home
                | Self::Email
                | Self::SignIn
                | Self::Guide(_)
                | Self::Directory
                | Self::Coverage
                | Self::Office(_)
        )
    }
}

/// A page in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    pub lang: Lang,
    pub page: Page,
}

impl Route {
    /// Reads the path of a URL; anything unknown is [`Page::NotFound`] in the path's language.
    pub fn parse(path: &str) -> Self {
        let path = path.trim_end_matches('/');
        let (lang, rest) = match path.strip_prefix("/en") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => (Lang::En, rest),
            _ => (Lang::Vi, path),
        };
        let rest = if rest.is_empty() { "/" } else { rest };
        let page = Page::ALL.into_iter().find(|page| page.path() == rest).or_else(|| {
            let id = rest.strip_prefix("/co-quan/")?;
            OFFICES.iter().find(|office| office.id == id).map(Page::Office)
        });
        Self { lang, page: page.unwrap_or(Page::NotFound) }
    }

    /// The address of the page.
    pub fn href(self) -> String {
        let mut href = match (self.lang, self.page.path()) {
            (Lang::En, "/") => String::from("/en"),
            (Lang::En, path) => ["/en", path].concat(),
            (Lang::Vi, path) => String::from(path),
        };
        if let Page::Office(office) = self.page {
            href.push('/');
            href.push_str(office.id);
        }
        href
    }

    /// The same page in the other language.
    #[must_use]
    pub const fn translated(self) -> Self {
        Self { lang: other(self.lang), page: self.page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_again_under_its_own_address() {
        for lang in Lang::ALL {
            for page in Page::every() {
                let route = Route { lang, page };
                assert_eq!(Route::parse(&route.href()), route);
            }
        }
    }

    #[test]
    fn no_two_pages_share_an_address() {
        for (i, a) in Page::ALL.iter().enumerate() {
            assert!(Page::ALL[i + 1..].iter().all(|b| a.path() != b.path()), "{a:?}");
        }
    }

    #[test]
    fn a_closing_slash_changes_nothing() {
        assert_eq!(Route::parse("/email/"), Route::parse("/email"));
        assert_eq!(Route::parse("/en/"), Route { lang: Lang::En, page: Page::Home });
    }

    #[test]
    fn an_unknown_address_keeps_its_language() {
        assert_eq!(Route::parse("/xyz"), Route { lang: Lang::Vi, page: Page::NotFound });
        assert_eq!(Route::parse("/en/xyz"), Route { lang: Lang::En, page: Page::NotFound });
        assert_eq!(Route::parse("/en/co-quan/xyz"), Route { lang: Lang::En, page: Page::NotFound });
        assert_eq!(Route::parse("/enigma"), Route { lang: Lang::Vi, page: Page::NotFound });
    }
}
