//! Pushes that replace: records that the push does not name are removed.

use tabular::{Form, Words};

use super::kind::PushKind;
use super::row::RowError;
use crate::problem::Problem;

/// The records that a push replaces.
#[derive(Debug, Clone, Default)]
pub struct Replace {
    /// Only those with a value in a field; otherwise all of the source.
    pub scope: Option<Scope>,
    /// Most records that may be removed, when it is more than a tenth.
    pub may_remove: Option<usize>,
}

/// Records with a value in a field.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Name of the field.
    pub field: &'static str,
    /// The field's column.
    pub column: &'static str,
    /// Whether the column has several values.
    pub is_many: bool,
    /// The value.
    pub value: String,
}

impl Scope {
    /// Reads `field:value`.
    ///
    /// # Errors
    /// `VALIDATION` with the names of the fields.
    pub fn read(kind: &PushKind, text: &str) -> Result<Self, Problem> {
        let found = text.split_once(':').and_then(|(name, value)| {
            let field = kind.fields.iter().find(|field| field.field.name == name && !field.column.is_empty())?;
            Some((field, value))
        });
        let (field, value) = found.ok_or_else(|| {
            let names: Vec<&str> =
                kind.fields.iter().filter(|field| !field.column.is_empty()).map(|field| field.field.name).collect();
            let names = names.join(", ");
            Problem::validation("scope", format!("found {text:?}; accepted: FIELD:VALUE with one of {names}"))
                .in_vietnamese(format!("có {text:?}; chấp nhận: TRƯỜNG:GIÁ_TRỊ với một trong {names}"))
        })?;
        if let Form::Choice(choices) = field.field.form
            && !choices.iter().any(|(choice, _)| *choice == value)
        {
            let choices: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
            let (name, choices) = (field.field.name, choices.join(", "));
            return Err(Problem::validation("scope", format!("{value:?} is no value of {name}; accepted: {choices}"))
                .in_vietnamese(format!("{value:?} không phải giá trị của {name}; chấp nhận: {choices}")));
        }
        let is_many = matches!(field.field.form, Form::Texts(_));
        Ok(Self { field: field.field.name, column: field.column, is_many, value: value.to_owned() })
    }
}

impl Replace {
    /// Refuses a scope in which the source never had a record: its value is misspelt, or the first push of it is to come.
    pub fn refuses_scope(&self, ever: usize) -> Option<RowError> {
        let Scope { field, value, .. } = self.scope.as_ref().filter(|_| ever == 0)?;
        Some(RowError::new(
            "scope",
            "UNKNOWN_SCOPE",
            Words::new(
                format!(
                    "no record of the source has {value:?} as {field}; nothing was removed. Accepted: a value that its records have"
                ),
                format!(
                    "không có bản ghi nào của nguồn có {field} là {value:?}; chưa xóa bản ghi nào. Cần: giá trị có trong dữ liệu của nguồn"
                ),
            ),
        ))
    }

    /// Refuses to remove more than a tenth of the records, unless the caller said how many may go.
    pub fn refuses(&self, absent: usize, total: usize) -> Option<RowError> {
        let may_remove = self.may_remove.unwrap_or(total / 10);
        (absent > may_remove).then(|| {
            RowError::new(
                "mode",
                "REPLACE_REFUSED",
                Words::new(
                    format!("the push would remove {absent} of {total} records, more than {may_remove}; nothing was removed. Accepted: the missing rows, or mayRemove={absent}"),
                    format!("lần gửi này sẽ xóa {absent} trên {total} bản ghi, quá {may_remove}; chưa xóa bản ghi nào. Cần: gửi đủ dòng, hoặc mayRemove={absent}"),
                ),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_may_go_and_more_only_when_it_is_said() {
        let plain = Replace::default();
        assert!(plain.refuses(10, 100).is_none());
        assert_eq!(plain.refuses(11, 100).expect("refused").code, "REPLACE_REFUSED");
        assert!(plain.refuses(1, 9).is_some());
        assert!(plain.refuses(0, 0).is_none());
        let told = Replace { may_remove: Some(50), ..Replace::default() };
        assert!(told.refuses(50, 100).is_none());
        assert!(told.refuses(51, 100).is_some());
    }
}
