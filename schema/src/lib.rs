//! Shared data types of all services, without I/O: periods, rates, codes, texts, problem codes, clock.
//!
//! All departments, wards and dashboards must agree on the meaning of `2026-Q1`, of the code `57-NQ/TW` and of "on
//! time". This crate defines them once. It reads no clock, no environment and no database, so its tests run in
//! milliseconds and every other crate can depend on it.
//!
//! # Map, in reading order
//!
//! Time:
//! - [`period`]: [`Period`], a range of whole days written `2026-Q1` or `2026-W10`: bounds, buckets, comparison.
//! - [`grain`]: [`Grain`], the calendar units of periods and time buckets.
//! - [`comparison`]: [`Comparison`], the earlier period that a period is compared with.
//! - [`clock`]: [`Clock`], the only source of the current time; [`CityTime`], which converts instants to days;
//!   [`parse_date`], the format of a date.
//!
//! Figures:
//! - [`rate`]: [`Rate`], numerator and denominator of a share or a ratio.
//!
//! Identity:
//! - [`code`]: [`check_code`], the format of codes that people choose.
//! - [`id`]: UUIDs of operational rows, and deterministic ones for sample data.
//!
//! Vocabulary (each value has the same spelling in the database, the API and error messages):
//! - [`string_enum!`] and [`UnknownValue`]: declaration of such an enum.
//! - [`problem`]: [`ProblemCode`], the error codes that clients get.
//!
//! Text:
//! - [`text`]: [`check_text`], the check of text that people write.

#![deny(missing_docs)]

pub mod clock;
pub mod code;
pub mod comparison;
mod excerpt;
pub mod grain;
pub mod id;
pub mod period;
pub mod problem;
pub mod rate;
pub mod string_enum;
pub mod text;

pub use clock::{CityTime, Clock, DateError, FixedClock, SystemClock, parse_date};
pub use code::{CodeFault, check_code};
pub use comparison::Comparison;
pub use grain::Grain;
pub use id::{new_id, sample_id};
pub use period::{Period, PeriodError};
pub use problem::ProblemCode;
pub use rate::Rate;
pub use string_enum::UnknownValue;
pub use text::{TextError, TextFault, check_text};
