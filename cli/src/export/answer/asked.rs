//! The parameters of an export.

use serde_json::{Map, Value};
use service_kit::Problem;

use super::words::Language;

/// The parameters that an export accepts.
pub const PARAMETERS: &str = "accepted: documentId, format, variables, operationName, part, lang";

/// What a caller asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Id of the trusted document.
    pub document: String,
    /// Name of the operation, when the document has several.
    pub operation: Option<String>,
    /// Variables.
    pub variables: Map<String, Value>,
    /// Format of the file.
    pub format: Format,
    /// Name of the table; `None`: all tables of a workbook, or the only one.
    pub part: Option<String>,
    /// Language of titles and of the sheet that describes the export.
    pub language: Language,
}

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One table.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// The format as written in `format`, and as the extension of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Reads the parameters. One without a value is not given.
///
/// # Errors
/// `VALIDATION`, with the parameter and what is accepted.
pub fn read(parameters: Vec<(String, String)>) -> Result<Asked, Problem> {
    const NAMES: [&str; 6] = ["documentId", "format", "variables", "operationName", "part", "lang"];
    let mut values: [Option<String>; 6] = Default::default();
    for (name, value) in parameters {
        let Some(place) = NAMES.iter().position(|known| *known == name) else {
            return Err(Problem::validation("query", format!("{name:?} is no parameter of an export; {PARAMETERS}")));
        };
        if values[place].replace(value).is_some() {
            return Err(Problem::validation(NAMES[place], format!("{name} is given more than once; accepted: once")));
        }
    }
    let [document, format, variables, operation, part, language] =
        values.map(|value| value.filter(|text| !text.is_empty()));
    let document =
        document.ok_or_else(|| Problem::validation("documentId", format!("documentId is missing; {}", documents())))?;
    let format = match format.as_deref() {
        Some("csv") => Format::Csv,
        Some("xlsx") => Format::Xlsx,
        Some(other) => return Err(Problem::validation("format", format!("format is {other:?}; accepted: csv, xlsx"))),
        None => return Err(Problem::validation("format", "format is missing; accepted: csv, xlsx")),
    };
    let language = match language.as_deref() {
        None | Some("vi") => Language::Vietnamese,
        Some("en") => Language::English,
        Some(other) => return Err(Problem::validation("lang", format!("lang is {other:?}; accepted: vi, en"))),
    };
    Ok(Asked { document, operation, variables: object(variables.as_deref())?, format, part, language })
}

fn object(text: Option<&str>) -> Result<Map<String, Value>, Problem> {
    const ACCEPTED: &str = "accepted: a JSON object, for example {\"year\": \"2026\"}";
    match text.map(serde_json::from_str) {
        None | Some(Ok(Value::Null)) => Ok(Map::new()),
        Some(Ok(Value::Object(object))) => Ok(object),
        Some(Ok(_)) => Err(Problem::validation("variables", format!("variables is no object; {ACCEPTED}"))),
        Some(Err(error)) => {
            Err(Problem::validation("variables", format!("variables is not JSON ({error}); {ACCEPTED}")))
        }
    }
}

/// What is accepted as `documentId`.
pub fn documents() -> String {
    let names = crate::operations::names().join(", ");
    format!("accepted: {names}, or the id of a trusted document of this installation")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Result<Asked, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(pairs).map_err(|problem| format!("{}: {}", problem.path.unwrap_or_default(), problem.message))
    }

    #[test]
    fn parameters_are_read() {
        let read =
            asked(&[("documentId", "wards"), ("format", "xlsx"), ("variables", r#"{"year":"2026"}"#), ("part", "")]);
        let read = read.expect("read");
        assert_eq!((read.format, read.part, read.language), (Format::Xlsx, None, Language::Vietnamese));
        assert_eq!(read.variables["year"], "2026");
    }

    #[test]
    fn an_error_names_the_parameter_and_what_is_accepted() {
        let whole = [("documentId", "wards"), ("format", "csv")];
        for (pairs, expected) in [
            (&[][..], "documentId: documentId is missing; accepted: alerts, "),
            (&whole[..1], "format: format is missing; accepted: csv, xlsx"),
            (&[whole[0], ("format", "pdf")], "format: format is \"pdf\"; accepted: csv, xlsx"),
            (&[whole[0], whole[1], ("lang", "fr")], "lang: lang is \"fr\"; accepted: vi, en"),
            (&[whole[0], whole[1], ("variables", "[1]")], "variables: variables is no object; accepted: a JSON object"),
            (&[whole[0], whole[1], ("variables", "{")], "variables: variables is not JSON ("),
            (
                &[whole[0], whole[1], ("fromat", "csv")],
                "query: \"fromat\" is no parameter of an export; accepted: documentId",
            ),
            (&[whole[0], whole[0]], "documentId: documentId is given more than once; accepted: once"),
        ] {
            let error = asked(pairs).expect_err("refused");
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
