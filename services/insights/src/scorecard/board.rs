//! Scorecards of one dimension: who is on the board, in which order, and which place each has.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use service_kit::filter::NumberFilter;
use service_kit::measures::{MeasureName, Measured, Measures};
use service_kit::statistics::{change, is_falling};
use service_kit::stats::by_value;
use service_kit::vocabulary::Direction;

use super::{Score, ScorecardSet};
use crate::model::ComparedValue;

/// The measured entity of a scorecard.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Subject {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Entities of one class are ranked with each other: wards apart from communes, departments apart from the grassroots.
    pub class: String,
    /// Population of an area.
    pub population: Option<Decimal>,
    /// Area in km².
    pub area_km2: Option<Decimal>,
}

/// The scorecard of one entity.
#[derive(Debug, Clone)]
pub struct Card {
    /// The entity.
    pub subject: Subject,
    /// Its measures, with the score.
    pub measures: Measures<ScorecardSet>,
    /// The score with its components.
    pub score: Score,
}

/// The scorecards of all entities of a dimension in one span of time, by code.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// The cards, by code.
    pub cards: Vec<Card>,
    /// Time of the latest observation.
    pub observed_at: Option<DateTime<Utc>>,
    /// Number of groups that are about too few persons for the caller.
    pub hidden: usize,
    /// Kinds of pushed records that the measures are made of.
    pub fed_by: Vec<String>,
}

/// Place of an entity among those of its class that have a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// 1 for the highest score; equal scores share a place.
    pub rank: usize,
    /// Number of entities that have a place.
    pub among: usize,
}

/// Ranks the cards within their classes.
pub fn rank(cards: &[Card]) -> HashMap<&str, Ranked> {
    let mut classes: HashMap<&str, Vec<(Decimal, &str)>> = HashMap::new();
    for card in cards {
        if let Some(score) = card.score.value {
            classes.entry(&card.subject.class).or_default().push((score, &card.subject.code));
        }
    }
    let mut places = HashMap::new();
    for mut class in classes.into_values() {
        class.sort_unstable_by(|left, right| right.cmp(left));
        let (mut rank, mut last) = (0, None);
        for (place, (score, code)) in (1..).zip(&class) {
            if last != Some(*score) {
                (rank, last) = (place, Some(*score));
            }
            places.insert(*code, Ranked { rank, among: class.len() });
        }
    }
    places
}

/// The entities of the same class that are nearest in a size, the nearest first; none without a size of its own.
pub fn peers<'a>(cards: &'a [Card], of: &Card, size: impl Fn(&Subject) -> Option<Decimal>) -> Vec<&'a Card> {
    let Some(own) = size(&of.subject) else { return Vec::new() };
    let others =
        cards.iter().filter(|card| card.subject.class == of.subject.class && card.subject.code != of.subject.code);
    let mut near: Vec<(Decimal, &Card)> =
        others.filter_map(|card| Some(((size(&card.subject)? - own).abs(), card))).collect();
    near.sort_by(|left, right| (left.0, &left.1.subject.code).cmp(&(right.0, &right.1.subject.code)));
    near.into_iter().map(|(_, card)| card).collect()
}

/// Bounds on a value of a measure.
pub type Bound = (MeasureName<ScorecardSet>, ComparedValue, NumberFilter);

/// One term of an order.
pub type Order = (MeasureName<ScorecardSet>, ComparedValue, Direction);

/// Which cards are asked for.
#[derive(Debug, Default)]
pub struct Selection {
    /// Codes; `None` for all.
    pub codes: Option<Vec<String>>,
    /// Classes; `None` for all.
    pub classes: Option<Vec<String>>,
    /// Bounds, joined by AND.
    pub bounds: Vec<Bound>,
    /// Only entities whose satisfaction falls.
    pub satisfaction_falling: Option<bool>,
}

/// The measures of an entity in the span and in the one before.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// In the span.
    pub card: &'a Card,
    /// In the span before; `None` without comparison, and for an entity that did not exist.
    pub previous: Option<&'a Card>,
}

impl Pair<'_> {
    /// A value; `None` when one of the two that it is made of is not there.
    pub fn value(&self, name: MeasureName<ScorecardSet>, of: ComparedValue) -> Option<f64> {
        let now = || self.card.measures.value(name);
        let before = || self.previous?.measures.value(name);
        match of {
            ComparedValue::Value => now(),
            ComparedValue::Previous => before(),
            ComparedValue::Change => Some(now()? - before()?),
        }
    }

    /// Whether the satisfaction falls, by the comparison of two shares; `None` when a sample has fewer than 30 ratings.
    pub fn satisfaction_falls(&self) -> Option<bool> {
        let sample = |card: &Card| {
            let &[part, whole] = card.measures.terms_of(&["feedback", "satisfactionRate"]) else { return None };
            Some((part.to_f64().filter(|part| *part >= 0.0)?, whole.to_f64()?))
        };
        let z = change(sample(self.previous?)?, sample(self.card)?)?;
        Some(is_falling(z))
    }
}

/// Filters the cards and orders them. Cards without a value come last in both directions; equal ones are ordered by code.
pub fn arrange<'a>(
    board: &'a Board,
    before: Option<&'a Board>,
    selection: &Selection,
    order: &[Order],
) -> Vec<Pair<'a>> {
    let earlier: HashMap<&str, &Card> =
        before.into_iter().flat_map(|board| &board.cards).map(|card| (card.subject.code.as_str(), card)).collect();
    let named =
        |list: &Option<Vec<String>>, value: &str| list.as_ref().is_none_or(|list| list.iter().any(|one| one == value));
    let mut pairs: Vec<Pair<'a>> = board
        .cards
        .iter()
        .map(|card| Pair { card, previous: earlier.get(card.subject.code.as_str()).copied() })
        .filter(|pair| {
            let subject = &pair.card.subject;
            named(&selection.codes, &subject.code)
                && named(&selection.classes, &subject.class)
                && selection.bounds.iter().all(|(name, of, bounds)| bounds.matches(pair.value(*name, *of)))
                && selection.satisfaction_falling.is_none_or(|asked| pair.satisfaction_falls() == Some(asked))
        })
        .collect();
    pairs.sort_by(|left, right| {
        order
            .iter()
            .map(|(name, of, direction)| by_value(left.value(*name, *of), right.value(*name, *of), *direction))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| left.card.subject.code.cmp(&right.card.subject.code))
    });
    pairs
}
