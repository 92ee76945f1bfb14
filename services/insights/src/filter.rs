//! Filter of the list of briefings.

use async_graphql::InputObject;
use service_kit::filter::DateFilter;
use service_kit::scalar::Period;

/// Conditions on briefings, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Debug, Clone, Default)]
pub struct BriefingFilter {
    /// Periods of which they take stock.
    pub period: Option<Vec<Period>>,
    /// Day on which they were held.
    pub held_on: Option<DateFilter>,
}
