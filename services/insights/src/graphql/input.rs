//! Input of scorecards: filter and order.

use async_graphql::{ID, InputObject};
use service_kit::Problem;
use service_kit::filter::NumberFilter;
use service_kit::input::distinct;
use service_kit::measures::{self, MeasureTerm};
use service_kit::vocabulary::Direction;

use super::asked::Asked;
use crate::model::ComparedValue;
use crate::scorecard::{Order, ScorecardSet, Selection};

/// Bounds on a measure.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct Bounds {
    /// Which value of the measure is compared.
    #[graphql(default)]
    of: ComparedValue,
    #[graphql(flatten)]
    bounds: NumberFilter,
}

impl measures::Asked for Bounds {
    const SUFFIX: &'static str = "Bounds";
    const DESCRIPTION: &'static str = "Bounds on a measure, joined by AND. A measure without a value satisfies none.";
}

/// A direction.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct Towards {
    /// Which value of the measure is compared.
    #[graphql(default)]
    pub of: ComparedValue,
    /// Direction of the order.
    #[graphql(default)]
    direction: Direction,
}

impl measures::Asked for Towards {
    const SUFFIX: &'static str = "Order";
    const DESCRIPTION: &'static str =
        "One term of an order. Rows without a value come last either way; ties go by code.";
}

/// One term of `orderBy`.
pub type ScorecardOrder = MeasureTerm<ScorecardSet, Towards>;
/// One term of `where.measures`.
pub type ScorecardBounds = MeasureTerm<ScorecardSet, Bounds>;

/// Conditions on scorecards, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Default)]
pub struct ScorecardFilter {
    /// Codes of the entities.
    code: Option<Vec<ID>>,
    /// Classes of the entities, as in `Scorecard.class`: `WARD` and `COMMUNE`, `DEPARTMENT` …
    class: Option<Vec<String>>,
    /// Bounds on measures of any service.
    measures: Option<Vec<ScorecardBounds>>,
    /// Whether the satisfaction falls against the period before (`Scorecard.satisfactionFalls`).
    satisfaction_falling: Option<bool>,
}

impl ScorecardFilter {
    /// Codes of the entities.
    pub fn codes(&self) -> Option<&[ID]> {
        self.code.as_deref()
    }

    /// Classes of the entities.
    pub fn classes(&self) -> &[String] {
        self.class.as_deref().unwrap_or_default()
    }

    /// Checks the bounds.
    ///
    /// # Errors
    /// `VALIDATION` at the first term that has no bound, or bounds that no number satisfies.
    pub fn check_bounds(&self) -> Result<(), Problem> {
        let mut terms = self.measures.iter().flatten().enumerate();
        terms.try_for_each(|(place, term)| term.asked.bounds.check(&format!("where.measures.{place}")))
    }

    /// Adds what is compared.
    pub fn add_to(&self, asked: &mut Asked) {
        for term in self.measures.iter().flatten() {
            asked.compare(term.measure, term.asked.of);
        }
        if self.satisfaction_falling.is_some() {
            asked.add_satisfaction();
        }
    }

    /// The condition on cards.
    pub fn selection(self) -> Selection {
        let bounds = self.measures.into_iter().flatten().map(|term| (term.measure, term.asked.of, term.asked.bounds));
        Selection {
            codes: self.code.map(|codes| distinct(codes).into_iter().map(|code| code.0).collect()),
            classes: self.class,
            bounds: bounds.collect(),
            satisfaction_falling: self.satisfaction_falling,
        }
    }
}

/// The terms of an order.
pub fn order(terms: Option<Vec<ScorecardOrder>>) -> Vec<Order> {
    terms.into_iter().flatten().map(|term| (term.measure, term.asked.of, term.asked.direction)).collect()
}
