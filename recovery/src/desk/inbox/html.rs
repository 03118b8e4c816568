//! The words of an HTML letter, without anything that acts or hides: tags, scripts, styles and
//! comments go, blocks become lines. What comes out is text, and is shown as text.

/// Elements whose content nobody reads.
const UNREAD: [&str; 6] = ["head", "script", "style", "template", "title", "textarea"];
/// Elements that begin on a line of their own.
const BLOCKS: [&str; 14] =
    ["blockquote", "br", "div", "dd", "dt", "h1", "h2", "h3", "h4", "hr", "li", "p", "table", "tr"];

/// Bytes of the longest entity that is looked for: a sign without one costs no more than this.
const LONGEST_ENTITY: usize = 12;

/// The text.
pub(super) fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len().min(16 * 1024));
    let mut rest = html;
    while let Some((words, markup)) = rest.split_once('<') {
        push(words, &mut out);
        if let Some(comment) = markup.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name = name(markup);
        if name.is_empty() && !markup.starts_with(['/', '!', '?']) {
            // A bare sign, as in `a < b`.
            out.push('<');
            rest = markup;
            continue;
        }
        rest = markup.split_once('>').map_or("", |(_, after)| after);
        let is_any = |names: &[&str]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
        if is_any(&BLOCKS) {
            out.push('\n');
        } else if is_any(&["td", "th"]) {
            out.push(' ');
        } else if is_any(&UNREAD) && !markup.starts_with('/') {
            rest = behind(rest, name);
        }
    }
    push(rest, &mut out);
    out
}

/// The element's name, of an opening or a closing tag.
fn name(markup: &str) -> &str {
    let named = markup.strip_prefix('/').unwrap_or(markup);
    let end = named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len());
    named.get(..end).unwrap_or_default()
}

/// What follows the closing tag of this element.
fn behind<'a>(html: &'a str, element: &str) -> &'a str {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("</") {
        if name(after).eq_ignore_ascii_case(element) {
            return after.split_once('>').map_or("", |(_, after)| after);
        }
        rest = after;
    }
    ""
}

/// Words with spaces as a browser would show them, and entities read.
fn push(words: &str, out: &mut String) {
    let mut rest = words;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_whitespace() {
            if !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        } else if c == '&'
            && let Some(end) = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')
            && let Some(plain) = rest.get(1..end).and_then(entity)
        {
            out.push_str(&plain);
            rest = rest.get(end + 1..).unwrap_or_default();
            continue;
        } else {
            out.push(c);
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
}

/// The entities that programs write: numbers, signs, and the letters of Latin-1 with their marks.
fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return Some(char::from_u32(code.ok()?).unwrap_or('\u{FFFD}').to_string());
    }
    let sign = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" | "ldquo" | "rdquo" => "\"",
        "apos" | "rsquo" | "lsquo" => "'",
        "nbsp" => " ",
        "ndash" | "mdash" => "–",
        "hellip" => "…",
        "eth" => "đ",
        "ETH" => "Đ",
        _ => "",
    };
    if !sign.is_empty() {
        return Some(sign.to_owned());
    }
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let mark = match name.get(1..)? {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        _ => return None,
    };
    // Composed with everything else later.
    Some(String::from_iter([letter, mark]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_kept_and_markup_is_not() {
        for (html, read) in [
            ("<p>Xin giúp</p><p>tôi</p>", "\nXin giúp\n\ntôi\n"),
            ("a<br>b<BR/>c", "a\nb\nc"),
            ("<style>p{color:red}</style><script>alert('<p>')</script>a", "a"),
            ("<head><title>x</title></head><body>a</body>", "a"),
            ("a<!-- <b>kín</b> -->b", "ab"),
            ("a<!-- dang dở", "a"),
            ("1 < 2 &amp;&lt;b&gt; &#272;&#x1EAD;t", "1 < 2 &<b> Đật"),
            ("m&#7853;t &acirc;m &nbsp; kh&khong;", "mật a\u{302}m  kh&khong;"),
            ("<a href=\"javascript:alert(1)\" title='>'>b</a>", "'>b"),
            ("a   \n\t b", "a b"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "\n\n a  b \n\n"),
            ("<script>mãi không đóng", ""),
            ("<style></STYLE >b", "b"),
            ("&#xD800;&#99999999;", "\u{FFFD}\u{FFFD}"),
            ("<", "<"),
            ("</", ""),
        ] {
            assert_eq!(text(html), read, "{html}");
        }
    }

    proptest! {
        #[test]
        fn junk_never_panics(junk in "[<>!/&;#a-z \\-\\PC]{0,200}") {
            let _ = text(&junk);
        }
    }
}
