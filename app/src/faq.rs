//! Questions and answers of a page as structured data (schema.org `FAQPage`). Native build only.
//!
//! In the prose a question is `<details class="qa"><summary>…</summary>…</details>`, without
//! another `details` in it; that is the whole contract.

use std::fmt::Write as _;

use crate::routes::Lang;

/// The script element for a page's prose; empty where it asks nothing.
pub fn script(prose: &str, lang: Lang) -> String {
    let mut entries = String::new();
    for (question, answer) in questions(prose) {
        let comma = if entries.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        _ = write!(
            entries,
            "{comma}{{\"@type\":\"Question\",\"name\":{},\"acceptedAnswer\":\
             {{\"@type\":\"Answer\",\"text\":{}}}}}",
            json(&plain(question)),
            json(&plain(answer))
        );
    }
    if entries.is_empty() {
        return entries;
    }
    format!(
        "<script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\
         \"@type\":\"FAQPage\",\"inLanguage\":\"{lang}\",\"mainEntity\":[{entries}]}}</script>"
    )
}

/// Every question with its answer, both still HTML.
fn questions(prose: &str) -> impl Iterator<Item = (&str, &str)> {
    prose.split("<details class=\"qa\">").skip(1).filter_map(|after| {
        let (whole, _) = after.split_once("</details>")?;
        whole.trim_start().strip_prefix("<summary>")?.split_once("</summary>")
    })
}

/// The text of HTML: tags gone, entities read, one space for any run of white space.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        // Inline elements do not part words.
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or(tag);
        if !["a", "strong", "span", "em"].contains(&name) {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text as a JSON string that cannot end the script element around it.
fn json(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '<' | '>' | '&' | '\0'..='\x1f' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        prose,
        routes::{Guide, Page, Route},
    };

    #[test]
    fn each_question_of_the_prose_becomes_one_entry() {
        let prose = "<p>a</p><details class=\"qa\">\n<summary>Mất \"SIM\"?</summary>\
            <div id=\"x\"><p>Gọi <a href=\"/\">số</a> &amp; chờ.</p><p>Rồi đổi.</p></div></details>";
        assert_eq!(
            script(prose, Lang::Vi),
            "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\
             \"@type\":\"FAQPage\",\"inLanguage\":\"vi\",\"mainEntity\":[\
             {\"@type\":\"Question\",\"name\":\"Mất \\\"SIM\\\"?\",\"acceptedAnswer\":\
             {\"@type\":\"Answer\",\"text\":\"Gọi số \\u0026 chờ. Rồi đổi.\"}}]}</script>"
        );
    }

    #[test]
    fn nothing_in_an_answer_ends_the_script() {
        let prose = "<details class=\"qa\"><summary>q</summary>&lt;/script&gt;</details>";
        assert_eq!(script(prose, Lang::En).matches("</script>").count(), 1);
    }

    #[test]
    fn a_page_without_questions_has_no_script() {
        assert_eq!(
            script("<details class=\"sources\"><summary>s</summary></details>", Lang::Vi),
            ""
        );
    }

    #[test]
    fn the_first_page_and_every_way_back_answer_questions_in_both_languages() {
        let ways = [Guide::Text, Guide::Hotline, Guide::Vneid, Guide::Office, Guide::Safety];
        let pages = ways.map(Page::Guide).into_iter().chain([Page::Home, Page::Email]);
        for page in pages {
            for lang in Lang::ALL {
                let script = script(&prose::html(Route { lang, page }), lang);
                assert!(script.matches("\"Question\"").count() >= 2, "{page:?} in {lang}");
                let json: serde_json::Value = {
                    let text = script.split_once('>').unwrap().1;
                    serde_json::from_str(text.strip_suffix("</script>").unwrap()).unwrap()
                };
                assert_eq!(json["@type"], "FAQPage");
            }
        }
    }
}
