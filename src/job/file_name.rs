//! File names made safe: a name that a server suggests never leaves the folder, and is valid on every platform.

use percent_encoding::percent_decode_str;

use crate::visible::is_hidden;

/// Leaves space for a number and for a temporary name within the 255 bytes of most file systems.
const MAX_BYTES: usize = 180;

/// A safe file name made from `suggested`, or from `fallback` if nothing of it is left.
pub(crate) fn safe_name(suggested: &str, fallback: &str) -> String {
    let name = clean(suggested);
    if name.is_empty() { clean(fallback) } else { name }
}

/// The file name in a `Content-Disposition` header (RFC 6266): `filename*` wins over `filename`.
pub(crate) fn from_content_disposition(header: &str) -> Option<String> {
    let mut plain = None;
    for part in split_parameters(header).into_iter().skip(1) {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("filename*") {
            let mut fields = value.splitn(3, '\'');
            if let (Some(charset), Some(_), Some(encoded)) = (fields.next(), fields.next(), fields.next())
                && let Some(name) = decode(charset, encoded)
            {
                return Some(name);
            }
        } else if name.eq_ignore_ascii_case("filename") && plain.is_none() {
            plain = Some(unquote(value));
        }
    }
    plain
}

/// The two character sets that `filename*` may have (RFC 8187 3.2.1, and RFC 5987 before it).
fn decode(charset: &str, encoded: &str) -> Option<String> {
    let bytes = percent_decode_str(encoded);
    if charset.eq_ignore_ascii_case("utf-8") {
        return Some(bytes.decode_utf8_lossy().into_owned());
    }
    let is_latin1 = charset.eq_ignore_ascii_case("iso-8859-1");
    is_latin1.then(|| bytes.map(char::from).collect())
}

/// The last segment of a URL path, decoded.
pub(crate) fn from_path(path: &str) -> String {
    let segment = path.rsplit('/').next().unwrap_or_default();
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// `name` with a number before its extension: `report (2).pdf`.
pub(crate) fn numbered(name: &str, number: u32) -> String {
    match name.rfind('.') {
        Some(dot) if dot > 0 => format!("{} ({number}){}", &name[..dot], &name[dot..]),
        _ => format!("{name} ({number})"),
    }
}

/// The usual extension of a media type, for a name that has none.
pub(crate) fn extension(content_type: &str) -> Option<&'static str> {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    Some(match essence.as_str() {
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/json" => "json",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "application/vnd.adobe.xfdf" => "xfdf",
        "application/vnd.fdf" => "fdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        _ => return None,
    })
}

fn clean(suggested: &str) -> String {
    // Both separators count everywhere: a name from one platform may be used on another.
    let last = suggested.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name = String::with_capacity(last.len());
    for c in last.chars() {
        if is_hidden(c) {
            continue;
        }
        name.push(if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
            '_'
        } else {
            c
        });
    }
    shorten(&mut name);
    // Windows drops trailing dots and spaces; a leading dot hides a file, and a leading hyphen makes it an option of a command.
    let is_end = |c: char| c == '.' || c.is_whitespace();
    let trimmed = name.trim_end_matches(is_end);
    let trimmed = trimmed.trim_start_matches(|c| is_end(c) || c == '-');
    if is_device(trimmed) {
        format!("_{trimmed}")
    } else {
        trimmed.to_owned()
    }
}

/// Cuts a long name, keeping a short extension.
fn shorten(name: &mut String) {
    if name.len() <= MAX_BYTES {
        return;
    }
    let extension = match name.rfind('.') {
        Some(dot) if name.len() - dot <= 16 => name.split_off(dot),
        _ => String::new(),
    };
    let mut end = MAX_BYTES - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.truncate(end);
    name.push_str(&extension);
}

/// The names that Windows reserves for devices, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|n| {
            matches!(
                n,
                "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        })
    })
}

/// Splits at the semicolons outside quotes.
fn split_parameters(header: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in header.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(&header[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    parts
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) else {
        return value.to_owned();
    };
    let (mut text, mut escaped) = (String::with_capacity(inner.len()), false);
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(c);
            escaped = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_names_stay_in_the_folder() {
        for (suggested, safe) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/absolute", "absolute"),
            ("C:\\x\\y.pdf", "y.pdf"),
            ("c:evil.pdf", "c_evil.pdf"),
            ("a\0b\r\n.pdf", "ab.pdf"),
            ("gpj.\u{202e}fdp", "gpj.fdp"),
            ("a\u{202a}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}.pdf", "a.pdf"),
            ("a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}.pdf", "a.pdf"),
            ("a\u{2028}\u{2029}\u{85}\u{9b}2J\u{1b}[2J.pdf", "a2J[2J.pdf"),
            ("-rf.pdf", "rf.pdf"),
            ("\u{200b}-. -o=x", "o=x"),
            ("a-b-.pdf", "a-b-.pdf"),
            ("-\u{202e}", "fallback"),
            ("NUL", "_NUL"),
            ("com1.pdf", "_com1.pdf"),
            ("LPT\u{b9}", "_LPT\u{b9}"),
            ("name. . ", "name"),
            (".hidden", "hidden"),
            ("..", "fallback"),
            ("", "fallback"),
            ("a/", "fallback"),
            ("what?*.pdf", "what__.pdf"),
            ("größe 文書.pdf", "größe 文書.pdf"),
        ] {
            assert_eq!(safe_name(suggested, "fallback"), safe, "{suggested:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension_and_whole_characters() {
        let name = safe_name(&format!("{}.pdf", "é".repeat(400)), "x");
        assert!(name.len() <= MAX_BYTES && name.ends_with("é.pdf"), "{name}");
    }

    #[test]
    fn content_disposition_is_parsed_as_in_rfc_6266() {
        for (header, name) in [
            ("attachment; filename=a.pdf", Some("a.pdf")),
            (
                "attachment; filename=\"a;b \\\"c\\\".pdf\"",
                Some("a;b \"c\".pdf"),
            ),
            (
                "attachment; filename=\"x.pdf\"; filename*=UTF-8''%e2%82%ac%20rates.pdf",
                Some("€ rates.pdf"),
            ),
            (
                "attachment; filename*=iso-8859-1''Gr%f6%DFe.pdf; filename=y.pdf",
                Some("Größe.pdf"),
            ),
            ("attachment; filename*=koi8-r''x; filename=y.pdf", Some("y.pdf")),
            (
                "attachment; filename=\"Größe.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf",
                Some("Größe.pdf"),
            ),
            ("inline", None),
            ("", None),
            ("attachment; filename", None),
        ] {
            assert_eq!(from_content_disposition(header).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn numbers_go_before_the_extension() {
        assert_eq!(numbered("a.b.pdf", 2), "a.b (2).pdf");
        assert_eq!(numbered("a", 3), "a (3)");
    }
}
