//! Media types of documents: by extension, or by their first bytes.

use crate::error::{Error, Result};

/// How many bytes of a document are examined: enough to distinguish the Office formats, which are all zip archives.
pub(crate) const PREFIX: usize = 8 << 10;

/// The types that the service accepts, by extension.
const KNOWN: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("docm", "application/vnd.ms-word.document.macroEnabled.12"),
    (
        "dotx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    ),
    ("dotm", "application/vnd.ms-word.template.macroEnabled.12"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"),
    (
        "xltx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    ),
    ("xltm", "application/vnd.ms-excel.template.macroEnabled.12"),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("gif", "image/gif"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("svg", "image/svg+xml"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("eps", "application/postscript"),
    ("txt", "text/plain"),
    ("xml", "text/xml"),
    ("csv", "text/csv"),
    ("rtf", "application/rtf"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("json", "application/json"),
    ("fdf", "application/vnd.fdf"),
    ("xfdf", "application/vnd.adobe.xfdf"),
];

/// Whether the first bytes are those of a type.
type Matches = fn(&[u8]) -> bool;

/// The types that are recognised by their first bytes: named one by one, so that nothing else of the crate is linked.
const SIGNATURES: &[(Matches, &str)] = &[
    (infer::archive::is_pdf, "pdf"),
    (infer::doc::is_docx, "docx"),
    (infer::doc::is_xlsx, "xlsx"),
    (infer::doc::is_pptx, "pptx"),
    (infer::doc::is_doc, "doc"),
    (infer::doc::is_xls, "xls"),
    (infer::doc::is_ppt, "ppt"),
    (infer::image::is_jpeg, "jpg"),
    (infer::image::is_png, "png"),
    (infer::image::is_gif, "gif"),
    (infer::image::is_tiff, "tiff"),
    (infer::image::is_psd, "psd"),
    (infer::archive::is_rtf, "rtf"),
    (infer::archive::is_ps, "eps"),
    (infer::text::is_html, "html"),
    (infer::text::is_xml, "xml"),
];

/// The media type that the extension of a file name stands for, if the service accepts it.
pub(crate) fn of_name(name: &str) -> Option<&'static str> {
    of_extension(name.rsplit_once('.')?.1)
}

/// Whether files of this extension are of this media type, whatever its parameters.
pub(crate) fn is_type_of(content_type: &str, extension: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    of_extension(extension).is_some_and(|known| known.eq_ignore_ascii_case(essence))
}

fn of_extension(extension: &str) -> Option<&'static str> {
    let row = KNOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(extension))?;
    Some(row.1)
}

/// The media type of a document with these first bytes, if the service accepts it.
pub(crate) fn of_prefix(start: &[u8]) -> Option<&'static str> {
    let start = &start[..start.len().min(PREFIX)];
    let (_, extension) = SIGNATURES.iter().find(|(matches, _)| matches(start))?;
    of_extension(extension)
}

/// The error for a document whose type is unknown.
pub(crate) fn unknown(name: &str) -> Error {
    Error::invalid(format!(
        "the type of {name:?} does not follow from its name or its first bytes, and the service rejects documents without a \
         type: set its content type, for example \"application/pdf\""
    ))
}

/// Checks that `text` is a media type that a header can hold.
pub(crate) fn check(text: &str) -> Result<()> {
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let good = essence
        .trim()
        .split_once('/')
        .is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
    if good && parameters.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "{text:?} is not a valid content type: give one such as \"application/pdf\""
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_follows_from_the_name_or_the_first_bytes() {
        assert_eq!(of_name("a.b/Report.PDF"), Some("application/pdf"));
        assert_eq!(of_name("x.jpeg"), Some("image/jpeg"));
        for name in ["pdf", "x.", "x.zip", "x.exe", ""] {
            assert_eq!(of_name(name), None, "{name}");
        }
        assert_eq!(of_prefix(b"%PDF-1.7\n..."), Some("application/pdf"));
        assert_eq!(of_prefix(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(of_prefix(b"\xff\xd8\xff\xe0...."), Some("image/jpeg"));
        // Programs and archives are not accepted by the service.
        for start in [&b"\x7fELF............"[..], b"PK\x03\x04....", b"hello", b""] {
            assert_eq!(of_prefix(start), None, "{start:?}");
        }
    }

    #[test]
    fn text_that_could_end_a_header_is_no_media_type() {
        for good in ["text/plain", "text/plain; charset=utf-8", "image/svg+xml"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "pdf", "a/", "/b", "a/b\r\nX: y", "a/b; \u{e9}", "a b/c"] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
