//! The pattern page, `/mau`: every component in every state on one page, for whoever works on the
//! look and for the tests of it. `cargo xtask dev` serves it; no release contains it. Native build
//! only: the browser's program knows nothing of it.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

use crate::{
    components::{
        Field, Form, FormError, Kind, anchor, field, form_element, group, items_of, paragraph,
        submit, submit_quiet, whole,
    },
    document::{self, DocumentError},
    routes::{Lang, Page, Route},
    words::Words,
};

/// What the prose's components look like; they are HTML wherever they stand.
const PROSE: &str = include_str!("../prose/mau.html");

/// The document, in the frame of a page of the site and without its program.
pub fn render(template: &str) -> Result<String, DocumentError> {
    let route = Route { lang: Lang::Vi, page: Page::NotFound };
    let page = document::render(&without_program(template)?, route)?;
    let missing = DocumentError::Template("main");
    let Some((before, rest)) = page.split_once("<main") else { return Err(missing) };
    let Some((tag, rest)) = rest.split_once('>') else { return Err(missing) };
    let Some((_, after)) = rest.split_once("</main>") else { return Err(missing) };
    Ok(format!(
        "{before}<main{tag}><h1>Mẫu</h1>{}<div class=\"prose\">{PROSE}</div></main>{after}",
        components()
    ))
}

/// There is nothing to take over here.
fn without_program(template: &str) -> Result<String, DocumentError> {
    let missing = DocumentError::Template("<script type=\"module\">");
    let Some((before, rest)) = template.split_once("<script type=\"module\">") else {
        return Err(missing);
    };
    let Some((_, after)) = rest.split_once("</script>") else { return Err(missing) };
    Ok([before, after].concat())
}

/// The components that the pages draw themselves.
fn components() -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    owner.with(|| {
        let words = Words::of(Lang::Vi);
        let choice = |class: &'static str| {
            whole(view! {
                <a class=class href="/vneid">
                    <strong class="choice-name">{words.home.vneid}</strong>
                    <span class="choice-how">{words.home.vneid_how}</span>
                    <span class="choice-facts">{words.home.vneid_facts}</span>
                </a>
            })
        };
        let errors = vec![
            FormError::field(Kind::Email.name(), words.problem.email_wrong),
            FormError::whole(words.problem.offline),
        ];
        let form = Form::shown(words, errors, false);
        let value = |text: &str| RwSignal::new(text.to_owned());
        let fields = vec![
            field(
                form,
                Field::new(Kind::Identifier, value("")),
                words.email.identifier,
                words.email.identifier_hint,
                || (),
            ),
            field(
                form,
                Field::new(Kind::Email, value("")),
                words.email.email,
                words.email.email_hint,
                || (),
            ),
            field(
                form,
                Field::new(Kind::Code, value("")),
                words.check.code,
                words.check.code_hint,
                || (),
            ),
            field(form, Field::new(Kind::NewPassword, value("")), words.password.label, "", || ()),
            submit(form, words.email.send, String::new),
            submit_quiet(form, words.check.resend, || true),
        ];
        let busy = Form::shown(words, Vec::new(), true);
        group(vec![
            items_of("choices", vec![choice("choice"), choice("choice")]),
            items_of("onward", vec![anchor("", "/tin-nhan".to_owned(), words.home.text_too)]),
            paragraph("banner", words.common.demo),
            form_element(form, "/form/email", || (), fields),
            submit(busy, words.email.send, || words.common.sending.to_owned()),
        ])
        .to_html()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<!DOCTYPE html><html lang=\"vi\"><head><!--head-->\
        <script type=\"module\">go()</script></head><body><div id=\"app\"></div></body></html>";

    /// Every class that the style sheets of the components speak of.
    fn styled() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../style/components");
        let mut classes = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            // The directory's pages are looked at themselves.
            if file.ends_with("office.css") {
                continue;
            }
            let sheet = std::fs::read_to_string(file).unwrap();
            // Selectors only: what stands in braces are values.
            let selectors = sheet.split('}').filter_map(|rule| rule.rsplit_once('{'));
            for (selector, _) in selectors {
                for word in selector.split('.').skip(1) {
                    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                    let class = &word[..end.unwrap_or(word.len())];
                    if class.starts_with(|c: char| c.is_ascii_lowercase()) {
                        classes.push(class.to_owned());
                    }
                }
            }
        }
        classes.sort();
        classes.dedup();
        classes
    }

    #[test]
    fn every_component_with_a_style_is_shown() {
        // Only pages that a person's data fill have a history; a drawn code belongs to the
        // browser's half, a captcha's frame to others; the rest hide, and have no look.
        const ELSEWHERE: [&str; 5] = ["captcha", "history", "qr", "screen-only", "scripted"];
        let page = render(TEMPLATE).unwrap();
        let missing: Vec<String> = styled()
            .into_iter()
            .filter(|class| !ELSEWHERE.contains(&class.as_str()))
            .filter(|class| !page.split(['"', ' ']).any(|word| word == class))
            .collect();
        assert!(missing.is_empty(), "no specimen of: {missing:?}");
    }

    #[test]
    fn the_page_is_whole_and_runs_nothing() {
        let page = render(TEMPLATE).unwrap();
        assert!(!page.contains("go()"));
        assert!(page.contains("error-summary") && page.contains("aria-invalid"), "{page}");
        assert_eq!(page.matches("<h1").count(), 1);
    }

    #[test]
    fn it_is_none_of_the_site_s_pages() {
        assert_eq!(Route::parse("/mau").page, Page::NotFound);
    }
}
