//! The directory as pages, native build only: its HTML, its structured data, the site map.

use std::{fmt::Write as _, sync::LazyLock};

use finder::{machine, office::Site};
use offices::{Directory, Office};

use crate::{
    known::KnownOffice,
    operator::OPERATOR,
    routes::{Lang, Page, Route},
};

/// The browser's module, which brings data and WebAssembly by their hashes; `early.js` fetches it
/// once the page has loaded.
pub const SCRIPT: &str = "/finder.js";

/// What the pages of offices take from this site.
const SITE: Site<'static> =
    Site { script: SCRIPT, email: OPERATOR.email, cases: OPERATOR.serves_desk() };

/// The data in the repository, which its own checks have found good.
static DIRECTORY: LazyLock<Option<Directory<'static>>> =
    LazyLock::new(|| Directory::parse(offices::EMBEDDED).ok());

fn office(known: &KnownOffice) -> Option<(&'static Directory<'static>, &'static Office<'static>)> {
    let directory = DIRECTORY.as_ref()?;
    Some((directory, directory.office_by_id(known.id)?))
}

/// What stands under the heading of a directory page; `None` for other pages.
pub fn html(route: Route) -> Option<String> {
    match route.page {
        Page::Directory => Some(finder::browse::page(DIRECTORY.as_ref()?, route.lang, SCRIPT)),
        Page::Coverage => Some(finder::coverage::page(DIRECTORY.as_ref()?, route.lang)),
        Page::Office(known) => {
            let (directory, office) = office(known)?;
            Some(finder::office::page(directory, office, route.lang, SITE))
        }
        _ => None,
    }
}

/// The sentence for search engines; `None` for other pages.
pub fn description(route: Route) -> Option<String> {
    let Page::Office(known) = route.page else { return None };
    let (directory, office) = office(known)?;
    Some(finder::office::description(directory, office, route.lang))
}

/// What the document's head has besides: the office as structured data.
pub fn head(route: Route) -> String {
    let mut out = String::new();
    if let Page::Office(known) = route.page
        && let Some((directory, office)) = office(known)
    {
        let url = [OPERATOR.site_url, &route.href()].concat();
        if let Some(data) = machine::structured_data(directory, office, &url) {
            _ = write!(out, "<script type=\"application/ld+json\">{data}</script>");
        }
    }
    out
}

/// All offices' pages in one file, from which the service worker makes each without a network.
pub fn all_pages(lang: Lang) -> Option<String> {
    Some(machine::all_pages(DIRECTORY.as_ref()?, lang, SITE))
}

/// The address of [`all_pages`].
pub fn all_pages_path(lang: Lang) -> String {
    [&Route { lang, page: Page::Directory }.href(), ".json"].concat()
}

/// The notices that must go wherever the directory's data goes, with their address.
pub fn licences() -> (&'static str, String) {
    let notices = [
        (
            "thanglequoc/vietnamese-provinces-database: names and codes of units",
            include_str!(
                "../../offices/data/licenses/thanglequoc-vietnamese-provinces-database.LICENSE.txt"
            ),
        ),
        (
            "tranngocminhhieu/vietnamadminunits: points, and what became of old wards",
            include_str!(
                "../../offices/data/licenses/tranngocminhhieu-vietnamadminunits.LICENSE.txt"
            ),
        ),
    ];
    let mut out = String::from("Third-party data in the directory of offices\n");
    for (what, text) in notices {
        _ = write!(out, "\n---\n{what}\n\n{}\n", text.trim());
    }
    (finder::browse::LICENCES, out)
}

/// `sitemap.xml`: every listed page in both languages. Its addresses must be absolute
/// (sitemaps.org), so there is none until the operator names the site's own (`site.url`).
pub fn site_map(site: &str) -> Option<String> {
    let site = site.trim_end_matches('/');
    if site.is_empty() {
        return None;
    }
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for page in Page::every().filter(|page| page.is_listed()) {
        for lang in Lang::ALL {
            let here = Route { lang, page }.href();
            _ = write!(out, "<url><loc>{site}{here}</loc>");
            let default = ("x-default", Lang::Vi);
            for (name, lang) in Lang::ALL.map(|l| (l.as_str(), l)).into_iter().chain([default]) {
                let there = Route { lang, page }.href();
                _ = write!(
                    out,
                    "<xhtml:link rel=\"alternate\" hreflang=\"{name}\" href=\"{site}{there}\"/>"
                );
            }
            out.push_str("</url>\n");
        }
    }
    out.push_str("</urlset>\n");
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_map_has_every_listed_page_in_both_languages_under_whole_addresses() {
        let map = site_map("https://example.vn").unwrap();
        let listed = Page::every().filter(|page| page.is_listed()).count();
        assert_eq!(map.matches("<url><loc>https://example.vn/").count(), 2 * listed);
        assert_eq!(map.matches("<loc>").count(), 2 * listed);
        assert_eq!(map.matches("href=\"https://example.vn/").count(), 6 * listed);
        assert_eq!(map.matches("href=").count(), 6 * listed);
        assert_eq!(map.matches("/co-quan/bhxh-tinh-cao-bang</loc>").count(), 2);
        assert!(map.contains("/en/co-quan/bhxh-viet-nam</loc>"));
        assert!(map.contains("/co-quan/du-lieu</loc>"));
        assert!(!map.contains("/mat-khau</loc>"));
    }

    #[test]
    fn without_an_address_there_is_no_site_map() {
        assert_eq!(site_map(""), None);
    }

    #[test]
    fn structured_data_cannot_end_its_script() {
        for page in Page::every() {
            let head = head(Route { lang: Lang::En, page });
            let data = head.split("ld+json\">").nth(1).unwrap_or("</script>");
            assert_eq!(data.matches('<').count(), 1, "{page:?}");
        }
    }
}
