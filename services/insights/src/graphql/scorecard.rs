//! A scorecard: measures, score, rank, peers.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID, Object, Result, SimpleObject};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use service_kit::Problem;
use service_kit::measures::Measures;

use super::entity::{Area, Bottleneck, Indicator, Official, Organization, Programme, Project};
use crate::model::ScorecardDimension;
use crate::scorecard::{self, Board, Card, Pair, Ranked, ScoreComponent, ScorecardSet, Subject};

/// Maximum number of peers in one answer.
const MAX_PEERS: i32 = 50;

/// The boards of a request: of the period, and of the one before.
#[derive(Debug)]
pub struct Boards {
    /// Dimension of both.
    pub by: ScorecardDimension,
    /// Of the period.
    pub now: Arc<Board>,
    /// Of the period before.
    pub before: Option<Arc<Board>>,
    ranks: HashMap<String, Ranked>,
    ranks_before: HashMap<String, Ranked>,
}

impl Boards {
    /// Ranks the cards of both boards.
    pub fn new(by: ScorecardDimension, now: Arc<Board>, before: Option<Arc<Board>>) -> Self {
        let ranks = |board: &Board| {
            scorecard::rank(&board.cards).into_iter().map(|(code, rank)| (code.to_owned(), rank)).collect()
        };
        let (ranks, ranks_before) = (ranks(&now), before.as_deref().map(ranks).unwrap_or_default());
        Self { by, now, before, ranks, ranks_before }
    }
}

/// The measures of all services side by side for one entity.
#[derive(Debug, Clone)]
pub struct Scorecard {
    boards: Arc<Boards>,
    /// Position of the card on the board of the period.
    place: usize,
}

impl Scorecard {
    /// The scorecard of an entity; `None` when the board has none.
    pub fn find(boards: &Arc<Boards>, code: &str) -> Option<Self> {
        Some(Self { boards: boards.clone(), place: boards.now.place(code)? })
    }

    fn card(&self) -> &Card {
        &self.boards.now.cards[self.place]
    }

    fn subject(&self) -> &Subject {
        &self.card().subject
    }

    fn pair(&self) -> Pair<'_> {
        let before = self.boards.before.as_deref();
        let previous = before.and_then(|board| board.card(&self.subject().code));
        Pair { card: self.card(), previous }
    }

    fn reference<T>(&self, by: ScorecardDimension, new: fn(&str) -> T) -> Option<T> {
        (self.boards.by == by).then(|| new(&self.subject().code))
    }
}

/// By which size peers are nearest.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerSize {
    /// Population.
    Population,
    /// Area in km².
    Area,
}

/// Scorecard: the measures of all services side by side for one entity.
#[Object]
impl Scorecard {
    /// What the scorecard is about.
    async fn by(&self) -> ScorecardDimension {
        self.boards.by
    }

    /// Code of the entity.
    async fn code(&self) -> ID {
        ID(self.subject().code.clone())
    }

    /// Name of the entity.
    async fn name(&self) -> &str {
        &self.subject().name
    }

    /// Class of the entity; entities are ranked within their class. Areas: `WARD`, `COMMUNE`; organizations: their level; programmes
    /// and projects: their kind; the others have one class, which is empty.
    async fn class(&self) -> &str {
        &self.subject().class
    }

    /// The area; null for another dimension.
    async fn area(&self) -> Option<Area> {
        self.reference(ScorecardDimension::Area, Area::new)
    }

    /// The organization; null for another dimension.
    async fn organization(&self) -> Option<Organization> {
        self.reference(ScorecardDimension::Organization, Organization::new)
    }

    /// The programme; null for another dimension.
    async fn programme(&self) -> Option<Programme> {
        self.reference(ScorecardDimension::Programme, Programme::new)
    }

    /// The official; null for another dimension.
    async fn official(&self) -> Option<Official> {
        self.reference(ScorecardDimension::Official, Official::new)
    }

    /// The project; null for another dimension.
    async fn project(&self) -> Option<Project> {
        self.reference(ScorecardDimension::Project, Project::new)
    }

    /// The bottleneck; null for another dimension.
    async fn bottleneck(&self) -> Option<Bottleneck> {
        self.reference(ScorecardDimension::Bottleneck, Bottleneck::new)
    }

    /// The indicator; null for another dimension.
    async fn indicator(&self) -> Option<Indicator> {
        self.reference(ScorecardDimension::Indicator, Indicator::new)
    }

    /// Measures of the period.
    async fn measures(&self) -> Measures<ScorecardSet> {
        self.card().measures.clone()
    }

    /// Measures of the period before (`compareTo`), with the same elapsed part of a period that is not over.
    async fn previous(&self) -> Option<Measures<ScorecardSet>> {
        self.pair().previous.map(|card| card.measures.clone())
    }

    /// Composite score with what it is made of, and the rank within the class.
    async fn score(&self) -> CompositeScore {
        let rank = |ranks: &HashMap<String, Ranked>| ranks.get(&self.subject().code).copied();
        CompositeScore::new(self.pair(), rank(&self.boards.ranks), rank(&self.boards.ranks_before))
    }

    /// Whether the satisfaction falls against the period before: the pooled two-proportion z is below −1.645 (one-sided, 5 %). Null
    /// when one of the two periods has fewer than 30 ratings.
    async fn satisfaction_falls(&self) -> Option<bool> {
        self.pair().satisfaction_falls()
    }

    #[allow(clippy::unused_async, reason = "a resolver that can refuse its argument")]
    /// Entities of the same class that are nearest in size, the nearest first; at most `first` (1 to 50). Only areas have sizes;
    /// without `by` it is the population, or the area in km² where the population is not known.
    async fn peers(&self, #[graphql(default = 5)] first: i32, by: Option<PeerSize>) -> Result<Vec<Self>> {
        if !(1..=MAX_PEERS).contains(&first) {
            return Err(Problem::validation("first", format!("first is {first}; accepted: 1 to {MAX_PEERS}")).into());
        }
        let known = if self.subject().population.is_some() { PeerSize::Population } else { PeerSize::Area };
        let size = |subject: &Subject| match by.unwrap_or(known) {
            PeerSize::Population => subject.population,
            PeerSize::Area => subject.area_km2,
        };
        let near = scorecard::peers(&self.boards.now.cards, self.card(), size).into_iter();
        let near = near.take(usize::try_from(first).unwrap_or_default());
        Ok(near.filter_map(|card| Self::find(&self.boards, &card.subject.code)).collect())
    }
}

/// Composite score of 0 to 100: the weighted mean of the components that can be measured. The weights, the targets, the least
/// coverage and the cap are the rules `SCORE_…` of the reference data, as they hold on the day.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct CompositeScore {
    /// The score; null when the coverage is below the rule `SCORE_COVERAGE`.
    value: Option<f64>,
    /// Share of the weights whose components can be measured.
    coverage: Option<f64>,
    /// Whether a critical indicator in red has reduced the score to the rule `SCORE_CAP_RED`.
    capped: bool,
    /// The components.
    components: Vec<CompositeScoreComponent>,
    /// Place within the class, 1 for the highest; equal scores share a place. Null without a score.
    rank: Option<usize>,
    /// Number of entities of the class that have a place.
    ranked: Option<usize>,
    /// Score of the period before.
    previous_value: Option<f64>,
    /// Place in the period before.
    previous_rank: Option<usize>,
}

#[ComplexObject]
impl CompositeScore {
    /// Places won since the period before: positive when the rank is better. Null without both ranks.
    async fn movement(&self) -> Option<i64> {
        let signed = |rank: Option<usize>| i64::try_from(rank?).ok();
        Some(signed(self.previous_rank)? - signed(self.rank)?)
    }
}

/// A component of a composite score.
#[derive(SimpleObject, Debug)]
pub struct CompositeScoreComponent {
    /// Which it is.
    component: ScoreComponent,
    /// Its weight.
    weight: Decimal,
    /// The share that gives 100.
    target: Decimal,
    /// The share that was measured; null when nothing could be.
    measured: Option<f64>,
    /// 0 to 100 against the target; null when nothing could be measured.
    value: Option<f64>,
}

impl CompositeScore {
    fn new(pair: Pair<'_>, rank: Option<Ranked>, before: Option<Ranked>) -> Self {
        let number = |value: Option<Decimal>| value.and_then(|value| value.to_f64());
        let score = &pair.card.score;
        Self {
            value: number(score.value),
            coverage: score.coverage.to_f64(),
            capped: score.capped,
            components: score
                .components
                .iter()
                .map(|part| CompositeScoreComponent {
                    component: part.of,
                    weight: part.weight,
                    target: part.target,
                    measured: number(part.measured),
                    value: number(part.value),
                })
                .collect(),
            rank: rank.map(|rank| rank.rank),
            ranked: rank.map(|rank| rank.among),
            previous_value: number(pair.previous.and_then(|card| card.score.value)),
            previous_rank: before.map(|rank| rank.rank),
        }
    }
}
