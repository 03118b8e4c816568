//! The plain text part. Readable as it stands in a client that shows nothing else.

use super::document::{Block, Document};

/// RFC 3676, 4.2 advises at most 78; one level of quoting adds two.
const WIDTH: usize = 76;

/// Renders the blocks, a blank line between them, `\n` at the end of each line.
pub(super) fn render(document: &Document) -> String {
    let mut text = String::new();
    for (i, block) in document.blocks.iter().enumerate() {
        // A heading belongs to what follows it.
        let follows_heading = i
            .checked_sub(1)
            .is_some_and(|j| matches!(document.blocks.get(j), Some(Block::Heading(_))));
        if i > 0 && !follows_heading {
            text.push('\n');
        }
        write_block(&mut text, block);
    }
    text
}

fn write_block(text: &mut String, block: &Block) {
    match block {
        Block::Notice(words) => wrap(text, "*** ", "    ", words),
        Block::Paragraph(words) | Block::Heading(words) => wrap(text, "", "", words),
        Block::List(items) => {
            for item in items {
                wrap(text, "- ", "  ", item);
            }
        }
        Block::Numbers(numbers) => {
            for (number, what) in numbers {
                wrap(text, "- ", "  ", &format!("{number}: {what}"));
            }
        }
        // Nothing may stand between the two lines, or beside them: people copy whole lines, and
        // clients link an address up to the next space.
        Block::CodeAndLink { code, link, .. } => {
            text.push_str(&code.to_string());
            text.push('\n');
            text.push_str(link.as_str());
            text.push('\n');
        }
        Block::Action { label, link } | Block::Aside { label, link } => {
            wrap(text, "", "", &format!("{label}:"));
            text.push_str(link.as_str());
            text.push('\n');
        }
    }
}

/// Breaks at spaces so that no line is longer than [`WIDTH`] characters. A word that is longer
/// than a line is broken too; links never come this way.
fn wrap(text: &mut String, first: &str, rest: &str, words: &str) {
    let mut indent = first;
    let mut column = 0;
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        loop {
            let length = word.chars().count();
            if column > 0 && column + 1 + length <= WIDTH {
                text.push(' ');
                text.push_str(word);
                column += 1 + length;
                break;
            }
            if column > 0 {
                text.push('\n');
            }
            text.push_str(indent);
            let room = WIDTH - indent.chars().count();
            indent = rest;
            let end = word.char_indices().nth(room).map_or(word.len(), |(at, _)| at);
            let (head, tail) = word.split_at(end);
            text.push_str(head);
            column = WIDTH - room + head.chars().count();
            if tail.is_empty() {
                break;
            }
            word = tail;
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, wrap};

    fn wrapped(first: &str, rest: &str, words: &str) -> String {
        let mut text = String::new();
        wrap(&mut text, first, rest, words);
        text
    }

    #[test]
    fn words_are_wrapped_at_the_width_and_lists_hang() {
        let text = wrapped("- ", "  ", &"chữ ".repeat(40));
        let lines: Vec<_> = text.lines().collect();
        assert!(lines.len() > 1);
        assert!(lines[0].starts_with("- chữ") && lines[1].starts_with("  chữ"));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH && !line.ends_with(' ')));
        assert_eq!(text.split_whitespace().filter(|w| *w == "chữ").count(), 40);
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken_and_nothing_is_lost() {
        let long = "ộ".repeat(200);
        let text = wrapped("", "", &format!("a {long} b"));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(text.chars().filter(|c| *c == 'ộ').count(), 200);
        assert!(text.starts_with("a\n") && text.ends_with(" b\n"));
    }

    #[test]
    fn a_line_may_be_exactly_full() {
        let text = wrapped("", "", &format!("{} {} b", "a".repeat(40), "a".repeat(35)));
        assert_eq!(text.lines().next().unwrap().chars().count(), WIDTH);
        assert_eq!(text.lines().nth(1), Some("b"));
    }
}
