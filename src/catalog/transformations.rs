//! Transformations of a PDF.

use serde::Serialize;

use super::options::{options, service_enum};
use super::{NoParams, build};
use crate::error::{Error, Result};
use crate::job::{BoundingBox, Endpoint, Input, PiiBox, Submission};

service_enum! {
    /// What a PDF is optimized for.
    Profile {
        Web = "web", Print = "print", Archive = "archive", MinimalFileSize = "minimal-file-size",
        MixedRasterContent = "mixed-raster-content",
    }
}

service_enum! {
    /// Languages that text recognition knows.
    OcrLanguage {
        English = "english", German = "german", French = "french", Spanish = "spanish", Italian = "italian",
        Finnish = "finnish", Swedish = "swedish", Danish = "danish", Norwegian = "norwegian", Dutch = "dutch",
        Portuguese = "portuguese", Brazilian = "brazilian",
    }
}

service_enum! {
    /// The quality of text recognition: a higher one is slower.
    OcrQuality { Low = "low", Medium = "medium", High = "high" }
}

service_enum! {
    /// How much the images of a recognised document are compressed.
    Compression { Low = "low", Medium = "medium", High = "high" }
}

service_enum! {
    /// Versions of PDF.
    PdfVersion { Pdf14 = "pdf14", Pdf15 = "pdf15", Pdf16 = "pdf16", Pdf17 = "pdf17" }
}

service_enum! {
    /// What others than the owner may do with a protected PDF.
    Permission {
        Print = "print", Modify = "modify", Copy = "copy", Annotate = "annotate", Form = "form",
        Assemble = "assemble", PrintHq = "print-hq",
    }
}

service_enum! {
    /// How a watermark is mirrored.
    Flip { Horizontal = "horizontal", Vertical = "vertical", Both = "both" }
}

service_enum! {
    /// Whether a watermark lies on the page's content or beneath it.
    ContentDepth { AboveExisting = "above_existing", BelowExisting = "below_existing" }
}

options! {
    /// How text is recognised.
    OcrOptions {
        /// The language of the text; English by default.
        language = "language": OcrLanguage,
        /// High by default.
        quality = "quality": OcrQuality,
        /// Puts the text before the image, to be edited; by default it is behind it, to be searched.
        is_output_pdf_editable = "isOutputPDFEditable": bool,
        /// Low by default, which keeps images best.
        compression_level = "compressionLevel": Compression,
        /// The version of PDF that is written; 1.7 by default.
        pdf_version = "PDFVersion": PdfVersion,
        /// The pages, counted from 0; all by default.
        page_indices = "pageIndices": Vec<u32>,
    }
}

options! {
    /// How a PDF is protected. At least one of the passwords is needed.
    Protection {
        /// Lets its owner do everything. At most 40 characters.
        owner_password = "ownerPassword": String,
        /// Needed to open the PDF. At most 40 characters.
        user_password = "userPassword": String,
        /// What others than the owner may do.
        permissions = "permissions": Vec<Permission>,
    }
}

options! {
    /// The passwords of a protected PDF.
    Passwords {
        /// The owner's.
        owner_password = "ownerPassword": String,
        /// The one to open it.
        user_password = "userPassword": String,
    }
}

options! {
    /// Properties that a PDF is to have; what is not set stays.
    NewProperties {
        /// The title.
        title = "title": String,
        /// Who wrote it.
        author = "author": String,
        /// What it is about.
        subject = "subject": String,
        /// Its keywords.
        keywords = "keywords": String,
        /// The program that it was written with.
        creator = "creator": String,
        /// The program that made the PDF.
        producer = "producer": String,
    }
}

options! {
    /// How a watermark looks.
    WatermarkOptions {
        /// From 0, which cannot be seen, to 1, the default.
        opacity = "opacity": f64,
        /// By how many degrees the image is turned.
        rotation = "rotation": f64,
        /// The pages, counted from 0; all by default.
        page_indices = "pageIndices": Vec<u32>,
        /// How the image is mirrored.
        flip = "flip": Flip,
        /// Whether it turns as its page is turned.
        rotate_with_page = "rotateWithPage": bool,
        /// Whether it stands in the middle of the page.
        center_on_page = "centerOnPage": bool,
        /// Beneath the page's content by default.
        content_depth = "contentDepth": ContentDepth,
        /// Whether it is made as wide as the page.
        fit_to_page_width = "fitToPageWidth": bool,
        /// Whether it is made as high as the page.
        fit_to_page_height = "fitToPageHeight": bool,
    }
}

/// A page that is turned.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rotation {
    // The service's documentation writes this one name with an underscore.
    page_index: u32,
    amount: i32,
}

impl Rotation {
    /// Turns a page, counted from 0, by so many degrees: a multiple of 90 from -270 to 360.
    pub fn new(page_index: u32, amount: i32) -> Self {
        Self { page_index, amount }
    }
}

/// A place that is blacked out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redaction {
    page_index: i64,
    bounding_box: BoundingBox,
}

impl Redaction {
    /// This place of a page, which is counted from 0.
    pub fn new(page_index: u32, bounding_box: BoundingBox) -> Self {
        Self {
            page_index: page_index.into(),
            bounding_box,
        }
    }
}

/// The place where personal data was found. Fails if the service did not return the place, so that nothing is left unredacted
/// by accident.
impl TryFrom<&PiiBox> for Redaction {
    type Error = Error;

    fn try_from(found: &PiiBox) -> Result<Self> {
        match (found.page_index, found.bounding_box) {
            (Some(page_index), Some(bounding_box)) => Ok(Self {
                page_index,
                bounding_box,
            }),
            _ => Err(Error::invalid(
                "redact: the page or the bounding box of a found item is missing; skip the item or set its box yourself",
            )),
        }
    }
}

fn transform<'a>(document: Input<'a>, method: &str, params: &impl Serialize) -> Result<Submission<'a>> {
    build(Endpoint::Transformations, method, params, [document])
}

/// The same PDF, as small as it gets.
pub fn compress(document: Input<'_>) -> Result<Submission<'_>> {
    transform(document, "compress", &NoParams {})
}

/// The same PDF, made for a purpose.
pub fn optimize(document: Input<'_>, profile: Profile) -> Result<Submission<'_>> {
    #[derive(Serialize)]
    struct Params {
        profile: Profile,
    }
    transform(document, "optimize", &Params { profile })
}

/// A scanned PDF with text that can be searched and copied.
pub fn ocr<'a>(document: Input<'a>, options: &OcrOptions) -> Result<Submission<'a>> {
    transform(document, "ocr", options)
}

/// Several PDFs as one, in their order.
pub fn merge<'a>(documents: impl IntoIterator<Item = Input<'a>>) -> Result<Submission<'a>> {
    build(Endpoint::Transformations, "merge", &NoParams {}, documents)
}

/// One PDF as several: each part a list of pages, counted from 0.
pub fn split<'a>(
    document: Input<'a>,
    parts: impl IntoIterator<Item = impl Into<Vec<u32>>>,
) -> Result<Submission<'a>> {
    let parts: Vec<Vec<u32>> = parts.into_iter().map(Into::into).collect();
    transform(document, "split", &Pages { page_indices: parts })
}

/// The same PDF with pages turned.
pub fn rotate<'a>(
    document: Input<'a>,
    rotations: impl IntoIterator<Item = Rotation>,
) -> Result<Submission<'a>> {
    #[derive(Serialize)]
    struct Params {
        rotations: Vec<Rotation>,
    }
    let rotations = rotations.into_iter().collect();
    transform(document, "rotate", &Params { rotations })
}

/// The same PDF without these pages, counted from 0.
pub fn delete_pages<'a>(document: Input<'a>, pages: impl Into<Vec<u32>>) -> Result<Submission<'a>> {
    let page_indices = pages.into();
    transform(document, "delete-pages", &Pages { page_indices })
}

/// The same PDF with its form fields and annotations made part of the page.
pub fn flatten(document: Input<'_>) -> Result<Submission<'_>> {
    transform(document, "flatten", &NoParams {})
}

/// The same PDF with passwords.
pub fn protect<'a>(document: Input<'a>, protection: &Protection) -> Result<Submission<'a>> {
    transform(document, "protect", protection)
}

/// The same PDF without passwords.
pub fn unprotect<'a>(document: Input<'a>, passwords: &Passwords) -> Result<Submission<'a>> {
    transform(document, "unprotect", passwords)
}

/// The same PDF with places blacked out.
pub fn redact<'a>(
    document: Input<'a>,
    redactions: impl IntoIterator<Item = Redaction>,
) -> Result<Submission<'a>> {
    #[derive(Serialize)]
    struct Params {
        redactions: Vec<Redaction>,
    }
    let redactions = redactions.into_iter().collect();
    transform(document, "redact", &Params { redactions })
}

/// The same PDF with other properties.
pub fn set_properties<'a>(document: Input<'a>, properties: &NewProperties) -> Result<Submission<'a>> {
    transform(document, "set-properties", properties)
}

/// The same PDF with an image on its pages. Its place is given by two corners, `[x0, y0, x1, y1]`, in points.
pub fn watermark<'a>(
    document: Input<'a>,
    image: Input<'a>,
    corners: [f64; 4],
    options: &WatermarkOptions,
) -> Result<Submission<'a>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Params<'o> {
        bounding_box: [f64; 4],
        #[serde(flatten)]
        options: &'o WatermarkOptions,
    }
    let params = Params {
        bounding_box: corners,
        options,
    };
    build(Endpoint::Transformations, "watermark", &params, [document, image])
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pages<T> {
    page_indices: T,
}
