//! The result files: derived from the input, always the same for the same input.

use crate::hub::Input;
use crate::scenario::{Scenario, Shape};
use bytes::Bytes;
use ring::digest::{SHA256, digest};

const PDF: &str = "application/pdf";

/// Where a file's bytes come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Bytes(Bytes),
    Generated(u64),
}

/// A result file.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) source: Source,
    pub(crate) pages: usize,
}

impl Output {
    pub(crate) fn len(&self) -> u64 {
        match &self.source {
            Source::Bytes(bytes) => bytes.len() as u64,
            Source::Generated(size) => *size,
        }
    }

    /// The bytes from `offset`, at most `most` of them.
    pub(crate) fn piece(&self, offset: u64, most: usize) -> Bytes {
        let left = usize::try_from(self.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = most.min(left);
        match &self.source {
            Source::Bytes(bytes) => bytes.slice(offset as usize..offset as usize + count),
            Source::Generated(size) => {
                let mut piece = vec![0; count];
                generate(*size, offset, &mut piece);
                piece.into()
            }
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.piece(0, usize::MAX).to_vec()
    }

    /// An `ETag` as S3 makes it: hex digits in quotes.
    pub(crate) fn etag(&self) -> String {
        let seed = match &self.source {
            Source::Bytes(bytes) => sha256(bytes),
            Source::Generated(size) => sha256(&size.to_le_bytes()),
        };
        format!("\"{}\"", &seed[..32])
    }
}

/// Fills `piece` with the bytes at `offset` of the generated file of `size` bytes. It begins and ends like a PDF.
pub fn generate(size: u64, offset: u64, piece: &mut [u8]) {
    const HEAD: &[u8] = b"%PDF-1.7\n";
    const TAIL: &[u8] = b"\n%%EOF\n";
    let end = offset + piece.len() as u64;
    let mut at = offset;
    while at < end {
        let word = splitmix(at / 8).to_le_bytes();
        let from = (at % 8) as usize;
        let count = (8 - from).min((end - at) as usize);
        let start = (at - offset) as usize;
        piece[start..start + count].copy_from_slice(&word[from..from + count]);
        at += count as u64;
    }
    let tail_at = size.saturating_sub(TAIL.len() as u64);
    let mut copy = |text: &[u8], start: u64| {
        for (index, byte) in text.iter().enumerate() {
            let at = start + index as u64;
            if at >= offset && at < end && at < size {
                piece[(at - offset) as usize] = *byte;
            }
        }
    };
    copy(TAIL, tail_at);
    copy(HEAD, 0);
}

/// A pseudo-random word that depends only on its index.
fn splitmix(index: u64) -> u64 {
    let mut word = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The result file for `input`, requested as the MIME type `to`.
///
/// A PDF is unchanged except for a trailing comment with the input's SHA-256 (it remains valid). An image becomes a
/// page that shows it, anything else a page of text. If `to` is not a PDF, it is a line of text with the SHA-256:
/// the emulator converts nothing.
#[must_use]
pub fn derive(input: &[u8], content_type: &str, to: &str) -> Vec<u8> {
    let note = format!("nitro-emulator sha256 {}", sha256(input));
    if !to.is_empty() && to != PDF {
        return format!("{note} from {content_type} to {to}\n").into_bytes();
    }
    let is_pdf = content_type == PDF || input.starts_with(b"%PDF-");
    let mut file = match (is_pdf, jpeg_size(input), png_parts(input)) {
        (true, ..) => input.to_vec(),
        (_, Some((width, height, colours)), _) => {
            let space = ["DeviceGray", "DeviceRGB", "DeviceCMYK"][usize::from(colours.min(4) / 2)];
            let image = format!("/ColorSpace /{space} /BitsPerComponent 8 /Filter /DCTDecode");
            image_page(width, height, &image, input)
        }
        (_, _, Some(png)) => image_page(png.width, png.height, &png.dictionary(), &png.data),
        _ => text_page(&note),
    };
    if !file.ends_with(b"\n") {
        file.push(b'\n');
    }
    file.extend_from_slice(format!("%{note}\n").as_bytes());
    file
}

/// A PDF of these objects, the first of which is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    table.push_str(&format!(
        "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.extend_from_slice(table.as_bytes());
    file
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dictionary} /Length {} >>\nstream\n", data.len()).into_bytes();
    object.extend_from_slice(data);
    object.extend_from_slice(b"\nendstream");
    object
}

fn page(size: (u32, u32), resources: &str, resource: Vec<u8>, content: &str) -> Vec<u8> {
    let (width, height) = size;
    pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R \
             /Resources << {resources} >> >>"
        )
        .into_bytes(),
        stream("", content.as_bytes()),
        resource,
    ])
}

/// A one-page PDF with a line of text.
pub(crate) fn text_page(line: &str) -> Vec<u8> {
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec();
    let content = format!("BT /F 9 Tf 72 720 Td ({line}) Tj ET");
    page((612, 792), "/Font << /F 5 0 R >>", font, &content)
}

fn image_page(width: u32, height: u32, dictionary: &str, data: &[u8]) -> Vec<u8> {
    let dictionary = format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} {dictionary}");
    let content = format!("q {width} 0 0 {height} 0 0 cm /I Do Q");
    page(
        (width, height),
        "/XObject << /I 5 0 R >>",
        stream(&dictionary, data),
        &content,
    )
}

/// Width, height and number of colours of a JPEG, from its frame header.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_, h1, h0, w1, w0, colours, ..] = rest.get(4..)? else {
                return None;
            };
            let pair = |high: u8, low: u8| u32::from(u16::from_be_bytes([high, low]));
            return Some((pair(*w1, *w0), pair(*h1, *h0), *colours));
        }
        rest = rest.get(2 + length..)?;
    }
}

/// The parts of a PNG that a PDF needs. FlateDecode with a PNG predictor reads its compressed rows as they are.
struct Png {
    width: u32,
    height: u32,
    depth: u8,
    palette: Option<Vec<u8>>,
    colours: u8,
    data: Vec<u8>,
}

impl Png {
    fn dictionary(&self) -> String {
        let space = match &self.palette {
            Some(palette) => {
                let hex: String = palette.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("[/Indexed /DeviceRGB {} <{hex}>]", palette.len() / 3 - 1)
            }
            None if self.colours == 1 => "/DeviceGray".to_owned(),
            None => "/DeviceRGB".to_owned(),
        };
        let Self {
            width,
            depth,
            colours,
            ..
        } = self;
        format!(
            "/ColorSpace {space} /BitsPerComponent {depth} /Filter /FlateDecode \
             /DecodeParms << /Predictor 15 /Colors {colours} /BitsPerComponent {depth} /Columns {width} >>"
        )
    }
}

/// The parts of a PNG, if it is neither interlaced nor transparent.
fn png_parts(bytes: &[u8]) -> Option<Png> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let (mut png, mut kind) = (None, 0);
    let (mut palette, mut data) = (None, Vec::new());
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let chunk = tail.get(..length)?;
        match &head[4..] {
            b"IHDR" => {
                let word = |at: usize| Some(u32::from_be_bytes(chunk.get(at..at + 4)?.try_into().ok()?));
                let [depth, colour, _, _, interlaced] = *chunk.get(8..13)? else {
                    return None;
                };
                if interlaced != 0 || !matches!(colour, 0 | 2 | 3) {
                    return None;
                }
                kind = colour;
                png = Some((word(0)?, word(4)?, depth));
            }
            b"PLTE" => palette = Some(chunk.to_vec()),
            b"IDAT" => data.extend_from_slice(chunk),
            _ => {}
        }
        rest = tail.get(length + 4..)?;
    }
    let (width, height, depth) = png?;
    let palette = palette.filter(|palette| kind == 3 && palette.len() >= 3);
    let colours = if kind == 2 { 3 } else { 1 };
    (kind != 3 || palette.is_some()).then_some(Png {
        width,
        height,
        depth,
        palette,
        colours,
        data,
    })
}

/// The number of page objects in a PDF's uncompressed text; at least one.
pub(crate) fn pages(file: &[u8]) -> usize {
    const MARK: &[u8] = b"/Type /Page";
    let text = file.windows(MARK.len() + 1);
    text.filter(|window| window.starts_with(MARK) && window[MARK.len()] != b's')
        .count()
        .max(1)
}

/// The usual file name extension of this type.
pub(crate) fn extension(content_type: &str) -> &'static str {
    match content_type {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "text/csv" => "csv",
        "application/vnd.adobe.xfdf" => "xfdf",
        "application/vnd.fdf" => "fdf",
        kind if kind.ends_with("wordprocessingml.document") => "docx",
        kind if kind.ends_with("spreadsheetml.sheet") => "xlsx",
        kind if kind.ends_with("presentationml.presentation") => "pptx",
        _ => "bin",
    }
}

/// The files of a job, none if its result is data.
pub(crate) fn outputs(
    scenario: &Scenario,
    shape: &Shape,
    inputs: &[Input],
    content_type: &str,
) -> Vec<Output> {
    let count = match shape {
        Shape::File | Shape::Delivered => 1,
        Shape::Files { n } => *n,
        _ => return Vec::new(),
    };
    let first = inputs.first().cloned().unwrap_or_else(|| Input {
        name: "result.pdf".to_owned(),
        content_type: PDF.to_owned(),
        bytes: text_page("nitro-emulator").into(),
    });
    let content_type = scenario
        .content_type
        .clone()
        .unwrap_or_else(|| content_type.to_owned());
    let mut file = derive(&first.bytes, &first.content_type, &content_type);
    for input in inputs.iter().skip(1) {
        file.extend_from_slice(format!("%nitro-emulator with sha256 {}\n", sha256(&input.bytes)).as_bytes());
    }
    let stem = first
        .name
        .rsplit_once('.')
        .map_or(first.name.as_str(), |(stem, _)| stem);
    let stem = if stem.is_empty() { "result" } else { stem };
    let extension = extension(&content_type);
    let output = |index: usize| {
        let mut bytes = file.clone();
        let mut name = format!("{stem}.{extension}");
        if matches!(shape, Shape::Files { .. }) {
            bytes.extend_from_slice(format!("%nitro-emulator part {} of {count}\n", index + 1).as_bytes());
            name = format!("{stem}-{}.{extension}", index + 1);
        }
        Output {
            name: scenario.file_names.get(index).cloned().unwrap_or(name),
            content_type: content_type.clone(),
            pages: pages(&bytes),
            source: scenario
                .size_bytes
                .map_or_else(|| Source::Bytes(bytes.into()), Source::Generated),
        }
    };
    (0..count).map(output).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_bytes_do_not_depend_on_how_they_are_read() {
        let mut whole = vec![0; 1000];
        generate(1000, 0, &mut whole);
        for (offset, count) in [(0, 3), (5, 20), (993, 7), (8, 985)] {
            let mut part = vec![0; count];
            generate(1000, offset as u64, &mut part);
            assert_eq!(part, whole[offset..offset + count]);
        }
        assert!(whole.starts_with(b"%PDF-1.7\n") && whole.ends_with(b"%%EOF\n"));
    }

    #[test]
    fn a_pdf_comes_back_with_a_comment_after_its_end() {
        let input = text_page("hello");
        let output = derive(&input, PDF, PDF);
        assert_eq!(
            output,
            [
                input.clone(),
                format!("%nitro-emulator sha256 {}\n", sha256(&input)).into()
            ]
            .concat()
        );
    }
}
