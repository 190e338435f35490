//! Conversions from one format to another.

use serde::Serialize;

use super::build;
use super::options::{options, service_enum};
use crate::error::Result;
use crate::job::{Endpoint, Input, Submission};

service_enum! {
    /// Office formats that a PDF can be turned into.
    OfficeFormat { Docx = "docx", Xlsx = "xlsx", Pptx = "pptx" }
}

service_enum! {
    /// Image formats that a PDF's pages can be turned into.
    ImageFormat { Png = "png", Jpeg = "jpeg" }
}

service_enum! {
    /// Levels of PDF/A. Those that end in `a` want a tagged PDF.
    Conformance {
        Pdf1b = "1b", Pdf1a = "1a", Pdf2b = "2b", Pdf2u = "2u", Pdf2a = "2a", Pdf3b = "3b", Pdf3u = "3u", Pdf3a = "3a",
    }
}

options! {
    /// How a PDF/A is made.
    PdfAOptions {
        /// From 0.01 to 1, which keeps images as they are; 0.8 by default.
        image_quality = "imageQuality": f64,
        /// Whether author, title, dates and the like are kept, as they are by default.
        copy_metadata = "copyMetadata": bool,
    }
}

#[derive(Serialize)]
struct To<'t, O> {
    to: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conformance: Option<Conformance>,
    #[serde(flatten)]
    options: O,
}

fn convert<'a>(document: Input<'a>, to: &str) -> Result<Submission<'a>> {
    let params = To {
        to,
        conformance: None,
        options: PdfAOptions::new(),
    };
    build(Endpoint::Conversions, "convert", &params, [document])
}

/// An Office document, an image, a text or a web page as a PDF.
pub fn to_pdf(document: Input<'_>) -> Result<Submission<'_>> {
    convert(document, "pdf")
}

/// A PDF as PDF/A, the form that archives keep.
pub fn to_pdfa<'a>(
    document: Input<'a>,
    conformance: Conformance,
    options: &PdfAOptions,
) -> Result<Submission<'a>> {
    let params = To {
        to: "pdfa",
        conformance: Some(conformance),
        options,
    };
    build(Endpoint::Conversions, "convert", &params, [document])
}

/// A PDF as a document of Word, Excel or PowerPoint.
pub fn to_office(document: Input<'_>, format: OfficeFormat) -> Result<Submission<'_>> {
    convert(document, format.as_str())
}

/// The pages of a PDF as images.
pub fn to_image(document: Input<'_>, format: ImageFormat) -> Result<Submission<'_>> {
    convert(document, format.as_str())
}
