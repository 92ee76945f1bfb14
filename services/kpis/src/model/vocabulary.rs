//! Vocabularies of KPIs.

use async_graphql::Enum;
use service_kit::vocabulary;

vocabulary! {
    /// Which way an indicator is better.
    pub enum IndicatorDirection {
        /// Higher is better.
        Higher = "HIGHER",
        /// Lower is better.
        Lower = "LOWER",
        /// Within a range is good.
        Range = "RANGE",
        /// Done (1) or not (0).
        Binary = "BINARY",
    }
}

vocabulary! {
    /// What an indicator measures. It decides how values add up over time.
    pub enum IndicatorNature {
        /// Amount of a period; periods add up.
        Flow = "FLOW",
        /// Amount at the end of a period; the last counts.
        Stock = "STOCK",
        /// Quotient; numerators and denominators add up.
        Rate = "RATE",
        /// Growth over the same period a year before; periods are weighted by the level then.
        Growth = "GROWTH",
    }
}

vocabulary! {
    /// How often an indicator is observed.
    pub enum Frequency {
        /// Every month.
        Month = "MONTH",
        /// Every quarter.
        Quarter = "QUARTER",
        /// Every year.
        Year = "YEAR",
    }
}

impl Frequency {
    /// Months of a period.
    pub const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

vocabulary! {
    /// How the value of the city follows from its parts.
    pub enum OverPlaces {
        /// The parts add up.
        Sum = "SUM",
        /// Numerators and denominators of the parts add up.
        Ratio = "RATIO",
        /// It does not follow from them.
        None = "NONE",
    }
}

vocabulary! {
    /// What a target or an observation is about.
    pub enum KpiScope {
        /// The city.
        City = "CITY",
        /// A ward or commune.
        Area = "AREA",
        /// An organization.
        Organization = "ORGANIZATION",
    }
}

vocabulary! {
    /// Length of the period of a target.
    pub enum TargetSpan {
        /// A year.
        Year = "YEAR",
        /// A quarter.
        Quarter = "QUARTER",
        /// A month.
        Month = "MONTH",
    }
}

vocabulary! {
    /// What is said about an observed value. SDMX calls it the status of the observation.
    pub enum ObservationFlag {
        /// Nothing (A).
        Normal = "NORMAL",
        /// Preliminary (P).
        Provisional = "PROVISIONAL",
        /// Estimated (E).
        Estimated = "ESTIMATED",
        /// Forecast (F): no actual, so it counts nowhere.
        Forecast = "FORECAST",
        /// There is no value (O).
        Missing = "MISSING",
        /// The value is confidential (Q).
        Suppressed = "SUPPRESSED",
        /// Break in the series: not comparable with the values before (B).
        Break = "BREAK",
    }
}

vocabulary! {
    /// State of an observation. Only a published one counts.
    pub enum ObservationStatus {
        /// Being written by the owner, or returned to it.
        Draft = "DRAFT",
        /// Submitted to the statistics office.
        Submitted = "SUBMITTED",
        /// Verified by the statistics office.
        Verified = "VERIFIED",
        /// Published.
        Published = "PUBLISHED",
        /// Withdrawn with a reason.
        Withdrawn = "WITHDRAWN",
    }
}

vocabulary! {
    /// Judgement of a target by its shortfall, as a share of the way from the baseline to the target.
    pub enum KpiRag {
        /// Nothing is short.
        Green = "GREEN",
        /// At most the rule `KPI_AMBER_GREEN_SHORTFALL` (5 %).
        AmberGreen = "AMBER_GREEN",
        /// At most the rule `KPI_AMBER_RED_SHORTFALL` (15 %).
        AmberRed = "AMBER_RED",
        /// More.
        Red = "RED",
    }
}

vocabulary! {
    /// What is compared with what for a judgement.
    pub enum Judged {
        /// The whole period with the target.
        Period = "PERIOD",
        /// An estimate of the whole period, from before its end, with the target.
        Estimate = "ESTIMATE",
        /// What was observed so far with the point of the trajectory.
        Trajectory = "TRAJECTORY",
        /// The growth so far with the target; of done or not, that it is done.
        ToDate = "TO_DATE",
        /// The forecast of the period with the target.
        Forecast = "FORECAST",
    }
}

vocabulary! {
    /// Why there is no attainment.
    pub enum AttainmentReason {
        /// Nothing was published of the period.
        NoObservation = "NO_OBSERVATION",
        /// The period was not observed whole: a part of a flow cannot be compared with the baseline of a whole period, nor, if lower
        /// is better, with its target.
        PeriodNotOver = "PERIOD_NOT_OVER",
        /// A range is met or not.
        RangeHasNoAttainment = "RANGE_HAS_NO_ATTAINMENT",
        /// The target is not beyond its baseline, in the direction of the indicator.
        TargetNotBeyondBaseline = "TARGET_NOT_BEYOND_BASELINE",
        /// Without a baseline the target must be positive.
        TargetNotPositive = "TARGET_NOT_POSITIVE",
        /// Without a baseline the actual of an indicator that is better lower must not be negative.
        ActualNotPositive = "ACTUAL_NOT_POSITIVE",
    }
}

vocabulary! {
    /// Why there is no forecast.
    pub enum ForecastReason {
        /// Nothing was published of the period.
        NoObservation = "NO_OBSERVATION",
        /// No earlier year is known whole, so the share of the part is unknown.
        NoEarlierYear = "NO_EARLIER_YEAR",
        /// Fewer points than the rule `KPI_TREND_POINTS`.
        FewPoints = "FEW_POINTS",
        /// Several values without numerator and denominator do not add up.
        NoNumerator = "NO_NUMERATOR",
        /// Growth has what the rest of the period needs instead.
        GrowthHasNeed = "GROWTH_HAS_NEED",
        /// Done or not has no trend.
        BinaryHasNoForecast = "BINARY_HAS_NO_FORECAST",
    }
}

vocabulary! {
    /// Why there is no judgement.
    pub enum RagReason {
        /// Nothing was published of the period.
        NoObservation = "NO_OBSERVATION",
        /// Several values without numerator and denominator do not add up.
        NoNumerator = "NO_NUMERATOR",
        /// The period is not over, and no earlier year is known whole.
        NoEarlierYear = "NO_EARLIER_YEAR",
        /// The period is not over, and there are too few points for a trend.
        FewPoints = "FEW_POINTS",
        /// It is not done yet, and its period is not over.
        BinaryHasNoForecast = "BINARY_HAS_NO_FORECAST",
        /// The target equals its baseline (without one, 0), so a shortfall is no share of the way.
        TargetEqualsBaseline = "TARGET_EQUALS_BASELINE",
    }
}

schema::string_enum! {
    /// Dimension of measures of targets.
    #[derive(Enum)]
    pub enum KpiDimension {
        /// Indicator.
        Indicator = "INDICATOR",
        /// Kind of the scope.
        Scope = "SCOPE",
        /// Area of the scope; the city's for its targets.
        Area = "AREA",
        /// Organization of the scope, else the owner of the indicator.
        Organization = "ORGANIZATION",
        /// Axis of that organization.
        Axis = "AXIS",
        /// Level of that organization.
        Level = "LEVEL",
        /// Official who holds the accountable position of the indicator on the day.
        Official = "OFFICIAL",
        /// Programme of the indicator.
        Programme = "PROGRAMME",
        /// Bottleneck of the indicator.
        Bottleneck = "BOTTLENECK",
        /// Nature of the indicator.
        Nature = "NATURE",
        /// Judgement.
        Rag = "RAG",
    }
}
