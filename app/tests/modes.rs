//! The site as it is built: what every page must say, and what a guide must not have. The mode is
//! part of the build, so these run twice: as configured, and with `CHIAKHOA_MODE=guide`
//! (`cargo xtask test rust`).
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

use app::{
    document,
    operator::{Mode, OPERATOR},
    routes::{Guide, Lang, Page, Route},
    site,
};

const TEMPLATE: &str = "<!DOCTYPE html><html lang=\"vi\"><head><!--head-->\
    <script type=\"module\">go()</script></head><body><div id=\"app\"></div></body></html>";

const IS_GUIDE: bool = matches!(OPERATOR.mode, Mode::Guide);

/// Every document of the site, with its address.
fn documents() -> Vec<(String, String)> {
    let pages = || Page::ALL.into_iter().chain([Page::NotFound]);
    let routes =
        Lang::ALL.into_iter().flat_map(|lang| pages().map(move |page| Route { lang, page }));
    routes
        .map(|route| {
            let document = document::render(TEMPLATE, route).unwrap();
            (format!("{:?} in {}", route.page, route.lang), document)
        })
        .collect()
}

/// The opening tags of this name.
fn tags<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let open = ["<", name].concat();
    let after = document.split(open.as_str()).skip(1);
    after
        .filter(|rest| rest.starts_with([' ', '>']))
        .filter_map(|rest| rest.split_once('>'))
        .map(|(tag, _)| tag)
        .collect()
}

#[test]
fn the_build_is_of_the_mode_asked_for() {
    if let Ok(asked) = std::env::var("CHIAKHOA_MODE") {
        assert_eq!(asked == "guide", IS_GUIDE, "built for {:?}", OPERATOR.mode);
    }
}

#[test]
fn without_an_operator_every_page_says_twice_that_it_is_independent() {
    if OPERATOR.is_named() {
        return;
    }
    for (page, document) in documents() {
        let english = document.contains("<html lang=\"en\"");
        let (beside_the_name, at_the_end) = if english {
            ("Independent, not BHXH", "This site is independent.")
        } else {
            ("Trang độc lập, không phải BHXH", "Trang này độc lập, không phải của BHXH Việt Nam.")
        };
        assert!(document.contains(beside_the_name), "{page}");
        assert!(document.contains(at_the_end), "{page}");
    }
}

#[test]
fn a_guide_has_no_form_and_no_field_that_could_be_sent() {
    if !IS_GUIDE {
        return;
    }
    for (page, document) in documents() {
        assert_eq!(tags(&document, "form"), Vec::<&str>::new(), "{page}");
        for tag in tags(&document, "input") {
            assert!(!tag.contains(" name="), "{page}: <input{tag}>");
        }
        for tag in tags(&document, "button") {
            assert!(tag.contains("type=\"button\""), "{page}: <button{tag}>");
        }
    }
}

#[test]
fn a_guide_leads_nobody_to_a_page_of_the_service() {
    if !IS_GUIDE {
        return;
    }
    for (page, document) in documents() {
        for private in site::PRIVATE {
            for prefix in ["", "/en"] {
                let link = format!("href=\"{prefix}{private}\"");
                // The page's own address in the other language is in its head and header.
                let own = page.contains(&format!("{:?}", Route::parse(private).page));
                assert!(own || !document.contains(&link), "{page} leads to {private}");
            }
        }
    }
}

#[test]
fn a_guide_explains_the_official_form_in_the_place_of_its_own() {
    let vi = document::render(TEMPLATE, Route { lang: Lang::Vi, page: Page::Email }).unwrap();
    assert!(vi.contains("dichvucong.baohiemxahoi.gov.vn"));
    assert_eq!(vi.contains("<form"), OPERATOR.serves_email());
    assert_eq!(vi.contains("“Quên mật khẩu”"), !OPERATOR.serves_email());
}

#[test]
fn the_privacy_page_speaks_of_this_mode_alone() {
    for (page, document) in documents() {
        if page.starts_with("Guide(Privacy)") {
            let says_nothing_is_kept = document.contains("Trang này không giữ gì của bạn")
                || document.contains("This site keeps nothing of yours");
            assert_eq!(says_nothing_is_kept, IS_GUIDE, "{page}");
            assert_eq!(document.contains("Argon2id"), !IS_GUIDE, "{page}");
        }
    }
}

#[test]
fn a_demonstration_says_so_where_there_is_data_to_demonstrate() {
    for (page, document) in documents() {
        let says = document.contains("class=\"banner\">Bản chạy thử")
            || document.contains("class=\"banner\">Demonstration");
        assert_eq!(says, OPERATOR.demo && OPERATOR.serves(), "{page}");
    }
}

#[test]
fn whoever_has_nothing_left_is_led_to_a_case_only_where_cases_are_taken() {
    for (lang, link) in [(Lang::Vi, "href=\"/ho-so\""), (Lang::En, "href=\"/en/ho-so\"")] {
        let page = Page::Guide(Guide::Office);
        let office = document::render(TEMPLATE, Route { lang, page }).unwrap();
        assert_eq!(office.contains(link), OPERATOR.serves_desk(), "{lang}");
    }
}

#[test]
fn who_has_the_phone_is_led_to_the_text_only_where_texts_are_served() {
    for (lang, link) in [(Lang::Vi, "href=\"/tin-nhan\""), (Lang::En, "href=\"/en/tin-nhan\"")] {
        let home = document::render(TEMPLATE, Route { lang, page: Page::Home }).unwrap();
        let (_, after) = home.split_once("id=\"chua-co-email\"").unwrap();
        let (answer, _) = after.split_once("</details>").unwrap();
        assert_eq!(answer.contains(link), OPERATOR.serves_texts(), "{lang}");
    }
}

#[test]
fn every_page_offers_help_in_the_same_place() {
    for (page, document) in documents() {
        let (header, _) = document.split_once("</header>").unwrap();
        assert!(header.contains("class=\"help\"") || header.contains("\"help\""), "{page}");
        assert!(header.contains("href=\"tel:19009068\""), "{page}");
    }
}
