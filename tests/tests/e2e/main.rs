//! The real binary in both topologies, its faults, and what the workspace promises about itself.

mod access;
mod architecture;
mod briefing;
mod broken_pipe;
mod constant_cost;
mod crash;
mod export;
mod guarded_fields;
mod hanoi;
mod insights;
mod log_output;
mod matrix;
mod outage;
mod push;
mod push_crash;
mod push_formats;
mod questions;
mod readme;
mod reload;
mod sharing;
mod time_zone;
mod topologies;
mod traces;
mod wrong_input;
