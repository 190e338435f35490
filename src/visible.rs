//! Text of a peer that a person reads: without characters that nobody sees, and that change what is beside them.

use std::borrow::Cow;

/// Whether a character has no sight of its own: controls, which a terminal obeys, marks of direction, zero-width characters, and
/// separators of lines and paragraphs.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// `text` as one line, with a space for each hidden character.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_hidden_character() {
        assert_eq!(line("größe 文書 ✓"), "größe 文書 ✓");
        assert_eq!(
            line("a\u{1b}]0;x\u{7}b\u{9b}2J\r\nc\u{202e}d\u{2028}"),
            "a ]0;x b 2J  c d "
        );
    }
}
