//! Dimensions of scorecards.

use service_kit::store::codes::CodeKind;

service_kit::vocabulary! {
    /// What a scorecard is about.
    pub enum ScorecardDimension {
        /// The city as a whole, with the code `CITY`.
        City = "CITY",
        /// Wards and communes.
        Area = "AREA",
        /// Organizations that lead the work.
        Organization = "ORGANIZATION",
        /// Programmes.
        Programme = "PROGRAMME",
        /// Officials who hold the accountable positions on the day.
        Official = "OFFICIAL",
        /// Projects.
        Project = "PROJECT",
        /// Bottlenecks of the city.
        Bottleneck = "BOTTLENECK",
        /// Indicators, with the tasks and projects that name them.
        Indicator = "INDICATOR",
    }
}

service_kit::vocabulary! {
    /// Which value of a measure is compared.
    #[derive(Default)]
    pub enum ComparedValue {
        /// The value of the period.
        #[default]
        Value = "VALUE",
        /// The value of the period before.
        Previous = "PREVIOUS",
        /// The value less that of the period before.
        Change = "CHANGE",
    }
}

impl ScorecardDimension {
    /// Kind of the entities; none of the city, which has the one code `CITY`.
    pub const fn kind(self) -> Option<CodeKind> {
        Some(match self {
            Self::City => return None,
            Self::Area => CodeKind::AREA,
            Self::Organization => CodeKind::ORGANIZATION,
            Self::Programme => CodeKind::PROGRAMME,
            Self::Official => CodeKind::OFFICIAL,
            Self::Project => CodeKind::PROJECT,
            Self::Bottleneck => CodeKind::BOTTLENECK,
            Self::Indicator => CodeKind::INDICATOR,
        })
    }

    /// Name of the dimension in the rules of access.
    pub const fn field(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Area => "area",
            Self::Organization => "organization",
            Self::Programme => "programme",
            Self::Official => "official",
            Self::Project => "project",
            Self::Bottleneck => "bottleneck",
            Self::Indicator => "indicator",
        }
    }
}
