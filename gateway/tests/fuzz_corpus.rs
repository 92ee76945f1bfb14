//! The fuzz targets' entries over the kept corpus and over mutations of it with a fixed seed: what a stable toolchain can
//! do in seconds of what `cargo +nightly fuzz run` does in hours.

#[path = "../fuzz/entry.rs"]
#[expect(dead_code, reason = "only the fuzzer sets a panic hook")]
mod entry;

use std::{
    path::Path,
    time::{Duration, Instant},
};

const MUTATIONS: usize = 2_000;

/// Longest that one input may take, on a machine that does other things too.
const LIMIT: Duration = Duration::from_secs(10);

/// `SplitMix64`: small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`, or zero when there is nothing below it.
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).expect("fits, because the bound does")
    }
}

/// Pieces that a blind change of bytes would hardly find.
const TOKENS: [&[u8]; 20] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"...",
    b"@skip(if: true)",
    b"$v",
    b"__typename",
    b"{{{{{{{{",
    b"[[[[[[[[",
    b"-0",
    b"1e999",
    b"\"\"\"",
    b"_entities",
    b"\xff",
    b"\0",
];

fn mutate(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut data = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(data.len() + 1);
        let end = (at + random.below(16)).min(data.len());
        match random.below(5) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 => drop(data.drain(at..end)),
            2 => {
                let piece = data[at..end].to_vec();
                data.splice(at..at, piece);
            }
            3 => {
                let token = TOKENS[random.below(TOKENS.len())];
                data.splice(at..at, token.iter().copied());
            }
            _ => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                data.truncate(at);
                data.extend_from_slice(&other[from..]);
            }
        }
    }
    data
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the corpus is kept").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let inputs: Vec<_> = files.iter().map(|file| std::fs::read(file).expect("readable")).collect();
    assert!(!inputs.is_empty());
    inputs
}

fn run(target: &str, entry: fn(&[u8])) {
    let corpus = corpus(target);
    let mut random = Random(0x5EED);
    let mutated = (0..MUTATIONS).map(|_| mutate(&mut random, &corpus)).collect::<Vec<_>>();
    for input in corpus.iter().chain(&mutated) {
        let started = Instant::now();
        let sound = std::panic::catch_unwind(|| entry(input)).is_ok();
        assert!(sound, "{target} fails on {:?}", String::from_utf8_lossy(input));
        let elapsed = started.elapsed();
        assert!(elapsed < LIMIT, "{elapsed:?} for {:?}", String::from_utf8_lossy(input));
    }
}

#[test]
fn http_body() {
    run("http_body", entry::http_body);
}

#[test]
fn document() {
    run("document", entry::document);
}

#[test]
fn subgraph_response() {
    run("subgraph_response", entry::subgraph_response);
}
