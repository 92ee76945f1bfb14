//! Budget of a request: the work that it may cause. What a request costs is often known only where it is computed, so the
//! services charge it themselves, before they do the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;

use crate::problem::Problem;

/// Header by which a gateway gives the units of a request.
const HEADER: &str = "x-request-budget";

/// The units of work that a request may still cause. Clones share one count.
///
/// [`crate::Subgraph`] puts it into the scope of every request: `ctx.scope().budget`. A gateway in the same process shares one budget between all services of a client's request; a
/// service behind HTTP gets the units in a header and counts by itself.
///
/// A unit is one row of stored facts that is read: measures charge rows × readings × dimensions, see
/// [`crate::Reader::charge`].
#[derive(Debug, Clone)]
pub struct Budget {
    maximum: u64,
    charged: Arc<AtomicU64>,
}

impl Budget {
    /// Units of a request that comes without a budget.
    pub const DEFAULT: u64 = 20_000_000;

    /// A budget of which nothing is charged yet.
    pub fn new(maximum: u64) -> Self {
        Self::shared(maximum, Arc::default())
    }

    /// A budget that others charge too.
    pub fn shared(maximum: u64, charged: Arc<AtomicU64>) -> Self {
        Self { maximum, charged }
    }

    /// Charges units. What is refused is not charged.
    ///
    /// # Errors
    /// `BUDGET_LIMIT_EXCEEDED` with `extensions.limit` when the request would cause more work than it may.
    pub fn charge(&self, units: u64) -> Result<(), Problem> {
        let within = |charged: u64| charged.checked_add(units).filter(|sum| *sum <= self.maximum);
        match self.charged.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within) {
            Ok(_) => Ok(()),
            Err(charged) => Err(Problem::beyond_budget(self.maximum, charged.saturating_add(units))),
        }
    }

    /// The budget that the headers of a request give, or the default.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = headers.get(HEADER).and_then(|value| value.to_str().ok());
        Self::new(text.and_then(|text| text.parse().ok()).unwrap_or(Self::DEFAULT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Error, value};

    #[test]
    fn what_passes_the_budget_is_refused_and_not_charged() {
        let budget = Budget::new(10);
        let other = budget.clone();
        assert!(budget.charge(4).is_ok() && other.charge(5).is_ok());
        let error = Error::from(budget.charge(2).expect_err("one unit is left"));
        let extensions = error.extensions.expect("a code");
        assert_eq!(extensions.get("code"), Some(&value!("BUDGET_LIMIT_EXCEEDED")));
        assert_eq!(extensions.get("limit"), Some(&value!({ "name": "budget", "maximum": 10, "actual": 11 })));
        assert!(other.charge(u64::MAX).is_err());
        assert!(other.charge(1).is_ok() && budget.charge(0).is_ok());
        assert!(budget.charge(1).is_err());
    }

    #[test]
    fn the_header_gives_the_units() {
        for (header, expected) in [(None, Budget::DEFAULT), (Some("7"), 7), (Some("many"), Budget::DEFAULT)] {
            let header = header.map(|value| (http::HeaderName::from_static(HEADER), value.parse().expect("a value")));
            assert_eq!(Budget::of(&HeaderMap::from_iter(header)).maximum, expected);
        }
    }
}
