//! Files in pieces: any split gives the same rows, memory stays flat, compressed files are limited.

use crate::kind::{FIELDS, Outcome, read_in_pieces, reading};
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;
use std::ops::ControlFlow;
use tabular::{Compression, Format, ReadError, Reader, Reading};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn compressed(compression: Compression, bytes: &[u8], size: usize) -> Outcome {
    read_in_pieces(&Reading { compression, ..reading(Format::Csv) }, bytes, size)
}

fn many_rows() -> String {
    (0..30_000)
        .fold("code,title\n".to_owned(), |text, number| text + &format!("A{number},Đường số {}\n", number * 7_919))
}

#[test]
fn compressed_files_are_read_also_in_several_parts() {
    let (one, two) = ("code,title\nA,b\n", "B,c\n");
    for size in [1, 3, 1_000] {
        let members = [gzip(one.as_bytes()), gzip(two.as_bytes())].concat();
        assert_eq!(compressed(Compression::Gzip, &members, size).values().len(), 2);
        let frames = [zstd(one.as_bytes()), zstd(two.as_bytes())].concat();
        assert_eq!(compressed(Compression::Zstd, &frames, size).values().len(), 2);
    }
}

#[test]
fn a_cut_file_gives_its_rows_and_then_a_fault() {
    let text = many_rows();
    for (compression, bytes) in [(Compression::Gzip, gzip(text.as_bytes())), (Compression::Zstd, zstd(text.as_bytes()))]
    {
        assert_eq!(compressed(compression, &bytes, 1_000).values().len(), 30_000);
        let outcome = compressed(compression, &bytes[..bytes.len() - 4], 1_000);
        assert_eq!(outcome.file_fault().code, "TRUNCATED");
        assert!(outcome.rows.len() > 20_000, "{compression:?} {}", outcome.rows.len());
        let outcome = compressed(compression, &bytes[..bytes.len() / 2], 1_000);
        assert_eq!(outcome.file_fault().code, "TRUNCATED");
        assert!((1_000..30_000).contains(&outcome.rows.len()), "{}", outcome.rows.len());
        assert!(outcome.rows.iter().all(|row| row.faults.is_empty()));
        assert_eq!(compressed(compression, b"", 1).file_fault().code, "TRUNCATED");
        assert_eq!(compressed(compression, b"code,title\nA,b\nand more text", 1_000).file_fault().code, "COMPRESSION");
    }
    // A short file is cut before its encoding was decided.
    let cut = gzip(b"code,title\nA,b\nB,c\n");
    let outcome = compressed(Compression::Gzip, &cut[..cut.len() - 8], 5);
    assert_eq!((outcome.file_fault().code, outcome.rows.len()), ("TRUNCATED", 2));
}

#[test]
fn a_bomb_is_refused() {
    let repeats = "A,b\n".repeat(1 << 18);
    let file = format!("code,title\n{repeats}");
    for (compression, bytes) in [(Compression::Gzip, gzip(file.as_bytes())), (Compression::Zstd, zstd(file.as_bytes()))]
    {
        let mut reading = Reading { compression, ..reading(Format::Csv) };
        reading.limits.ratio_from_bytes = 1 << 18;
        let outcome = read_in_pieces(&reading, &bytes, 4096);
        assert_eq!(outcome.file_fault().code, "TOO_LARGE", "{compression:?}");
        reading.limits.ratio = 1 << 40;
        reading.limits.file_bytes = 1 << 19;
        assert_eq!(read_in_pieces(&reading, &bytes, 4096).file_fault().code, "TOO_LARGE");
    }
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(28).unwrap();
    encoder.write_all(file.as_bytes()).unwrap();
    let wide = encoder.finish().unwrap();
    assert_eq!(compressed(Compression::Zstd, &wide, 4096).file_fault().code, "COMPRESSION");
}

#[test]
fn memory_is_flat_for_a_line_of_2_gib() {
    let piece = vec![b'x'; 1 << 20];
    // Without optimisation 2 GiB take half a minute; the buffers are full after the first pieces in any case.
    let pieces = if cfg!(debug_assertions) { 64 } else { 2_048 };
    for (format, start, most) in [
        (Format::Ndjson, &b"{\"code\":\""[..], 3 << 20),
        (Format::Csv, &b"code,title\nA,"[..], 6 << 20),
        (Format::Csv, &b"code,title\nA,\""[..], 6 << 20),
    ] {
        let mut reader = Reader::new(FIELDS, &reading(format)).unwrap();
        let mut sink = |_| ControlFlow::Continue(());
        reader.push(start, &mut sink).unwrap();
        let mut peak = 0;
        for _ in 0..pieces {
            reader.push(&piece, &mut sink).unwrap();
            peak = peak.max(reader.buffered_bytes());
        }
        assert!(peak < most, "{format:?}: {peak}");
    }
}

#[test]
fn memory_is_flat_while_the_header_is_searched() {
    let mut reader = Reader::new(FIELDS, &reading(Format::Csv)).unwrap();
    let mut sink = |_| ControlFlow::Continue(());
    let mut peak = 0;
    for _ in 0..19 {
        reader.push(&vec![b','; 2 << 20], &mut sink).unwrap();
        reader.push(&vec![b'x'; 900 << 10], &mut sink).unwrap();
        reader.push(b"\n", &mut sink).unwrap();
        peak = peak.max(reader.buffered_bytes());
    }
    assert!(peak < 4 << 20, "{peak}");
}

#[test]
fn a_receiver_can_stop_the_reader() {
    let mut reader = Reader::new(FIELDS, &reading(Format::Csv)).unwrap();
    let mut count = 0;
    let mut sink = |_| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let text = many_rows();
    assert_eq!(reader.push(text.as_bytes(), &mut sink), Err(ReadError::Stopped));
    assert_eq!(reader.push(b"more", &mut sink), Err(ReadError::Stopped));
    assert_eq!(reader.finish(&mut sink), Err(ReadError::Stopped));
    assert_eq!(count, 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_split_gives_the_same_rows(
        body in "([A-Cđ\"; ,]|\r\n|\n|NULL|15/03/2026|1[.,]5){0,80}",
        prefix in prop::sample::select(vec!["", "\u{feff}", "sep=;\n", "báo cáo\n\n"]),
        separator in prop::sample::select(vec![",", ";"]),
        size in 1_usize..40,
        utf_16 in any::<bool>(),
    ) {
        let text = format!("{prefix}{}\n{body}", ["code", "title", "due", "budget"].join(separator));
        let bytes = if utf_16 { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        let whole = read_in_pieces(&reading(Format::Csv), &bytes, usize::MAX);
        let pieces = read_in_pieces(&reading(Format::Csv), &bytes, size);
        prop_assert_eq!(whole.rows, pieces.rows);
        prop_assert_eq!(whole.end, pieces.end);
    }

    #[test]
    fn any_split_of_json_gives_the_same_rows(
        body in "([\\{\\}\":,a ]|\r\n|\n|\\{\"code\":\"Đ\"\\}\n|\\{\"progress\":4\\}){0,60}",
        size in 1_usize..40,
    ) {
        let body = format!("{{\"code\":\"Ế\"}}\n{body}");
        let whole = read_in_pieces(&reading(Format::Ndjson), body.as_bytes(), usize::MAX);
        let pieces = read_in_pieces(&reading(Format::Ndjson), body.as_bytes(), size);
        prop_assert_eq!(whole.rows, pieces.rows);
        prop_assert_eq!(whole.end, pieces.end);
    }

    #[test]
    fn any_bytes_end_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), size in 1_usize..100) {
        for format in [Format::Csv, Format::Ndjson] {
            let whole = read_in_pieces(&reading(format), &bytes, usize::MAX);
            let pieces = read_in_pieces(&reading(format), &bytes, size);
            prop_assert_eq!(whole.rows, pieces.rows);
            prop_assert_eq!(whole.end, pieces.end);
        }
    }
}
