//! Recognition of files that are not what they are said to be.

use crate::fault::{FileFault, code};
use crate::reading::Format;

/// What the first bytes of a file show, in English and Vietnamese.
fn looks_like(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const MAGIC: &[(&[u8], &str, &str)] = &[
        (b"PK\x03\x04", "a ZIP or XLSX file", "tệp ZIP hoặc XLSX"),
        (b"PK\x05\x06", "an empty ZIP file", "tệp ZIP rỗng"),
        (b"%PDF", "a PDF", "tệp PDF"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old XLS, or an XLSX with a password",
            "tệp XLS cũ, hoặc XLSX có mật khẩu",
        ),
        (b"\x1f\x8b", "a gzip file", "tệp nén gzip"),
        (b"\x28\xb5\x2f\xfd", "a zstd file", "tệp nén zstd"),
        (b"Rar!", "a RAR file", "tệp RAR"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file", "tệp 7-Zip"),
        (b"{\\rtf", "an RTF document", "văn bản RTF"),
        (b"SQLite format 3\0", "an SQLite database", "cơ sở dữ liệu SQLite"),
        (b"\x89PNG", "a picture", "hình ảnh"),
        (b"\xff\xd8\xff", "a picture", "hình ảnh"),
    ];
    if let Some((_, en, vi)) = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return Some((en, vi));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let start = text[..text.len().min(15)].to_ascii_lowercase();
    if [&b"<!doctype html"[..], b"<html", b"<head", b"<table", b"<body"].iter().any(|tag| start.starts_with(tag)) {
        return Some(("an HTML page", "trang HTML"));
    }
    start.starts_with(b"<?xml").then_some(("an XML file", "tệp XML"))
}

/// The fault of a file that another format shows through.
pub(crate) fn check(head: &[u8], declared: Format) -> Result<(), FileFault> {
    let is_zip = head.starts_with(b"PK\x03\x04");
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let found = match declared {
        Format::Xlsx if is_zip => return Ok(()),
        Format::Xlsx => looks_like(head).unwrap_or(("data that is no workbook", "dữ liệu không phải bảng tính")),
        Format::Ndjson if text.starts_with(b"[") => ("a JSON array", "một mảng JSON"),
        Format::Ndjson if text.split(|byte| *byte == b'\n').next().is_some_and(|line| line.trim_ascii() == b"{") => {
            ("a JSON object over several lines", "đối tượng JSON trải trên nhiều dòng")
        }
        Format::Csv if text.starts_with(b"{\"") || text.starts_with(b"[{") => ("JSON", "JSON"),
        Format::Ndjson | Format::Csv => match looks_like(head) {
            Some(found) => found,
            None => return Ok(()),
        },
    };
    Err(wrong_format(found, declared))
}

/// A file of another format than declared.
pub(crate) fn wrong_format(found: (&str, &str), declared: Format) -> FileFault {
    let (en, vi) = match declared {
        Format::Ndjson => ("NDJSON, one JSON object on each line", "NDJSON, mỗi dòng một đối tượng JSON"),
        Format::Csv => ("CSV, a text with separated columns", "CSV, văn bản có các cột phân cách"),
        Format::Xlsx => ("an XLSX workbook without a password", "bảng tính XLSX không có mật khẩu"),
    };
    FileFault::new(
        code::WRONG_FORMAT,
        format!("found {}; accepted here: {en}; save the file in this format or declare what it is", found.0),
        format!("tìm thấy {}; ở đây chấp nhận: {vi}; hãy lưu tệp đúng định dạng hoặc khai báo đúng loại tệp", found.1),
    )
}
