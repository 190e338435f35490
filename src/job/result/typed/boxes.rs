//! Locations on pages: of texts that were searched for, and of personal data.

use super::*;

/// An item of the list of text boxes, in either form that the service is known to send.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TextBox {
    /// The older form: one location of a text.
    Single(SingleTextBox),
    /// The newer form: one query with all that matches it.
    Query(TextBoxQuery),
}

/// A location where a text was found.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SingleTextBox {
    /// Identifies the text box.
    pub id: String,
    /// The text that was found.
    pub text: String,
    /// The part of it at this location.
    pub text_piece: Option<String>,
    /// The page, counted from 0.
    pub page_index: Option<i64>,
    /// The location on the page.
    pub bounding_box: Option<BoundingBox>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// A query and all that matches it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TextBoxQuery {
    /// What was searched for.
    pub query: TextQuery,
    /// What was found; empty if nothing was.
    pub matches: Vec<TextBoxMatch>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// What was searched for.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TextQuery {
    /// The text or the regular expression.
    pub text: String,
    /// Whether it is a regular expression.
    pub is_regex: bool,
    /// The regular expression's flags.
    pub regex_flags: Vec<String>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// Something that matches a query.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TextBoxMatch {
    /// The whole of the text that matches.
    pub matched_text: String,
    /// Its locations, line by line.
    pub boxes: Vec<TextBoxPiece>,
    /// The capture groups of a regular expression.
    pub groups: Vec<TextBoxGroup>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// A capture group of a match.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TextBoxGroup {
    /// The number of the group, counted from 1.
    pub index: Option<i64>,
    /// The text that it captured.
    pub text: String,
    /// Its locations, line by line.
    pub boxes: Vec<TextBoxPiece>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// SingleField line of a match.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TextBoxPiece {
    /// The page, counted from 0.
    pub page_index: Option<i64>,
    /// The location on the page.
    pub bounding_box: Option<BoundingBox>,
    /// The text of this line.
    pub text_piece: String,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// A location of personal data.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PiiBox {
    /// Identifies a group: the boxes of one finding share it.
    pub id: String,
    /// The whole text that contains the data.
    pub text: String,
    /// The part of it at this location.
    pub text_piece: Option<String>,
    /// The page, counted from 0.
    pub page_index: Option<i64>,
    /// The location on the page.
    pub bounding_box: Option<BoundingBox>,
    /// What kind of data it is.
    pub pii_type: PiiType,
    /// The confidence, from 0 to 1.
    pub confidence: Option<f64>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// A kind of personal data, by the service's name, such as `EMAIL` or `BANK_ACCOUNT_NUMBER`. The list grows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PiiType(String);

impl PiiType {
    /// The service's name of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PiiType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JobResult {
    /// The text boxes, if that is what the result is.
    pub fn text_boxes(&self) -> Result<Vec<TextBox>> {
        self.expect_kind(ResultKind::TextBoxes)?;
        self.list("textBoxes", |value, path| {
            let item = Item::of(value, path)?;
            if item.has("query") || item.has("matches") {
                query_result(item).map(TextBox::Query)
            } else {
                single(item).map(TextBox::Single)
            }
        })
    }

    /// The boxes of personal data, if that is what the result is.
    pub fn pii_boxes(&self) -> Result<Vec<PiiBox>> {
        self.expect_kind(ResultKind::PiiBoxes)?;
        self.list("PIIBoxes", pii)
    }
}

fn single(mut item: Item<'_>) -> Result<SingleTextBox> {
    Ok(SingleTextBox {
        id: item.take("ID", text)?.unwrap_or_default(),
        text: item.take("text", text)?.unwrap_or_default(),
        text_piece: item.take("textPiece", text)?,
        page_index: item.take("pageIndex", integer)?,
        bounding_box: item.take("boundingBox", bounding_box)?,
        extra: item.rest(),
    })
}

fn query_result(mut item: Item<'_>) -> Result<TextBoxQuery> {
    Ok(TextBoxQuery {
        query: item.take("query", query)?.unwrap_or_default(),
        matches: item.take("matches", list(matched))?.unwrap_or_default(),
        extra: item.rest(),
    })
}

fn query(value: Value, path: JsonPath<'_>) -> Result<TextQuery> {
    let mut item = Item::of(value, path)?;
    Ok(TextQuery {
        text: item.take("text", text)?.unwrap_or_default(),
        is_regex: item.take("isRegex", flag)?.unwrap_or_default(),
        regex_flags: item.take("regexFlags", list(text))?.unwrap_or_default(),
        extra: item.rest(),
    })
}

fn matched(value: Value, path: JsonPath<'_>) -> Result<TextBoxMatch> {
    let mut item = Item::of(value, path)?;
    Ok(TextBoxMatch {
        matched_text: item.take("matchedText", text)?.unwrap_or_default(),
        boxes: item.take("boxes", list(piece))?.unwrap_or_default(),
        groups: item.take("groups", list(group))?.unwrap_or_default(),
        extra: item.rest(),
    })
}

fn group(value: Value, path: JsonPath<'_>) -> Result<TextBoxGroup> {
    let mut item = Item::of(value, path)?;
    Ok(TextBoxGroup {
        index: item.take("index", integer)?,
        text: item.take("text", text)?.unwrap_or_default(),
        boxes: item.take("boxes", list(piece))?.unwrap_or_default(),
        extra: item.rest(),
    })
}

fn piece(value: Value, path: JsonPath<'_>) -> Result<TextBoxPiece> {
    let mut item = Item::of(value, path)?;
    Ok(TextBoxPiece {
        page_index: item.take("pageIndex", integer)?,
        bounding_box: item.take("boundingBox", bounding_box)?,
        text_piece: item.take("textPiece", text)?.unwrap_or_default(),
        extra: item.rest(),
    })
}

fn pii(value: Value, path: JsonPath<'_>) -> Result<PiiBox> {
    let mut item = Item::of(value, path)?;
    Ok(PiiBox {
        id: item.take("ID", text)?.unwrap_or_default(),
        text: item.take("text", text)?.unwrap_or_default(),
        text_piece: item.take("textPiece", text)?,
        page_index: item.take("pageIndex", integer)?,
        bounding_box: item.take("boundingBox", bounding_box)?,
        pii_type: PiiType(item.take("PIIType", text)?.unwrap_or_default()),
        confidence: item.take("confidence", number)?,
        extra: item.rest(),
    })
}
