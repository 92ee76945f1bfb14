//! Fields of a kind of record: what a file may state, in which form.

use serde::{Deserialize, Serialize};

/// A text for people, in English and Vietnamese.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Vietnamese.
    pub vi: String,
}

impl Words {
    /// The text in both languages.
    pub fn new(en: impl Into<String>, vi: impl Into<String>) -> Self {
        Self { en: en.into(), vi: vi.into() }
    }
}

/// Field of a kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name in JSON and in the header of a CSV, for example `currentDue`.
    pub name: &'static str,
    /// Vietnamese header of a spreadsheet, for example `Hạn hoàn thành`. A file may use either.
    pub header: &'static str,
    /// English header of a spreadsheet, for example `Due date`.
    pub title: &'static str,
    /// Values that it takes.
    pub form: Form,
    /// Whether the first row of a record must state it.
    pub required: bool,
    /// Description in English and in Vietnamese.
    pub description: (&'static str, &'static str),
    /// A value of the example row of the template, as it is written in a CSV.
    pub example: &'static str,
}

/// Values that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text with at most this many characters.
    Text(usize),
    /// Code of digits that is padded with zeros to this width: a spreadsheet turns `00004` into 4.
    Digits(usize),
    /// Whole number from the first to the second, both included.
    Integer(i64, i64),
    /// Decimal number from the first to the second, both included; its JSON value is a text, so that nothing is rounded.
    Decimal(i64, i64),
    /// `true` or `false`; in spreadsheets also `có` and `không`, `x` and an empty cell is absent.
    Boolean,
    /// Day, `2026-03-15` or `15/03/2026`.
    Date,
    /// Time, RFC 3339, or `15/03/2026 08:30` in the city's time zone.
    DateTime,
    /// One of these values; each has a Vietnamese label that a spreadsheet may show instead.
    Choice(&'static [(&'static str, &'static str)]),
    /// Several texts of at most this many characters, separated by `;` in a cell, an array in JSON.
    Texts(usize),
}

/// Largest number before the point of a decimal number: 15 digits. Sums of ten million rows fit into the 28 digits of a `Decimal`.
const LARGEST: i64 = 999_999_999_999_999;

impl Form {
    /// Any decimal number.
    pub const NUMBER: Self = Self::Decimal(-LARGEST, LARGEST);
    /// A decimal number that is not negative, such as money or an area.
    pub const AMOUNT: Self = Self::Decimal(0, LARGEST);
    /// Latitude in degrees.
    pub const LATITUDE: Self = Self::Decimal(-90, 90);
    /// Longitude in degrees.
    pub const LONGITUDE: Self = Self::Decimal(-180, 180);
    /// Part of a whole.
    pub const SHARE: Self = Self::Decimal(0, 1);
}
