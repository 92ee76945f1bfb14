//! Header of a table: which column belongs to which field.

use crate::excerpt::{excerpt, names};
use crate::fault::{FileFault, code};
use crate::field::{Field, Words};
use crate::fold::{fold, nearest};
use crate::limits::Limits;
use crate::reading::Required;
use std::collections::HashMap;
use std::sync::Arc;

/// Header of the column of reasons in a file of failed rows.
pub(crate) const REASONS: &str = "Lỗi / Errors";

/// Column of a table.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) header: Arc<str>,
    /// Index of the field; nothing for an ignored column.
    pub(crate) field: Option<usize>,
}

/// Fields by the folded texts of their headers.
pub(crate) struct Headers<'a> {
    fields: &'a [Field],
    by_text: HashMap<String, usize>,
}

impl<'a> Headers<'a> {
    pub(crate) fn new(fields: &'a [Field]) -> Self {
        let mut by_text = HashMap::new();
        let spellings: [fn(&Field) -> &str; 3] = [|field| field.name, |field| field.header, |field| field.title];
        for spelling in spellings {
            for (index, field) in fields.iter().enumerate() {
                by_text.entry(fold(spelling(field))).or_insert(index);
            }
        }
        by_text.remove("");
        Self { fields, by_text }
    }

    /// The field of a header.
    pub(crate) fn field(&self, text: &str) -> Option<usize> {
        self.by_text.get(&fold(text)).copied()
    }

    /// The columns of a header row, and a note on those that are ignored.
    pub(crate) fn columns(
        &self,
        cells: &[String],
        required: Required,
        limits: &Limits,
    ) -> Result<(Vec<Column>, Option<Words>), FileFault> {
        let stated = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        if stated > limits.columns {
            return Err(FileFault::new(
                code::TOO_MANY_COLUMNS,
                format!("found {stated} columns; accepted: at most {}; remove columns", limits.columns),
                format!("có {stated} cột; chấp nhận: tối đa {}; hãy bỏ bớt cột", limits.columns),
            ));
        }
        let mut columns: Vec<Column> = Vec::new();
        let mut unknown: Vec<String> = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            let field = self.field(cell);
            if let Some(first) = field.and_then(|_| columns.iter().position(|column| column.field == field)) {
                return Err(duplicate(first, &cells[first], place, cell));
            }
            if field.is_none() && !is_silent(cell) {
                unknown.push(cell.trim().to_owned());
            }
            columns.push(Column { header: cell.trim().into(), field });
        }
        self.check_required(&columns, &unknown, required)?;
        let note = (!unknown.is_empty()).then(|| {
            let list = names(&unknown);
            let meant = self.meant(&unknown, &columns);
            Words::new(format!("ignored columns: {list}{}", meant.en), format!("các cột bị bỏ qua: {list}{}", meant.vi))
        });
        Ok((columns, note))
    }

    /// Fields without a column whose headers look like those that no field has.
    fn meant(&self, unknown: &[String], columns: &[Column]) -> Words {
        let open = self.fields.iter().enumerate();
        let open = open.filter(|(index, _)| !columns.iter().any(|column| column.field == Some(*index)));
        let open: Vec<&Field> = open.map(|(_, field)| field).collect();
        let spellings = || open.iter().flat_map(|field| [field.name, field.header, field.title]);
        let slips = unknown.iter().filter_map(|text| Some((text, nearest(text, spellings())?)));
        did_you_mean(&slips.map(|(text, near)| slip(text, near)).collect::<Vec<_>>())
    }

    fn check_required(&self, columns: &[Column], unknown: &[String], required: Required) -> Result<(), FileFault> {
        let has = |index: usize| columns.iter().any(|column| column.field == Some(index));
        let mut missing = Vec::new();
        let mut slips = Vec::new();
        let absent = self.fields.iter().enumerate().filter(|(index, field)| field.required && !has(*index));
        for (_, field) in absent {
            let spellings = [field.name, field.header, field.title];
            let slip = unknown.iter().find(|text| nearest(text, spellings.into_iter()).is_some());
            if let Some(slip) = slip {
                slips.push(self::slip(slip, field.header));
            }
            if slip.is_some() || required == Required::EveryRow {
                missing.push(format!("{} / {}", field.header, field.name));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let (list, found) = (names(&missing), names(unknown));
        let unknown_words = if unknown.is_empty() {
            Words::new("", "")
        } else {
            Words::new(format!("; found unknown columns {found}"), format!("; có các cột lạ {found}"))
        };
        let slips = did_you_mean(&slips);
        Err(FileFault::new(
            code::MISSING_COLUMN,
            format!("found no column {list}, which is required{}{}", unknown_words.en, slips.en),
            format!("thiếu cột bắt buộc {list}{}{}", unknown_words.vi, slips.vi),
        ))
    }
}

fn slip(found: &str, meant: &str) -> String {
    format!("“{}” → “{meant}”", excerpt(found))
}

fn did_you_mean(slips: &[String]) -> Words {
    if slips.is_empty() {
        return Words::new("", "");
    }
    let slips = slips.join(", ");
    Words::new(format!("; did you mean {slips}?"), format!("; có phải {slips}?"))
}

/// Whether a column is ignored without a note: no header, a remark of the sender (`#`), or reasons of an earlier attempt.
pub(crate) fn is_silent(header: &str) -> bool {
    header.trim().is_empty() || header.trim_start().starts_with('#') || is_reasons(header)
}

/// Whether a column has the reasons of an earlier attempt.
pub(crate) fn is_reasons(header: &str) -> bool {
    fold(header) == fold(REASONS)
}

fn duplicate(first: usize, first_text: &str, second: usize, second_text: &str) -> FileFault {
    let (first, second) = (column_name(first), column_name(second));
    let (first_text, second_text) = (excerpt(first_text.trim()), excerpt(second_text.trim()));
    FileFault::new(
        code::DUPLICATE_COLUMN,
        format!("found two columns for one field: {first} “{first_text}” and {second} “{second_text}”; remove one"),
        format!("có hai cột cho một trường: {first} “{first_text}” và {second} “{second_text}”; hãy bỏ một cột"),
    )
}

/// Name of a column in a spreadsheet: `A`, `Z`, `AA`.
pub(crate) fn column_name(index: usize) -> String {
    let mut rest = index + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::column_name;

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        assert_eq!([0, 25, 26, 701, 702].map(column_name), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
