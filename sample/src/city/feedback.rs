//! Citizen feedback: numbers, shares, categories.

use chrono::NaiveDate;
use serde::Deserialize;

/// All of `feedback.toml`. Shares are in a tenth of a percent unless stated.
#[derive(Debug, Deserialize)]
pub(crate) struct FeedbackFacts {
    pub(crate) cases: usize,
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
    pub(crate) told: usize,
    /// Cases of the volume of a city in a year.
    pub(crate) volume: usize,
    pub(crate) months: [u32; 12],
    pub(crate) rejected: u32,
    pub(crate) merged: u32,
    pub(crate) asked: u32,
    pub(crate) transferred: u32,
    pub(crate) reopened: u32,
    pub(crate) unanswered: u32,
    pub(crate) anonymous: u32,
    pub(crate) hidden: u32,
    pub(crate) rated: u32,
    /// In percent.
    pub(crate) in_time: u32,
    /// In percent.
    pub(crate) satisfied: u32,
    /// In percent.
    pub(crate) spread: u32,
    pub(crate) falling: Vec<Falling>,
    pub(crate) formal: Formal,
    #[serde(rename = "channel")]
    pub(crate) channels: Vec<Weighted>,
    #[serde(rename = "category")]
    pub(crate) categories: Vec<CategoryFact>,
}

/// Areas whose senders are less satisfied from a day on.
#[derive(Debug, Deserialize)]
pub(crate) struct Falling {
    pub(crate) areas: Vec<String>,
    pub(crate) from: NaiveDate,
    /// In percent.
    pub(crate) by: u32,
}

/// Areas that answer in time, with set phrases.
#[derive(Debug, Deserialize)]
pub(crate) struct Formal {
    pub(crate) areas: Vec<String>,
    /// In percent.
    pub(crate) satisfied: u32,
}

/// Value with a weight.
#[derive(Debug, Deserialize)]
pub(crate) struct Weighted {
    pub(crate) code: String,
    pub(crate) weight: u32,
}

/// Category with what is told in it.
#[derive(Debug, Deserialize)]
pub(crate) struct CategoryFact {
    pub(crate) code: String,
    pub(crate) weight: u32,
    /// Factor of the weight in the rainy months.
    #[serde(default = "one")]
    pub(crate) wet: u32,
    /// Days in which a normal case is answered in time.
    pub(crate) days: u32,
    pub(crate) kind: Option<String>,
    /// Who handles it; the committee of the area if not stated.
    pub(crate) organization: Option<String>,
    /// `{place}` is the area in a sentence.
    pub(crate) text: String,
    pub(crate) attribute: Option<String>,
    pub(crate) bottleneck: Option<String>,
}

fn one() -> u32 {
    1
}
