//! The data model that every service shares: pure values, no input or output.
//!
//! A department, a ward and a dashboard mean the same thing by `2026-Q1`, by the code `57-NQ/TW` and by "on time"
//! only if one place defines it. This crate is that place. It reads no clock, no environment and no database, so
//! everything in it is tested in milliseconds, and every other crate may depend on it.
//!
//! # Map, in reading order
//!
//! Time:
//! - [`period`]: [`Period`], a stretch of whole days written `2026-Q1` or `2026-W10`: bounds, buckets, comparison.
//! - [`grain`]: [`Grain`], the calendar units that a period can have or be cut into.
//! - [`comparison`]: [`Comparison`], with which earlier period a period is compared.
//! - [`clock`]: [`Clock`], the only source of the current time, and [`CityTime`], which turns instants into days,
//!   [`parse_date`], how a day is written.
//!
//! Figures:
//! - [`rate`]: [`Rate`], a numerator over a denominator that is summed by its parts.
//!
//! Identity:
//! - [`code`]: [`check_code`], the form of the codes that people choose.
//! - [`id`]: UUIDs of operational rows, and deterministic ones for sample data.
//!
//! Vocabulary (each value is spelled alike in the database, the API and the text of an error):
//! - [`string_enum!`] and [`UnknownValue`]: how such an enum is declared, here and in the services.
//! - [`problem`]: [`ProblemCode`], what can go wrong from a client's point of view.
//!
//! Text:
//! - [`text`]: [`check_text`], what people may write into a field.

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
