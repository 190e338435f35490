//! Checks of a submission: method, parameters, documents. An invalid one gets the error response of the service.

use crate::derive::pages;
use crate::hub::Input;
use crate::journal::Part;
use crate::params;
use crate::problem::Problem;
use crate::scenario::Shape;
use crate::shapes::is_file;
use crate::submit::result_of;
use serde_json::{Map, Value, json};

const PDF: &str = "application/pdf";

/// A submission as received.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) method: Option<String>,
    pub(crate) params: Option<String>,
    pub(crate) delivery: Option<String>,
    pub(crate) inputs: Vec<Input>,
    /// The keys of the uploads that its documents refer to.
    pub(crate) uploads: Vec<String>,
    pub(crate) parts: Vec<Part>,
}

/// The methods of an endpoint.
fn methods(group: &str) -> &'static [&'static str] {
    match group {
        "conversions" => &["convert"],
        "extractions" => &[
            "extract-text",
            "extract-forms",
            "extract-tables",
            "get-properties",
            "extract-invoices",
            "extract-pii-bounding-boxes",
            "extract-text-bounding-boxes",
            "extract-fillable-form-data",
            "smart-detect-form-fields",
            "extract-accessibility-data",
        ],
        "transformations" => &[
            "compress",
            "optimize",
            "ocr",
            "merge",
            "split",
            "rotate",
            "delete-pages",
            "flatten",
            "protect",
            "unprotect",
            "redact",
            "set-properties",
            "watermark",
        ],
        _ => &["fill-forms", "create-fillable-forms"],
    }
}

/// Checks the types, the number and the pages of the documents.
fn documents(
    inputs: &[Input],
    group: &str,
    method: &str,
    path: &str,
    max_pages: usize,
) -> Result<(), Problem> {
    if matches!(method, "merge" | "watermark") && inputs.len() < 2 {
        return Err(Problem::new(400, path).detail("At least two files are required"));
    }
    for input in inputs {
        let essence = input.content_type.split(';').next().unwrap_or_default().trim();
        if !accepted_type(group, method, essence) {
            return Err(Problem::new(415, path));
        }
        let is_pdf = essence == PDF;
        if is_pdf && !input.bytes.windows(5).take(1024).any(|five| five == b"%PDF-") {
            return Err(Problem::new(400, path).kind("PDFIsNotValid"));
        }
        let count = if is_pdf { pages(&input.bytes) } else { 1 };
        if count > max_pages {
            let problem = Problem::new(400, path).kind("PageLimitReached");
            return Err(problem
                .extension("page_count", count)
                .extension("page_limit", max_pages));
        }
    }
    Ok(())
}

/// Whether an endpoint accepts documents of this type.
fn accepted_type(group: &str, method: &str, essence: &str) -> bool {
    let image = essence.starts_with("image/");
    let data = [
        "application/json",
        "text/csv",
        "application/vnd.fdf",
        "application/vnd.adobe.xfdf",
    ];
    match group {
        _ if essence == PDF => true,
        "conversions" => {
            image
                || [
                    "text/",
                    "application/vnd.openxmlformats-officedocument.",
                    "application/vnd.ms-",
                    "application/msword",
                    "application/rtf",
                    "application/postscript",
                    "application/xml",
                    "application/json",
                ]
                .iter()
                .any(|known| essence.starts_with(known))
        }
        "transformations" => method == "watermark" && image,
        "generations" => data.contains(&essence),
        _ => false,
    }
}

/// The result's shape and file type, if the form is valid.
pub(crate) fn check(
    form: &Form,
    group: &str,
    path: &str,
    max_pages: usize,
) -> Result<(Shape, &'static str), Problem> {
    let allowed = methods(group);
    // The conversions endpoint has one method and works without its name.
    let method = match form.method.as_deref() {
        None if group == "conversions" => "convert",
        method => method.unwrap_or_default(),
    };
    if !allowed.contains(&method) {
        let problem = Problem::new(422, path).kind("InvalidPlatformMethodError");
        return Err(problem
            .extension("method", method)
            .extension("allowed_methods", allowed)
            .extension("group", group));
    }
    let text = form.params.as_deref().unwrap_or("{}");
    let Ok(params) = serde_json::from_str::<Map<String, Value>>(text) else {
        let error =
            json!([{"field": "params", "error": "Input should be a valid JSON object", "input": text}]);
        return Err(Problem::new(422, path)
            .kind("InvalidParamsError")
            .extension("errors", error));
    };
    if form.inputs.is_empty() {
        return Err(Problem::new(400, path).detail("A file is required"));
    }
    documents(&form.inputs, group, method, path, max_pages)?;
    if let Some(wrong) = params::wrong(method, &params) {
        return Err(Problem::new(422, path)
            .kind("InvalidParamsError")
            .extension("errors", json!([wrong])));
    }
    let object = |text: &str| serde_json::from_str::<Map<String, Value>>(text).is_ok();
    if form.delivery.as_deref().is_some_and(|text| !object(text)) {
        let error = json!([{"field": "delivery", "error": "Input should be a valid JSON object"}]);
        return Err(Problem::new(422, path)
            .kind("InvalidDeliveryError")
            .extension("errors", error));
    }
    let is_pdf = form.inputs[0].content_type == PDF;
    if method == "convert" && is_pdf && params.get("to").is_some_and(|to| to == "pdf") {
        let problem = Problem::new(422, path).kind("ConversionNotNeededError");
        return Err(problem.extension("mime_type", PDF));
    }
    let (shape, content_type) = result_of(method, &params);
    let delivered = form.delivery.is_some() && is_file(&shape);
    Ok((if delivered { Shape::Delivered } else { shape }, content_type))
}
