//! Data of a bundled city: reading and checking.

mod area;
mod facts;
mod feedback;
mod kpi;
mod profile;
mod project;
mod theme;
mod volume;
mod year;

use std::collections::HashMap;

use serde::de::DeserializeOwned;

use crate::SampleError;
pub(crate) use area::{AreaRecord, SuccessionRecord};
pub(crate) use facts::{Facts, OrganizationFact};
pub(crate) use feedback::{CategoryFact, FeedbackFacts};
pub(crate) use kpi::{FormerAreas, IndicatorFact, KpiAreas, KpiFacts, ObservationFact, PathFact};
pub(crate) use profile::{Groups, Handover, Profile};
pub(crate) use project::{CapitalYear, CarriedOver, Cohort, Contradiction, NamedProject, ProjectFacts, ProjectTheme};
pub(crate) use theme::{Common, CommuneTheme, Theme, Themes};
pub(crate) use volume::VolumeFacts;
pub(crate) use year::{Late, ShareByAxis, Told, TroubleShare, Window, Year};

/// Names of the bundled cities.
pub const CITIES: &[&str] = &["hanoi"];

/// All data of a city.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) name: &'static str,
    pub(crate) areas: Vec<AreaRecord>,
    pub(crate) successions: Vec<SuccessionRecord>,
    pub(crate) facts: Facts,
    pub(crate) groups: Groups,
    pub(crate) profile: Profile,
    pub(crate) themes: Themes,
    pub(crate) year: Year,
    pub(crate) volume: VolumeFacts,
    pub(crate) projects: ProjectFacts,
    pub(crate) kpis: KpiFacts,
    pub(crate) feedback: FeedbackFacts,
}

impl City {
    /// Reads a bundled city.
    pub(crate) fn read(city: &str) -> Result<Self, SampleError> {
        match city {
            "hanoi" => Self::hanoi(),
            unknown => Err(SampleError::UnknownCity { city: unknown.to_owned(), bundled: CITIES }),
        }
    }

    fn hanoi() -> Result<Self, SampleError> {
        Ok(Self {
            name: "hanoi",
            areas: table("areas.csv", include_str!("../../data/hanoi/areas.csv"))?,
            successions: table("area_succession.csv", include_str!("../../data/hanoi/area_succession.csv"))?,
            facts: document("facts.toml", include_str!("../../data/hanoi/facts.toml"))?,
            groups: document("task_groups.toml", include_str!("../../data/hanoi/task_groups.toml"))?,
            profile: document("city.toml", include_str!("../../data/hanoi/city.toml"))?,
            themes: document("themes.toml", include_str!("../../data/hanoi/themes.toml"))?,
            year: document("story.toml", include_str!("../../data/hanoi/story.toml"))?,
            volume: document("volume.toml", include_str!("../../data/hanoi/volume.toml"))?,
            projects: document("projects.toml", include_str!("../../data/hanoi/projects.toml"))?,
            kpis: document("kpis.toml", include_str!("../../data/hanoi/kpis.toml"))?,
            feedback: document("feedback.toml", include_str!("../../data/hanoi/feedback.toml"))?,
        })
    }

    /// Published organizations by code, without the committees of wards and communes.
    pub(crate) fn organizations(&self) -> HashMap<&str, &OrganizationFact> {
        let facts = self.facts.organizations.iter();
        facts.map(|organization| (organization.code.as_str(), organization)).collect()
    }
}

fn document<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, SampleError> {
    toml::from_str(text).map_err(|source| SampleError::Toml { file, source: Box::new(source) })
}

fn table<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<T>, SampleError> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|source| SampleError::Csv { file, source })
}
