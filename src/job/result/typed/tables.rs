//! Tables that were extracted from a document.

use super::*;

/// A table of the document.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// The table's own identifier.
    pub id: String,
    /// Its pages, counted from 0.
    pub page_indices: Vec<i64>,
    /// Its content.
    pub data: TableData,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// The content of a table.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TableData {
    /// The table's title, if it has one.
    pub title: String,
    /// The cells, row by row.
    pub cells: Vec<Vec<Cell>>,
    /// The notes below it.
    pub footers: Vec<String>,
    /// The confidence of each cell, from 0 to 1.
    pub confidences: Vec<Vec<f64>>,
    /// The confidence of the whole table, from 0 to 1.
    pub average_confidence: Option<f64>,
    /// Row and column of each header cell, counted from 1.
    pub header_cells: Vec<[i64; 2]>,
    /// Row and column of each summary cell, counted from 1.
    pub summary_cells: Vec<[i64; 2]>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// Nothing (`null`).
    Empty,
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl JobResult {
    /// The tables, if that is what the result is.
    pub fn tables(&self) -> Result<Vec<Table>> {
        self.expect_kind(ResultKind::Tables)?;
        self.list("tables", table)
    }
}

fn table(value: Value, path: JsonPath<'_>) -> Result<Table> {
    let mut item = Item::of(value, path)?;
    Ok(Table {
        id: item.take("ID", text)?.unwrap_or_default(),
        page_indices: item.take("pageIndices", list(integer))?.unwrap_or_default(),
        data: item.take("tableData", data)?.unwrap_or_default(),
        extra: item.rest(),
    })
}

fn data(value: Value, path: JsonPath<'_>) -> Result<TableData> {
    let mut item = Item::of(value, path)?;
    Ok(TableData {
        title: item.take("title", text)?.unwrap_or_default(),
        cells: item.take("cells", list(list(cell)))?.unwrap_or_default(),
        footers: item.take("footers", list(text))?.unwrap_or_default(),
        confidences: item.take("confidences", list(list(number)))?.unwrap_or_default(),
        average_confidence: item.take("averageConfidence", number)?,
        header_cells: item
            .take("headerCells", list(tuple(integer)))?
            .unwrap_or_default(),
        summary_cells: item
            .take("summaryCells", list(tuple(integer)))?
            .unwrap_or_default(),
        extra: item.rest(),
    })
}

fn cell(value: Value, path: JsonPath<'_>) -> Result<Cell> {
    match value {
        Value::Null => Ok(Cell::Empty),
        Value::String(text) => Ok(Cell::Text(text)),
        Value::Number(number) => Ok(Cell::Number(number)),
        other => Err(path.wrong("a string or a number", &other)),
    }
}
