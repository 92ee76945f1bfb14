//! Import: a line of SDMX-CSV 2.0 as a row of the kind `observations`.
//!
//! What a line does not state is not changed (`I`, `A`), or is cleared (`R`); `NaN` says that there is no value. `D` hides the
//! observation. The id of a line is its `OBS_ID`, or made of its key.

use serde_json::{Map, Value};
use service_kit::push::Layout;
use service_kit::push::kind::{DELETED, EXTERNAL_ID, OBSERVED_AT};
use service_kit::push::layout::Sender;
use tabular::Row;

use super::CSV;
use super::component::FIELDS;
use super::key::Key;
use super::number::{Number, number};
use super::read::Cells;
use super::status;
use crate::model::{ObservationFlag, ObservationStatus};

/// The layout of the kind `observations`.
pub static LAYOUT: Layout = Layout {
    media_type: CSV,
    versions: &["2.0.0", "2.0"],
    columns: &FIELDS,
    fields: &[
        (EXTERNAL_ID, "OBS_ID"),
        (OBSERVED_AT, "PUBLISHED_ON"),
        ("indicator", "INDICATOR"),
        ("area", "REF_AREA"),
        ("organization", "ORGANIZATION"),
        ("period", "TIME_PERIOD"),
        ("revision", "REVISION"),
        ("value", "OBS_VALUE"),
        ("numerator", "NUMERATOR"),
        ("denominator", "DENOMINATOR"),
        ("flags", "OBS_STATUS"),
        ("status", "PUBLICATION_STATUS"),
    ],
    row,
};

/// Cells that a line which deletes must not have: with them it would delete a part of the observation.
const CONTENT: [&str; 7] =
    ["OBS_VALUE", "OBS_STATUS", "NUMERATOR", "DENOMINATOR", "UNIT_MEASURE", "PUBLISHED_ON", "PUBLICATION_STATUS"];

/// What is to be done with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// What it states is changed.
    Merge,
    /// What it does not state is cleared.
    Replace,
    /// The observation is hidden.
    Delete,
}

/// Makes the row.
fn row(row: Row, sender: &Sender<'_>) -> Row {
    let Row { number, line, values, faults, raw } = row;
    let mut cells = Cells::new(values, faults);
    cells.check_structure();
    let action = action(&mut cells);
    let key = Key::read(&mut cells);
    let mut values = Map::new();
    values.insert(EXTERNAL_ID.to_owned(), key.external_id(&cells, sender).into());
    if action == Action::Delete {
        values.insert(DELETED.to_owned(), true.into());
        for column in CONTENT.into_iter().filter(|column| cells.text(column).is_some()).collect::<Vec<_>>() {
            cells.refuse(
                column,
                "accepted: an empty cell, because D deletes the whole observation; R or NaN clears a single value",
                "phải để trống, vì D xóa cả số liệu; để xóa một giá trị hãy dùng R hoặc NaN",
            );
        }
    } else {
        content(&mut cells, action, &mut values);
        key.state(&cells, &mut values);
        if let Some(at) = cells.time("PUBLISHED_ON", sender.city) {
            values.insert(OBSERVED_AT.to_owned(), at.into());
        }
    }
    Row { number, line, values, faults: cells.faults, raw }
}

fn action(cells: &mut Cells) -> Action {
    match cells.text("ACTION") {
        // Without the column information is meant, which is appended.
        None | Some("I" | "A" | "M") => Action::Merge,
        Some("R") => Action::Replace,
        Some("D") => Action::Delete,
        Some(_) => {
            cells.refuse(
                "ACTION",
                "accepted: I or A (add and change), R (replace), D (delete)",
                "chấp nhận: I hoặc A (thêm, sửa), R (thay thế), D (xóa)",
            );
            Action::Merge
        }
    }
}

/// Value, parts, flags and state.
fn content(cells: &mut Cells, action: Action, values: &mut Map<String, Value>) {
    let is_whole = action == Action::Replace;
    let stated = flags(cells);
    // A confidential value is not in a table, though there is one.
    let is_hidden = stated.as_ref().is_some_and(|flags| flags.contains(&ObservationFlag::Suppressed));
    let is_missing = cells.text("OBS_VALUE") == Some("NaN") && !is_hidden;
    let mut has_value = false;
    for (column, field) in [("OBS_VALUE", "value"), ("NUMERATOR", "numerator"), ("DENOMINATOR", "denominator")] {
        let read = cells.read(
            column,
            number,
            "accepted: a number such as 1234.56 with at most 15 digits before the point and 28 in all, or NaN if there is none",
            "chấp nhận: số như 1234.56, tối đa 15 chữ số trước dấu chấm và 28 chữ số tất cả, hoặc NaN nếu không có",
        );
        match read {
            Some(Number::Value(number)) => {
                has_value |= field != "denominator";
                values.insert(field.to_owned(), number.into());
            }
            Some(Number::Missing) => {
                values.insert(field.to_owned(), Value::Null);
            }
            // A rate without a value has no parts either.
            None if is_whole || is_missing && cells.text(column).is_none() => {
                values.insert(field.to_owned(), Value::Null);
            }
            None => {}
        }
    }
    if is_missing && has_value {
        cells.refuse(
            "NUMERATOR",
            "OBS_VALUE is NaN, which says that there is none; accepted: an empty cell or NaN beside it, or no NaN",
            "OBS_VALUE ghi NaN là không có giá trị; chấp nhận: bỏ trống hoặc NaN, hoặc bỏ NaN ở OBS_VALUE",
        );
    }
    let flags = match stated {
        None if is_missing => Some(vec![ObservationFlag::Missing]),
        None if is_whole => Some(vec![ObservationFlag::Normal]),
        stated => stated,
    };
    if let Some(flags) = flags {
        values.insert("flags".to_owned(), flags.iter().map(|flag| flag.as_str()).collect());
    }
    if is_whole && cells.whole("REVISION").is_none() {
        values.insert("revision".to_owned(), 1.into());
    }
    let state = cells.read(
        "PUBLICATION_STATUS",
        |text| ObservationStatus::ALL.iter().copied().find(|state| state.as_str() == text),
        "accepted: DRAFT, SUBMITTED, VERIFIED, PUBLISHED, WITHDRAWN",
        "chấp nhận: DRAFT, SUBMITTED, VERIFIED, PUBLISHED, WITHDRAWN",
    );
    values.insert("status".to_owned(), state.unwrap_or(ObservationStatus::Published).as_str().into());
}

/// The flags of a line; `None` where it states none, or what is none.
fn flags(cells: &mut Cells) -> Option<Vec<ObservationFlag>> {
    match status::flags(cells.text("OBS_STATUS")?).map_err(str::to_owned) {
        Ok(flags) => Some(flags),
        Err(found) => {
            let codes: Vec<&str> = ObservationFlag::ALL.iter().map(|flag| status::code(*flag)).collect();
            let codes = codes.join(", ");
            cells.refuse(
                "OBS_STATUS",
                &format!("{found:?} is no status; accepted: {codes}, several with ; between them"),
                &format!("{found:?} không có trong danh mục; chấp nhận: {codes}, nhiều mã cách nhau bằng ;"),
            );
            None
        }
    }
}
