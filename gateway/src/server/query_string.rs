//! Reads a GraphQL request from the query string of a GET request.

use serde_json::value::RawValue;

use super::refusal::Refusal;
use crate::{
    GraphQlRequest,
    error::{ErrorCode, GraphQlError},
    request::{persisted_query_hash, require_document, require_object},
};

/// Reads a query string in the format of `URLSearchParams` (GraphQL over HTTP, GET).
///
/// Unknown parameters are ignored. A parameter that is given twice is refused, because a proxy between client and
/// server may have used the other value.
pub(super) fn read(query: &str) -> Result<GraphQlRequest, Refusal> {
    let names = ["query", "documentId", "operationName", "variables", "extensions"];
    let mut values: [Option<String>; 5] = Default::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(position) = decoded(name).and_then(|name| names.iter().position(|known| *known == name)) else {
            continue;
        };
        let name = names[position];
        let value = decoded(value).ok_or_else(|| Refusal::bad_request(format!("`{name}` is not UTF-8")))?;
        if values[position].replace(value).is_some() {
            return Err(unfit(format!("`{name}` is given more than once")));
        }
    }
    // "Setting the value of the {operationName} parameter to the empty string is equivalent to omitting" it. The other
    // parameters are treated in the same way, since an empty text has no meaning for them either.
    let [query, document_id, operation_name, variables, extensions] =
        values.map(|value| value.filter(|text| !text.is_empty()));
    let extensions = object("extensions", extensions)?;
    let persisted_query = persisted_query_hash(extensions.as_deref()).map_err(Refusal::unfit)?;
    require_document(query.as_deref(), document_id.as_deref(), persisted_query.as_deref()).map_err(Refusal::unfit)?;
    Ok(GraphQlRequest {
        query: query.unwrap_or_default(),
        document_id,
        persisted_query,
        operation_name,
        variables: object("variables", variables)?,
        read_only: true,
        ..GraphQlRequest::default()
    })
}

fn object(name: &str, text: Option<String>) -> Result<Option<Box<RawValue>>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let raw =
        RawValue::from_string(text).map_err(|error| Refusal::bad_request(format!("`{name}` is not JSON: {error}")))?;
    require_object(name, Some(&raw)).map_err(Refusal::unfit)?;
    Ok(Some(raw).filter(|raw| raw.get() != "null"))
}

fn unfit(message: String) -> Refusal {
    Refusal::unfit(GraphQlError::new(ErrorCode::BadRequest, message))
}

/// Decodes `application/x-www-form-urlencoded` text; `None` when the bytes are not UTF-8.
fn decoded(text: &str) -> Option<String> {
    if !text.contains(['%', '+']) {
        return Some(text.to_owned());
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match (byte, digit(bytes.get(at)), digit(bytes.get(at + 1))) {
            (b'%', Some(high), Some(low)) => {
                plain.push(u8::try_from(high * 16 + low).ok()?);
                at += 2;
            }
            (b'+', ..) => plain.push(b' '),
            // A percent sign without two hexadecimal digits after it is literal (WHATWG URL, percent-decode).
            _ => plain.push(byte),
        }
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(query: &str) -> String {
        read(query).unwrap_err().error.message
    }

    #[test]
    fn parameters_are_decoded() {
        let request =
            read("query=query+Q%7Ba%2Bb%25%7D&operationName=Q&variables=%7B%22a%22%3A1%7D&extensions=%7B%7D").unwrap();
        assert_eq!(request.query, "query Q{a+b%}");
        assert_eq!(request.operation_name.as_deref(), Some("Q"));
        assert_eq!(request.variables.unwrap().get(), r#"{"a":1}"#);
        assert!(request.read_only);
    }

    #[test]
    fn odd_query_strings_are_read_as_browsers_do() {
        let request = read("&&query=100%+%zz%4&x&=y&unknown=1&unknown=2").unwrap();
        assert_eq!(request.query, "100% %zz%4");
        let request = read("query=%7Ba%7D&operationName=&variables=&extensions=").unwrap();
        assert_eq!((request.operation_name, request.variables.is_none()), (None, true));
        assert!(read("query={a}&variables=null&extensions=null").unwrap().variables.is_none());
        assert_eq!(read("query={a}&operationName=null").unwrap().operation_name.as_deref(), Some("null"));
    }

    #[test]
    fn what_is_missing_doubled_or_of_the_wrong_form_is_named() {
        for nameless in ["", "query=", "qeury={a}", "documentId=", "extensions={}"] {
            let message = "the request has no `query`, and no `documentId` in its place";
            assert_eq!(error(nameless), message, "{nameless}");
        }
        assert_eq!(error("query={a}&query={b}"), "`query` is given more than once");
        assert_eq!(error("query=%ff"), "`query` is not UTF-8");
        assert_eq!(error("query={a}&variables=[1]"), "`variables` must be a JSON object");
        assert_eq!(error("query={a}&extensions=7"), "`extensions` must be a JSON object");
        assert!(error("query={a}&variables={").starts_with("`variables` is not JSON"));
    }
}
