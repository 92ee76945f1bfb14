//! A document: sections of tables with typed cells, in one language, in no format yet.

use chrono::{NaiveDate, NaiveDateTime};

use crate::client::Language;

#[derive(Debug)]
pub struct Document {
    pub language: Language,
    pub title: String,
    /// When it was made, in the city.
    pub made: NaiveDateTime,
    /// What it is about: the period with its days.
    pub subtitle: String,
    /// What the reader must know of the document, each with its label.
    pub facts: Vec<(String, String)>,
    /// What is missing, stale or partial in the whole document.
    pub warnings: Vec<String>,
    pub sections: Vec<Section>,
}

#[derive(Debug, Default)]
pub struct Section {
    pub title: String,
    /// What is missing, stale or partial in it.
    pub warnings: Vec<String>,
    /// How the figures are to be read: as of when, over which days.
    pub notes: Vec<String>,
    pub tables: Vec<Table>,
}

#[derive(Debug, Default)]
pub struct Table {
    /// Name of its sheet in a workbook, at most 31 characters.
    pub sheet: String,
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// Text in the place of the rows when there are none.
    pub empty: String,
    /// What its rows leave out.
    pub note: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Start,
    End,
}

impl Column {
    /// A column of texts.
    pub fn text(name: String) -> Self {
        Self { name, align: Align::Start }
    }

    /// A column of numbers or dates.
    pub fn number(name: String) -> Self {
        Self { name, align: Align::End }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// There is no value; never 0.
    Missing,
    /// Nothing is said here.
    Blank,
    Text(String),
    /// A number with at most so many decimals.
    Number {
        value: f64,
        decimals: usize,
    },
    /// A share, 1 of the whole.
    Share(f64),
    Date(NaiveDate),
    /// A point in time in the city.
    Moment(NaiveDateTime),
}

impl Cell {
    pub fn text(text: Option<impl Into<String>>) -> Self {
        text.map(Into::into).filter(|text| !text.trim().is_empty()).map_or(Self::Missing, Self::Text)
    }

    pub fn count(count: impl Into<Option<i64>>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        count.into().map_or(Self::Missing, |count| Self::Number { value: count as f64, decimals: 0 })
    }

    pub fn number(value: Option<f64>, decimals: usize) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Missing, |value| Self::Number { value, decimals })
    }

    /// A number that the platform writes as a text.
    pub fn decimal(text: Option<&str>, decimals: usize) -> Self {
        Self::number(text.and_then(|text| text.parse().ok()), decimals)
    }

    pub fn share(value: Option<f64>) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Missing, Self::Share)
    }

    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Missing, Self::Date)
    }
}
