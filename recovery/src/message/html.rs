//! The HTML part: no scripts, no images, no tables, nothing fetched from anywhere.
//!
//! Sizes are relative and nothing has a fixed width, so the text reflows at 320 px and at 200 %.
//! Colours are the reader's own (`color-scheme`), except the button's; clients that drop the style
//! sheet still show inline styles, and clients that drop those show plain paragraphs.

use super::document::{Block, Document};
use super::field::Link;
use crate::locale::Locale;

const STYLE: &str = "\
:root{color-scheme:light dark}\
a{color:#0b5d57}\
@media (prefers-color-scheme:dark){\
body{background:#121615;color:#e8eeec}\
a{color:#7fd6cc}\
a.button{background:#7fd6cc!important;color:#06302d!important}\
}";

/// Renders the blocks as a whole document.
pub(super) fn render(document: &Document, locale: Locale) -> String {
    let mut html = String::with_capacity(4096);
    let title = escape(document.subject.as_str());
    let lang = locale.as_str();
    html.push_str("<!DOCTYPE html>\n<html lang=\"");
    html.push_str(lang);
    // The clients' own guesses at phone numbers and dates would underline the code.
    html.push_str(
        "\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <meta name=\"format-detection\" content=\"telephone=no, date=no, address=no, email=no\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>",
    );
    html.push_str(&title);
    html.push_str("</title>\n<style>");
    html.push_str(STYLE);
    html.push_str("</style>\n</head>\n<body style=\"margin:0\">\n<div lang=\"");
    html.push_str(lang);
    html.push_str(
        "\" style=\"max-width:36em;margin:0 auto;padding:1em;font-family:Arial,Helvetica,sans-serif;\
         font-size:1em;line-height:1.5;overflow-wrap:break-word\">\n",
    );
    let heading = format!(
        "<h1 style=\"margin:.5em 0;font-size:1.375em;line-height:1.3\">{}</h1>\n",
        escape(&document.title)
    );
    let mut heading = Some(heading);
    for block in &document.blocks {
        if !matches!(block, Block::Notice(_)) {
            html.extend(heading.take());
        }
        html.push_str(&element(block));
    }
    html.push_str("</div>\n</body>\n</html>\n");
    html
}

fn element(block: &Block) -> String {
    match block {
        Block::Notice(words) => format!(
            "<p style=\"margin:0 0 1em;padding:.5em .75em;border:.125em dashed\"><strong>{}</strong></p>\n",
            escape(words)
        ),
        Block::Paragraph(words) => format!("<p style=\"margin:1em 0\">{}</p>\n", escape(words)),
        Block::Heading(words) => format!(
            "<h2 style=\"margin:1.5em 0 .5em;font-size:1.125em;line-height:1.3\">{}</h2>\n",
            escape(words)
        ),
        Block::List(items) => list(items.iter().map(|item| escape(item))),
        Block::Numbers(numbers) => list(
            numbers
                .iter()
                .map(|(number, what)| format!("{}: {}", telephone(number.as_str()), escape(what))),
        ),
        Block::CodeAndLink { code, label, link } => format!(
            "<p style=\"margin:1em 0;padding:.375em;border:.09em solid;border-radius:.25em;\
             text-align:center;font-family:Consolas,Menlo,monospace;font-size:1.75em;\
             font-weight:bold;letter-spacing:.08em\">{}</p>\n{}",
            escape(&code.to_string()),
            action(label, link)
        ),
        Block::Action { label, link } => action(label, link),
        Block::Aside { label, link } => format!(
            "<p style=\"margin:1em 0\"><a href=\"{0}\" rel=\"noreferrer\" style=\"font-weight:bold\">{1}</a>\
             {2}</p>\n",
            escape(link.as_str()),
            escape(label),
            address(link)
        ),
    }
}

/// A button that says where it leads.
fn action(label: &str, link: &Link) -> String {
    format!(
        "<p style=\"margin:1em 0\"><a class=\"button\" href=\"{}\" rel=\"noreferrer\" \
         style=\"display:inline-block;padding:.75em 1.25em;border-radius:.375em;\
         background:#0b5d57;color:#ffffff;font-weight:bold;text-decoration:none\">{}</a>{}</p>\n",
        escape(link.as_str()),
        escape(label),
        address(link)
    )
}

/// The address in full, so that it can be read, compared and copied.
fn address(link: &Link) -> String {
    format!(
        "\n<span style=\"display:block;margin-top:.375em;font-size:.875em;line-height:1.4;\
         word-break:break-all\">{}</span>",
        escape(link.as_str())
    )
}

fn list(items: impl Iterator<Item = String>) -> String {
    let mut html = "<ul style=\"margin:.5em 0;padding:0 0 0 1.25em\">\n".to_owned();
    for item in items {
        html.push_str("<li style=\"margin:.375em 0\">");
        html.push_str(&item);
        html.push_str("</li>\n");
    }
    html.push_str("</ul>\n");
    html
}

/// A number to tap, where it is one that a phone can dial.
fn telephone(number: &str) -> String {
    let dial: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    if dial.is_empty() {
        return escape(number);
    }
    format!(
        "<a href=\"tel:{dial}\" style=\"font-weight:bold;white-space:nowrap\">{}</a>",
        escape(number)
    )
}

/// Makes any text safe between tags and in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
