//! The body of a push: what it is declared to be.

use axum::body::Body;
use futures::StreamExt;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use tabular::{Compression, Format, Required};

use super::query::not_accepted;
use crate::problem::Problem;
use crate::push::intake::Intake;
use crate::push::{Layout, PushKind};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Most bytes of a refused body that are read before the answer, so that a client that sends first hears of it.
const DRAINED_BYTES: usize = 256 << 20;

/// How to read a body, by its headers.
///
/// # Errors
/// `VALIDATION` when the type or the encoding is not accepted.
pub fn reading(
    headers: &HeaderMap,
    intake: &Intake,
    kind: &PushKind,
    charset: Option<&str>,
) -> Result<(&'static str, Option<&'static Layout>, tabular::Reading), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let declared = text(CONTENT_TYPE).to_ascii_lowercase();
    let (media_type, parameters) = declared.split_once(';').unwrap_or((&declared, ""));
    let layout = kind.layouts.iter().copied().find(|layout| layout.media_type == media_type.trim());
    if let Some(layout) = layout
        && let Some(version) = parameter(parameters, "version=")
        && !layout.versions.contains(&version)
    {
        let message = format!("version {version:?} of {}; accepted: {}", layout.media_type, layout.versions.join(", "));
        let vietnamese =
            format!("phiên bản {version:?} của {}; chấp nhận: {}", layout.media_type, layout.versions.join(", "));
        return Err(Problem::validation("Content-Type", message).in_vietnamese(vietnamese));
    }
    let (name, format) = match media_type.trim() {
        _ if layout.is_some() => ("CSV", Format::Csv),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => ("NDJSON", Format::Ndjson),
        "text/csv" => ("CSV", Format::Csv),
        XLSX => ("XLSX", Format::Xlsx),
        other => {
            let mut accepted = vec!["application/x-ndjson", "text/csv", XLSX];
            accepted.extend(kind.layouts.iter().map(|layout| layout.media_type));
            return Err(not_accepted("Content-Type", other, &accepted.join(", ")));
        }
    };
    let compression = match (text(CONTENT_ENCODING).to_ascii_lowercase().as_str(), format) {
        ("" | "identity", _) => Compression::None,
        ("gzip", Format::Ndjson | Format::Csv) => Compression::Gzip,
        ("zstd", Format::Ndjson | Format::Csv) => Compression::Zstd,
        (other, _) => {
            let accepted = "gzip, zstd (NDJSON, CSV); identity (NDJSON, CSV, XLSX)";
            return Err(not_accepted("Content-Encoding", other, accepted));
        }
    };
    let charset = charset.or_else(|| parameter(parameters, "charset=")).map(str::to_owned);
    // A layout says itself what each row states.
    let required = if layout.is_some() { Required::EveryRow } else { Required::NewRecords };
    Ok((
        name,
        layout,
        tabular::Reading {
            compression,
            charset,
            zone: intake.zone,
            required,
            sheet: Some(kind.label.1.to_owned()),
            child: intake.child.clone(),
            ..tabular::Reading::new(format)
        },
    ))
}

/// The value of a parameter of a media type, without quotation marks.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    let value = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix(name))?;
    Some(value.trim().trim_matches('"'))
}

/// The file name of a `Content-Disposition` (RFC 6266): `filename*` in UTF-8, or `filename`.
pub fn file_name(disposition: &str) -> Option<String> {
    let parameter = |name: &str| {
        disposition
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix(name)?.strip_prefix('='))
            .map(str::trim)
    };
    let extended = parameter("filename*").and_then(|value| value.strip_prefix("UTF-8''"));
    let name = extended.map(decoded).or_else(|| parameter("filename").map(|name| name.trim_matches('"').to_owned()))?;
    let visible: String = name.chars().filter(|character| !character.is_control()).take(300).collect();
    (!visible.is_empty()).then_some(visible)
}

/// Percent-decoded text; what is no UTF-8 is replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let coded = others.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = coded.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = others.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads a refused body to its end and drops it.
pub async fn drain(body: Body) {
    let mut frames = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(bytes)) = frames.next().await {
        read += bytes.len();
        if read > DRAINED_BYTES {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_read_from_both_forms() {
        let extended = "attachment; filename=\"x.csv\"; filename*=UTF-8''nhi%E1%BB%87m%20v%E1%BB%A5.csv";
        assert_eq!(file_name(extended).as_deref(), Some("nhiệm vụ.csv"));
        assert_eq!(file_name("attachment; filename=\"a.csv\"").as_deref(), Some("a.csv"));
        assert_eq!(file_name("attachment; filename*=UTF-8''50%").as_deref(), Some("50%"));
        assert_eq!(file_name("attachment"), None);
    }
}
