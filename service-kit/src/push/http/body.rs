//! The body of a push: what it is declared to be.

use axum::body::Body;
use futures::StreamExt;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use tabular::{Compression, Format, Required};

use crate::problem::Problem;
use crate::push::PushKind;
use crate::push::intake::Intake;

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
) -> Result<(&'static str, tabular::Reading), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let declared = text(CONTENT_TYPE).to_ascii_lowercase();
    let (media_type, parameters) = declared.split_once(';').unwrap_or((&declared, ""));
    let (name, format) = match media_type.trim() {
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => ("NDJSON", Format::Ndjson),
        "text/csv" => ("CSV", Format::Csv),
        XLSX => ("XLSX", Format::Xlsx),
        other => {
            let message = format!("{other:?}; accepted: application/x-ndjson, text/csv, {XLSX}");
            return Err(Problem::validation("Content-Type", message));
        }
    };
    let compression = match (text(CONTENT_ENCODING).to_ascii_lowercase().as_str(), format) {
        ("" | "identity", _) => Compression::None,
        ("gzip", Format::Ndjson | Format::Csv) => Compression::Gzip,
        ("zstd", Format::Ndjson | Format::Csv) => Compression::Zstd,
        (other, _) => {
            let message = format!("{other:?}; accepted: gzip and zstd for NDJSON and CSV, nothing for XLSX");
            return Err(Problem::validation("Content-Encoding", message));
        }
    };
    let of_type = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("charset="));
    let charset = charset.or(of_type).map(|charset| charset.trim_matches('"').to_owned());
    Ok((
        name,
        tabular::Reading {
            compression,
            // UTF-8 is recognised; who declares it may still send something else.
            charset: charset.filter(|charset| !charset.eq_ignore_ascii_case("utf-8")),
            zone: intake.zone,
            required: Required::NewRecords,
            sheet: Some(kind.label.1.to_owned()),
            child: intake.child.clone(),
            ..tabular::Reading::new(format)
        },
    ))
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
