//! Fuzzes the response of a subgraph.
#![no_main]

#[path = "../entry.rs"]
#[allow(dead_code, reason = "each target uses one of the entries")]
mod entry;

libfuzzer_sys::fuzz_target!(init: entry::quiet_panics(), |data: &[u8]| entry::subgraph_response(data));
