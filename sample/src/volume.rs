//! The volume of a load.

use std::str::FromStr;

/// Number of tasks that are loaded beyond the published ones, spread over a year and over all organizations of the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// As many as a city of this size has in a year.
    City,
    /// Any number, for tests and measurements.
    Tasks(usize),
}

impl Volume {
    /// The number of tasks, given that of the city.
    pub(crate) fn tasks(self, city: usize) -> usize {
        match self {
            Self::City => city,
            Self::Tasks(tasks) => tasks,
        }
    }
}

impl FromStr for Volume {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "city" => Ok(Self::City),
            _ => text.parse().map(Self::Tasks).map_err(|_| "accepted: `city`, or a number of tasks".to_owned()),
        }
    }
}
