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
    /// Dataset and measure that it is made of.
    pub const fn path(self) -> [&'static str; 2] {
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

#[cfg(test)]
mod tests {
    use service_kit::measures::{MeasureSet, columns, terms};

    use super::*;

    /// Measures with some columns, named as `tasks_on_time_part`; the others are 0, or not measured for `unmeasured` datasets.
    fn measures(values: &[(&str, i64)], unmeasured: &[&str]) -> Measures<ScorecardSet> {
        let names = columns(ScorecardSet::MEASURES);
        assert_eq!(names.len(), terms(ScorecardSet::MEASURES).len());
        for (name, _) in values {
            assert!(names.iter().any(|(column, _)| column == name), "no column {name}");
        }
        let value = |column: &String| {
            let hidden = unmeasured.iter().any(|dataset| column.starts_with(&format!("{dataset}_")));
            let given = values.iter().find(|(name, _)| name == column).map(|(_, value)| Decimal::from(*value));
            if hidden { UNMEASURED } else { given.unwrap_or_default() }
        };
        Measures::new(names.iter().map(|(column, _)| value(column)).collect())
    }

    fn rules(changed: &[(&str, &str)]) -> Rules {
        let defaults = [
            ("SCORE_WEIGHT_TASKS_ON_TIME", "0.25"),
            ("SCORE_WEIGHT_PROJECTS_IN_TIME", "0.15"),
            ("SCORE_WEIGHT_PARTIES_CLEARED", "0.15"),
            ("SCORE_WEIGHT_KPIS_ON_TRACK", "0.20"),
            ("SCORE_WEIGHT_FEEDBACK_ON_TIME", "0.15"),
            ("SCORE_WEIGHT_SATISFACTION", "0.10"),
            ("SCORE_TARGET_TASKS_ON_TIME", "0.90"),
            ("SCORE_TARGET_PROJECTS_IN_TIME", "0.90"),
            ("SCORE_TARGET_PARTIES_CLEARED", "0.90"),
            ("SCORE_TARGET_KPIS_ON_TRACK", "0.80"),
            ("SCORE_TARGET_FEEDBACK_ON_TIME", "0.95"),
            ("SCORE_TARGET_SATISFACTION", "0.80"),
            ("SCORE_COVERAGE", "0.70"),
            ("SCORE_CAP_RED", "60"),
        ];
        let rules = defaults.iter().chain(changed).map(|(name, value)| ((*name).to_owned(), decimal(value)));
        rules.collect()
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    const ON_TIME_HALF: [(&str, i64); 2] = [("tasks_on_time_part", 45), ("tasks_on_time_whole", 100)];
    const NONE_LATE: [(&str, i64); 2] = [("projects_late_rate_part", 0), ("projects_late_rate_whole", 4)];
    const ALL_CLEARED: [(&str, i64); 2] =
        [("clearance_parties_cleared_part", 9), ("clearance_parties_cleared_whole", 10)];
    const HALF_ON_TRACK: [(&str, i64); 2] = [("kpis_on_track_part", 2), ("kpis_on_track_whole", 5)];

    #[test]
    fn the_score_is_the_weighted_mean_of_the_components_that_can_be_measured() {
        // 0.45 of 0.90 is 50; 1 of 0.90 is 100 and not more; 0.9 of 0.9 is 100; 0.4 of 0.8 is 50.
        let score = Score::new(
            &measures(&[ON_TIME_HALF, NONE_LATE, ALL_CLEARED, HALF_ON_TRACK].concat(), &["feedback"]),
            &rules(&[]),
        );
        // (0.25 × 50 + 0.15 × 100 + 0.15 × 100 + 0.20 × 50) ÷ 0.75 = 52.5 ÷ 0.75 = 70.
        assert_eq!((score.value, score.coverage, score.capped), (Some(Decimal::from(70)), decimal("0.75"), false));
        let values: Vec<Option<Decimal>> = score.components.iter().map(|component| component.value).collect();
        assert_eq!(
            values,
            [Some(50), Some(100), Some(100), Some(50), None, None].map(|value| value.map(Decimal::from))
        );
    }

    #[test]
    fn nothing_measured_is_no_score_and_a_zero_is_one() {
        assert_eq!(Score::new(&measures(&[], &[]), &rules(&[])).value, None);
        assert_eq!(
            Score::new(&measures(&[], &["tasks", "projects", "clearance", "kpis", "feedback"]), &rules(&[])).value,
            None
        );
        let nothing_done = [
            ("tasks_on_time_whole", 3),
            ("projects_late_rate_part", 2),
            ("projects_late_rate_whole", 2),
            ("clearance_parties_cleared_whole", 1),
            ("kpis_on_track_whole", 1),
        ];
        assert_eq!(Score::new(&measures(&nothing_done, &[]), &rules(&[])).value, Some(Decimal::ZERO));
    }

    #[test]
    fn a_coverage_of_seventy_percent_is_enough_and_one_of_sixty_nine_is_not() {
        let present = [ON_TIME_HALF, NONE_LATE, ALL_CLEARED].concat();
        // 0.25 + 0.15 + 0.15 = 0.55 of 1.00.
        assert_eq!(Score::new(&measures(&present, &[]), &rules(&[])).value, None);
        // Tasks 0.40: 0.70 of 1.00. KPIs 0.05 instead of 0.20.
        let heavier = [("SCORE_WEIGHT_TASKS_ON_TIME", "0.40"), ("SCORE_WEIGHT_KPIS_ON_TRACK", "0.05")];
        let score = Score::new(&measures(&present, &[]), &rules(&heavier));
        assert_eq!(score.coverage, decimal("0.70"));
        assert!(score.value.is_some());
        let lighter = [("SCORE_WEIGHT_TASKS_ON_TIME", "0.39"), ("SCORE_WEIGHT_KPIS_ON_TRACK", "0.06")];
        let score = Score::new(&measures(&present, &[]), &rules(&lighter));
        assert_eq!((score.value, score.coverage), (None, decimal("0.69")));
    }

    #[test]
    fn a_critical_red_caps_a_higher_score_and_leaves_a_lower_one() {
        let critical = |values: &[(&str, i64)]| {
            Score::new(&measures(&[values, &[("kpis_critical_red", 1)]].concat(), &["feedback"]), &rules(&[]))
        };
        let seventy = critical(&[ON_TIME_HALF, NONE_LATE, ALL_CLEARED, HALF_ON_TRACK].concat());
        assert_eq!((seventy.value, seventy.capped), (Some(Decimal::from(60)), true));
        // (0.25 × 50 + 0.15 × 100 + 0.15 × 0 + 0.20 × 50) ÷ 0.75 = 37.5 ÷ 0.75 = 50.
        let none_cleared = [("clearance_parties_cleared_part", 0), ("clearance_parties_cleared_whole", 10)];
        let fifty = critical(&[ON_TIME_HALF, NONE_LATE, none_cleared, HALF_ON_TRACK].concat());
        assert_eq!((fifty.value, fifty.capped), (Some(Decimal::from(50)), false));
    }

    #[test]
    fn satisfaction_counts_from_thirty_ratings_on_and_never_for_who_may_not_see_it() {
        let of = |satisfied: i64, rated: i64| {
            let ratings = [("feedback_satisfaction_rate_part", satisfied), ("feedback_satisfaction_rate_whole", rated)];
            Score::new(&measures(&ratings, &[]), &rules(&[])).components[5].value
        };
        assert_eq!(of(12, 30), Some(Decimal::from(50)));
        assert_eq!(of(12, 29), None);
        assert_eq!(of(-1, -1), None);
    }

    #[test]
    fn a_component_without_a_weight_on_the_day_is_none_of_the_score() {
        let all = [ON_TIME_HALF, NONE_LATE, ALL_CLEARED, HALF_ON_TRACK].concat();
        let mut rules = rules(&[]);
        rules.remove("SCORE_WEIGHT_TASKS_ON_TIME");
        let score = Score::new(&measures(&all, &["feedback"]), &rules);
        // (0.15 × 100 + 0.15 × 100 + 0.20 × 50) ÷ 0.50 = 80; 0.50 of 0.75 are measured, which is less than 70 %.
        assert_eq!((score.components.len(), score.value), (5, None));
        rules.insert("SCORE_COVERAGE".to_owned(), decimal("0.6"));
        assert_eq!(Score::new(&measures(&all, &["feedback"]), &rules).value, Some(Decimal::from(80)));
    }
}
