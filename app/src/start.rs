//! When the page's program begins. Native build only.
//!
//! Trunk's page fetches the program at once, beside the style sheet and before anything can be
//! seen. Ours paints first: what people came for is in the HTML, and on a slow network the
//! program's 120 KB would only stand in its way.

use crate::document::DocumentError;

const MODULE: &str = "<script type=\"module\">";
const GLUE: &str = "<link rel=\"modulepreload\"";
const WASM: &str = "<link rel=\"preload\"";

/// Trunk's page with a start that waits for the first paint. A tab in the background paints
/// nothing: there the program begins at once.
pub fn after_first_paint(template: &str) -> Result<String, DocumentError> {
    let (template, glue) = take_link(template, GLUE)?;
    let (template, wasm) = take_link(&template, WASM)?;
    let missing = DocumentError::Template(MODULE);
    let Some((before, after)) = template.split_once(MODULE) else { return Err(missing) };
    let Some((_, after)) = after.split_once("</script>") else { return Err(missing) };
    // Both files are asked for at once; the program waits for the glue's import alone.
    Ok(format!(
        "{before}{MODULE}const go=()=>{{const wasm=fetch('{wasm}');import('{glue}').then((app)=>\
         app.default({{module_or_path:wasm}}))}};\
         document.hidden?go():requestAnimationFrame(()=>setTimeout(go))</script>{after}"
    ))
}

/// The page without the link that begins so, and where it led.
fn take_link(page: &str, start: &'static str) -> Result<(String, String), DocumentError> {
    let found = page.match_indices(start).collect::<Vec<_>>();
    let missing = DocumentError::Template(start);
    let [(at, _)] = found.as_slice() else { return Err(missing) };
    let Some((link, after)) = page[*at..].split_once('>') else { return Err(missing) };
    let href = link.split_once("href=\"").and_then(|(_, rest)| rest.split_once('"'));
    let Some((href, _)) = href else { return Err(missing) };
    Ok(([&page[..*at], after].concat(), href.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = "<head><script src=\"/early.js\" defer></script>\n\
        <script type=\"module\">\nimport init from '/browser-1.js';\nawait init();\n</script>\n\
        <link rel=\"modulepreload\" href=\"/browser-1.js\" crossorigin=\"anonymous\">\
        <link rel=\"preload\" href=\"/browser-1_bg.wasm\" crossorigin=\"anonymous\" as=\"fetch\"></head>";

    #[test]
    fn the_program_is_asked_for_by_its_own_script_alone() {
        let page = after_first_paint(TRUNK).unwrap();
        assert_eq!(page.matches("/browser-1.js").count(), 1, "{page}");
        assert_eq!(page.matches("/browser-1_bg.wasm").count(), 1, "{page}");
        assert!(!page.contains("preload"), "{page}");
        assert!(page.contains("requestAnimationFrame"), "{page}");
        assert!(page.starts_with("<head><script src=\"/early.js\" defer></script>"), "{page}");
        assert!(page.ends_with("</script>\n</head>"), "{page}");
    }

    #[test]
    fn a_page_that_trunk_makes_otherwise_is_refused() {
        for part in [GLUE, WASM, MODULE] {
            let other = TRUNK.replace(part, "<span>");
            assert_eq!(after_first_paint(&other), Err(DocumentError::Template(part)));
        }
    }
}
