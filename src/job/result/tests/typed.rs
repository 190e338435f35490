use super::*;

#[test]
fn tables_are_typed() {
    let tables = result(data!("result-tables")).tables().unwrap();
    let [table] = &tables[..] else { panic!() };
    assert_eq!((table.id.as_str(), &table.page_indices[..]), ("t1", &[0, 1][..]));
    let data = &table.data;
    let cells: Vec<Vec<String>> = data
        .cells
        .iter()
        .map(|row| row.iter().map(Cell::to_string).collect())
        .collect();
    assert_eq!(cells, [["Year", "Total"], ["2024", "1234.5"], ["2025", "n/a"]]);
    assert!(matches!(data.cells[1][0], Cell::Number(_)) && matches!(data.cells[2][0], Cell::Text(_)));
    assert_eq!(
        (data.title.as_str(), &data.footers[..]),
        ("Sales", &["estimated".to_owned()][..])
    );
    assert_eq!(
        (data.confidences[2][0], data.average_confidence),
        (1.0, Some(0.9))
    );
    assert_eq!(
        (&data.header_cells[..], &data.summary_cells[..]),
        (&[[1, 1], [1, 2]][..], &[[3, 2]][..])
    );
}

#[test]
fn text_boxes_are_typed_in_both_forms() {
    let boxes = result(data!("result-textboxes-seed")).text_boxes().unwrap();
    let [TextBox::Single(first), TextBox::Single(second)] = &boxes[..] else {
        panic!()
    };
    assert_eq!(
        (first.id.as_str(), first.text.as_str()),
        ("b1", "Scope of Services")
    );
    assert_eq!(
        (first.text_piece.as_deref(), second.text_piece.as_deref()),
        (None, Some("a"))
    );
    assert_eq!((first.page_index, second.page_index), (Some(0), Some(3)));
    assert_eq!(second.bounding_box, Some([-0.5, 100.0, 100.0, 20.25]));

    let boxes = result(data!("result-textboxes-query")).text_boxes().unwrap();
    let [TextBox::Query(found), TextBox::Query(nothing)] = &boxes[..] else {
        panic!()
    };
    assert!(found.query.is_regex && !nothing.query.is_regex && nothing.matches.is_empty());
    assert_eq!(found.query.regex_flags, ["ignore-case"]);
    let matched = &found.matches[0];
    assert_eq!(matched.matched_text, "Scope of Services");
    assert_eq!(matched.boxes[0].text_piece, "Scope of Services");
    assert_eq!(
        (matched.groups[0].index, matched.groups[0].text.as_str()),
        (Some(1), "CallContext")
    );
    assert_eq!(
        matched.groups[0].boxes[0].bounding_box,
        Some([200.0, 100.0, 30.0, 20.0])
    );
}

#[test]
fn personal_data_properties_and_forms_are_typed() {
    let boxes = result(data!("result-pii")).pii_boxes().unwrap();
    assert_eq!(boxes.len(), 2);
    assert_eq!(
        (boxes[1].pii_type.as_str(), boxes[1].confidence),
        ("ADDRESS", Some(0.9))
    );
    assert_eq!(boxes[1].text_piece.as_deref(), Some("Street name"));
    assert_eq!(boxes[0].bounding_box, Some([200.0, 100.0, 100.0, 20.0]));

    let properties = result(data!("result-properties")).properties().unwrap();
    assert_eq!(
        (properties.title.as_deref(), properties.subject.as_deref()),
        (Some("Report"), Some(""))
    );
    assert_eq!(
        properties.creation_date.as_deref(),
        Some("D:20240102030405+01'00'")
    );

    let form = result(data!("result-form"));
    assert_eq!(form.average_confidence().unwrap(), Some(96.5));
    let fields = form.form_fields().unwrap();
    assert_eq!(
        (fields[0].name.as_str(), fields[0].value.as_str()),
        ("Invoice", "42")
    );
    assert_eq!((fields[0].confidence, fields[0].page_index), (Some(97.65), None));

    let fields = result(data!("sync-fillable-fields")).form_fields().unwrap();
    assert_eq!(
        fields[2].choices.as_deref(),
        Some(&["App1", "App2", "App3"].map(str::to_owned)[..])
    );
    assert_eq!(
        (fields[0].choices.as_ref(), fields[1].field_type.as_deref()),
        (None, Some("CheckBox"))
    );
    let fields = result(data!("sync-detected-fields")).form_fields().unwrap();
    assert_eq!(fields[1].bounding_box, Some([72.0, 620.0, 14.0, 14.0]));
}

#[test]
fn unknown_fields_are_kept() {
    let json =
        json!({"result": {"PIIBoxes": [{"PIIType": "SHOE_SIZE", "new": {"a": [1, null]}, "x\u{0}": 1.5}]}});
    let boxes = result(&json.to_string()).pii_boxes().unwrap();
    assert_eq!(boxes[0].pii_type.to_string(), "SHOE_SIZE");
    assert_eq!(
        Value::Object(boxes[0].extra.clone()),
        json!({"new": {"a": [1, null]}, "x\u{0}": 1.5})
    );
    let json = json!({"textBoxes": [{"query": {"more": 1}, "matches": [{"more": 2, "boxes": [{"more": 3}]}], "more": 4}]});
    let boxes = result(&json.to_string()).text_boxes().unwrap();
    let TextBox::Query(found) = &boxes[0] else {
        panic!()
    };
    assert_eq!(
        (&found.query.extra["more"], &found.extra["more"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(
        (
            &found.matches[0].extra["more"],
            &found.matches[0].boxes[0].extra["more"]
        ),
        (&json!(2), &json!(3))
    );
    let json = json!({"tables": [{"more": 1, "tableData": {"more": 2, "cells": [[null]]}}]});
    let tables = result(&json.to_string()).tables().unwrap();
    assert_eq!(
        (&tables[0].extra["more"], &tables[0].data.extra["more"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(tables[0].data.cells, [[Cell::Empty]]);
    // Half a surrogate pair spoils neither the list nor the rest of the item.
    let fields = result(r#"{"formFields":[{"name":"a\ud800","value":"b\u0000"}]}"#)
        .form_fields()
        .unwrap();
    assert_eq!(
        (fields[0].name.as_str(), fields[0].value.as_str()),
        ("a\u{fffd}", "b\0")
    );
}

/// Result, and the place of it that is named as wrong.
const WRONG: &[(&str, &str)] = &[
    (r#"{"tables":5}"#, "tables "),
    (r#"{"tables":{"0":1}}"#, "tables "),
    (r#"{"tables":[{},5]}"#, "tables[1] "),
    (r#"{"tables":[{"ID":5}]}"#, "tables[0].ID "),
    (
        r#"{"tables":[{"pageIndices":[0,"1"]}]}"#,
        "tables[0].pageIndices[1] ",
    ),
    (
        r#"{"tables":[{"pageIndices":[0.5]}]}"#,
        "tables[0].pageIndices[0] ",
    ),
    (
        r#"{"tables":[{"tableData":{"cells":[["a",{}]]}}]}"#,
        "tables[0].tableData.cells[0][1] ",
    ),
    (
        r#"{"tables":[{"tableData":{"cells":["a"]}}]}"#,
        "tables[0].tableData.cells[0] ",
    ),
    (
        r#"{"tables":[{"tableData":{"headerCells":[[1,2],[1]]}}]}"#,
        "tables[0].tableData.headerCells[1] ",
    ),
    (
        r#"{"textBoxes":[{"boundingBox":[1,2,3]}]}"#,
        "textBoxes[0].boundingBox ",
    ),
    (r#"{"textBoxes":[{"query":"x"}]}"#, "textBoxes[0].query "),
    (
        r#"{"textBoxes":[{"query":{"isRegex":"yes"}}]}"#,
        "textBoxes[0].query.isRegex ",
    ),
    (
        r#"{"textBoxes":[{"matches":[{"groups":[{"boxes":[7]}]}]}]}"#,
        "textBoxes[0].matches[0].groups[0].boxes[0] ",
    ),
    (
        r#"{"PIIBoxes":[{"confidence":"high"}]}"#,
        "PIIBoxes[0].confidence ",
    ),
    (
        r#"{"PIIBoxes":[{"confidence":1e999}]}"#,
        "PIIBoxes[0].confidence ",
    ),
    (r#"{"fields":[{"value":[]}]}"#, "fields[0].value "),
    (
        r#"{"formFields":[{"choices":["a",1]}]}"#,
        "formFields[0].choices[1] ",
    ),
    (r#"{"author":5}"#, "result.author "),
];

#[test]
fn a_wrong_type_is_reported_with_its_path_and_the_json_stays() {
    for (inner, place) in WRONG {
        let json = format!(r#"{{"status":"completed","result":{inner}}}"#);
        let result = result(&json);
        let error = match result.kind() {
            ResultKind::Tables => result.tables().map(drop),
            ResultKind::TextBoxes => result.text_boxes().map(drop),
            ResultKind::PiiBoxes => result.pii_boxes().map(drop),
            ResultKind::Properties => result.properties().map(drop),
            _ => result.form_fields().map(drop),
        }
        .expect_err(inner);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{inner}");
        assert!(error.message().starts_with(place), "{inner}: {error}");
        assert_eq!((result.json(), result.result_json()), (json.as_str(), *inner));
    }
    let average = result(r#"{"fields":[],"averageConfidence":"x"}"#)
        .average_confidence()
        .unwrap_err();
    assert!(average.message().starts_with("averageConfidence "), "{average}");
}

#[test]
fn missing_lists_are_empty_and_other_views_are_rejected() {
    assert!(
        result(r#"{"result":{"tables":null}}"#)
            .tables()
            .unwrap()
            .is_empty()
    );
    let file = result(data!("result-file"));
    for error in [
        file.tables().unwrap_err(),
        file.text_boxes().unwrap_err(),
        file.pii_boxes().unwrap_err(),
        file.properties().unwrap_err(),
        file.form_fields().unwrap_err(),
        file.average_confidence().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::UnexpectedResult);
        assert!(error.message().contains("is a file, not "), "{error}");
    }
}
