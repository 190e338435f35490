//! Text from the service for a terminal: what would control it is shown instead.

/// Whether a character controls a terminal, or the order and the lines of text: C0, DEL, C1, line separators, bidi controls.
fn controls(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A line: each controlling character as its number.
pub fn line(text: &str) -> String {
    replaced(text, controls, |c| c.escape_unicode().to_string())
}

/// Several lines: as [`line`], with line breaks and tabs as they are.
pub fn lines(text: &str) -> String {
    let controls = |c| controls(c) && !matches!(c, '\n' | '\t');
    replaced(text, controls, |c| c.escape_unicode().to_string())
}

/// JSON with the same value, in which no controlling character is left.
pub fn json(text: &str) -> String {
    // Control characters below U+0020 are not allowed in strings, and between values they are white space.
    let controls = |c| controls(c) && !matches!(c, '\n' | '\r' | '\t');
    replaced(text, controls, |c| format!("\\u{:04x}", u32::from(c)))
}

fn replaced(text: &str, controls: impl Fn(char) -> bool, by: impl Fn(char) -> String) -> String {
    let mut replaced = String::with_capacity(text.len());
    for c in text.chars() {
        match controls(c) {
            true => replaced.push_str(&by(c)),
            false => replaced.push(c),
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_controls_a_terminal_is_left() {
        let text = "\x1b]0;title\x07 \u{9b}31m \u{202e}fdp\u{2066}\u{2028}\x7f\r\n\tgrün 文";
        assert_eq!(
            line(text),
            "\\u{1b}]0;title\\u{7} \\u{9b}31m \\u{202e}fdp\\u{2066}\\u{2028}\\u{7f}\\u{d}\\u{a}\\u{9}grün 文"
        );
        assert!(lines(text).ends_with("\\u{d}\n\tgrün 文"));
        let value = serde_json::json!({ "title": text });
        let shown = json(&value.to_string());
        assert!(shown.chars().all(|c| !controls(c)), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).ok(),
            Some(value)
        );
    }
}
