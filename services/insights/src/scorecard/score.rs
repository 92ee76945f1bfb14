//! The composite score: S = Σ wᵢsᵢ ÷ Σ wᵢ over the components that can be measured, each of 0 to 100 against its target.
//!
//! It is null when the weights of those make up less than the rule `SCORE_COVERAGE` of all weights, and at most `SCORE_CAP_RED`
//! when a critical indicator is red. Weights, targets, coverage and cap are rules of the directory with the days on which they hold.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use service_kit::measures::{Measures, UNMEASURED};
use service_kit::statistics::FEWEST_RANKED;

use super::ScorecardSet;

service_kit::vocabulary! {
    /// Component of the composite score.
    pub enum ScoreComponent {
        /// Tasks done by the due date in force (`tasks.onTime`).
        TasksOnTime = "TASKS_ON_TIME",
        /// Projects that are not late (1 − `projects.lateRate`).
        ProjectsInTime = "PROJECTS_IN_TIME",
        /// Parties all of whose parcels are handed over (`clearance.partiesCleared`).
        PartiesCleared = "PARTIES_CLEARED",
        /// Judged targets in green or amber-green (`kpis.onTrack`).
        KpisOnTrack = "KPIS_ON_TRACK",
        /// Deadlines of feedback that were kept (`feedback.onTime`).
        FeedbackOnTime = "FEEDBACK_ON_TIME",
        /// Satisfied citizens and businesses (`feedback.satisfactionRate`), from 30 ratings on.
        Satisfaction = "SATISFACTION",
    }
}

/// Values of the rules on a day, by code.
pub type Rules = HashMap<String, Decimal>;

/// A component of one score.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Which it is.
    pub of: ScoreComponent,
    /// Its weight (rule `SCORE_WEIGHT_…`).
    pub weight: Decimal,
    /// The share that gives 100 (rule `SCORE_TARGET_…`).
    pub target: Decimal,
    /// What was measured, as a share; `None` when nothing could be.
    pub measured: Option<Decimal>,
    /// 0 to 100 against the target.
    pub value: Option<Decimal>,
}

/// A composite score with what it is made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    /// 0 to 100; `None` when the coverage is too small.
    pub value: Option<Decimal>,
    /// Share of the weights whose components could be measured.
    pub coverage: Decimal,
    /// Whether a critical red has reduced the value.
    pub capped: bool,
    /// The components with a weight on the day.
    pub components: Vec<Component>,
}

impl ScoreComponent {
    const fn path(self) -> [&'static str; 2] {
        match self {
            Self::TasksOnTime => ["tasks", "onTime"],
            Self::ProjectsInTime => ["projects", "lateRate"],
            Self::PartiesCleared => ["clearance", "partiesCleared"],
            Self::KpisOnTrack => ["kpis", "onTrack"],
            Self::FeedbackOnTime => ["feedback", "onTime"],
            Self::Satisfaction => ["feedback", "satisfactionRate"],
        }
    }

    /// The share that was measured.
    fn measured(self, measures: &Measures<ScorecardSet>) -> Option<Decimal> {
        let &[part, whole] = measures.terms_of(&self.path()) else { return None };
        let (part, whole) = (shown(part)?, shown(whole)?);
        let fewest = if self == Self::Satisfaction { FEWEST_RANKED } else { 0.0 };
        if whole <= Decimal::ZERO || whole.to_f64()? < fewest {
            return None;
        }
        let share = part / whole;
        Some(if self == Self::ProjectsInTime { Decimal::ONE - share } else { share })
    }
}

/// A value that is measured and that the caller may see.
fn shown(value: Decimal) -> Option<Decimal> {
    (value != UNMEASURED && !value.is_sign_negative()).then_some(value)
}

impl Score {
    /// Computes the score of some measures with the rules of the day.
    pub fn new(measures: &Measures<ScorecardSet>, rules: &Rules) -> Self {
        let rule = |name: String| rules.get(&name).copied();
        let components: Vec<Component> = ScoreComponent::ALL
            .iter()
            .filter_map(|&component| {
                let weight = rule(format!("SCORE_WEIGHT_{component}")).filter(|weight| *weight > Decimal::ZERO)?;
                let target = rule(format!("SCORE_TARGET_{component}")).filter(|target| *target > Decimal::ZERO)?;
                let share = component.measured(measures);
                let value =
                    share.map(|share| (share / target).clamp(Decimal::ZERO, Decimal::ONE) * Decimal::ONE_HUNDRED);
                Some(Component { of: component, weight, target, measured: share, value })
            })
            .collect();
        let weights: Decimal = components.iter().map(|component| component.weight).sum();
        let present = || components.iter().filter_map(|component| Some((component.weight, component.value?)));
        let covered: Decimal = present().map(|(weight, _)| weight).sum();
        if covered.is_zero() {
            return Self { components, ..Self::default() };
        }
        let coverage = covered / weights;
        let enough = rule("SCORE_COVERAGE".to_owned()).is_none_or(|least| covered >= least * weights);
        let mean = present().map(|(weight, value)| weight * value).sum::<Decimal>() / covered;
        let critical = measures.terms_of(&["kpis", "criticalRed"]).first().copied().and_then(shown);
        let cap = rule("SCORE_CAP_RED".to_owned()).filter(|_| critical.is_some_and(|red| red > Decimal::ZERO));
        let capped = enough && cap.is_some_and(|cap| mean > cap);
        let value = enough.then(|| cap.map_or(mean, |cap| mean.min(cap)));
        Self { value, coverage, capped, components }
    }
}
