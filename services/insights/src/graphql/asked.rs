//! What a request selects and compares: only this is measured.

use async_graphql::Lookahead;
use service_kit::measures::MeasureName;

use crate::model::ComparedValue;
use crate::scorecard::{ScoreComponent, ScorecardSet, Wanted};

/// What a request needs of scorecards.
#[derive(Debug, Default)]
pub struct Asked {
    /// The measures.
    pub measures: Wanted,
    /// Whether the period before is needed.
    pub before: bool,
}

impl Asked {
    /// What the fields of cards select, and those of their peers.
    pub fn of_cards(cards: &[Lookahead<'_>]) -> Self {
        let peers: Vec<Lookahead<'_>> = cards.iter().map(|card| card.field("peers")).collect();
        let fields = |name: &'static str| cards.iter().chain(&peers).map(move |card| card.field(name));
        let any = |name: &'static str| fields(name).any(|field| field.exists());
        let measures: Vec<Lookahead<'_>> = fields("measures").chain(fields("previous")).collect();
        let mut asked = Self::of_measures(&measures);
        asked.before = any("previous");
        if any("score") {
            asked.add_score();
            let compared = |field: &str| fields("score").any(|score| score.field(field).exists());
            asked.before |= ["previousValue", "previousRank", "movement"].into_iter().any(compared);
        }
        if any("satisfactionFalls") {
            asked.add_satisfaction();
        }
        asked
    }

    /// What some objects of measures select.
    pub fn of_measures(measures: &[Lookahead<'_>]) -> Self {
        let mut asked = Self::default();
        let selects =
            |dataset: &str, measure: &str| measures.iter().any(|fields| fields.field(dataset).field(measure).exists());
        asked.measures.add_where(selects);
        if measures.iter().any(|fields| fields.field("score").exists()) {
            asked.add_score();
        }
        asked
    }

    /// Adds a measure that a filter or an order compares.
    pub fn compare(&mut self, name: MeasureName<ScorecardSet>, of: ComparedValue) {
        self.before |= of != ComparedValue::Value;
        match name.path() {
            (Some(dataset), measure) => self.measures.add(dataset, measure),
            (None, _) => self.add_score(),
        }
    }

    /// Adds what the composite score is made of.
    fn add_score(&mut self) {
        for component in ScoreComponent::ALL {
            let [dataset, measure] = component.path();
            self.measures.add(dataset, measure);
        }
        self.measures.add("kpis", "criticalRed");
    }

    /// Adds what a falling satisfaction is told by.
    pub fn add_satisfaction(&mut self) {
        self.measures.add("feedback", "satisfactionRate");
        self.before = true;
    }
}
