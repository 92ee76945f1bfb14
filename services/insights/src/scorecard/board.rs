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

impl Board {
    /// The card of an entity.
    pub fn card(&self, code: &str) -> Option<&Card> {
        self.cards.get(self.place(code)?)
    }

    /// The position of the card of an entity.
    pub fn place(&self, code: &str) -> Option<usize> {
        self.cards.binary_search_by(|card| card.subject.code.as_str().cmp(code)).ok()
    }
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

#[cfg(test)]
mod tests {
    use service_kit::measures::{MeasureSet, terms};

    use super::*;

    fn card(code: &str, class: &str, score: Option<i64>, size: Option<i64>) -> Card {
        let subject = Subject {
            code: code.to_owned(),
            name: code.to_owned(),
            class: class.to_owned(),
            population: size.map(Decimal::from),
            area_km2: None,
        };
        let mut values = vec![Decimal::ZERO; terms(ScorecardSet::MEASURES).len()];
        if let Some(score) = score {
            (values[0], values[1]) = (Decimal::from(score), Decimal::ONE);
        }
        let score = Score { value: score.map(Decimal::from), ..Score::default() };
        Card { subject, measures: Measures::new(values), score }
    }

    #[test]
    fn classes_are_ranked_apart_equal_scores_share_a_place_and_none_has_no_place() {
        let cards = [
            card("a", "WARD", Some(70), None),
            card("b", "WARD", Some(90), None),
            card("c", "WARD", Some(70), None),
            card("d", "WARD", Some(10), None),
            card("e", "WARD", None, None),
            card("f", "COMMUNE", Some(5), None),
        ];
        let ranks = rank(&cards);
        let placed = |code: &str| ranks.get(code).map(|ranked| (ranked.rank, ranked.among));
        assert_eq!(
            ["a", "b", "c", "d", "e", "f"].map(placed),
            [Some((2, 4)), Some((1, 4)), Some((2, 4)), Some((4, 4)), None, Some((1, 1))]
        );
    }

    #[test]
    fn peers_are_of_the_same_class_and_nearest_first() {
        let cards = [
            card("a", "WARD", None, Some(100)),
            card("b", "WARD", None, Some(90)),
            card("c", "WARD", None, Some(110)),
            card("d", "WARD", None, Some(101)),
            card("e", "WARD", None, None),
            card("f", "COMMUNE", None, Some(100)),
        ];
        let names = |of: usize| {
            let near = peers(&cards, &cards[of], |subject| subject.population);
            near.into_iter().map(|card| card.subject.code.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["d", "b", "c"]);
        assert!(names(4).is_empty() && names(5).is_empty());
    }

    #[test]
    fn a_change_needs_both_values_and_an_order_puts_what_has_none_last() {
        let name: MeasureName<ScorecardSet> =
            async_graphql::InputType::parse(Some(async_graphql::Value::from("SCORE"))).expect("a measure");
        let board = |scores: [Option<i64>; 3]| Board {
            cards: ["a", "b", "c"].iter().zip(scores).map(|(code, score)| card(code, "WARD", score, None)).collect(),
            ..Board::default()
        };
        let (now, before) = (board([Some(50), Some(60), Some(70)]), board([Some(40), None, Some(75)]));
        let codes = |selection: &Selection, order: &[Order]| {
            let pairs = arrange(&now, Some(&before), selection, order);
            pairs.iter().map(|pair| pair.card.subject.code.clone()).collect::<Vec<_>>()
        };
        let by_change = [(name, ComparedValue::Change, Direction::Asc)];
        assert_eq!(codes(&Selection::default(), &by_change), ["c", "a", "b"]);
        assert_eq!(codes(&Selection::default(), &[(name, ComparedValue::Change, Direction::Desc)]), ["a", "c", "b"]);
        let fell = NumberFilter { lt: Some(0.0), ..NumberFilter::default() };
        let falling = Selection { bounds: vec![(name, ComparedValue::Change, fell)], ..Selection::default() };
        assert_eq!(codes(&falling, &[]), ["c"]);
        let listed = Selection { codes: Some(vec!["b".to_owned()]), ..Selection::default() };
        assert_eq!(codes(&listed, &[]), ["b"]);
    }
}
