//! Small cells: measures of persons of which a caller without a right to the rows gets no count of one to four.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{FEWEST_PERSONS, Measure, MeasureSet, Measures, Shape, UNMEASURED};

/// When a measure of persons is null, for its description.
pub(super) const WHEN_HIDDEN: &str = "Null when the caller does not see all rows, and it counts one to four, or leaves one to four of a whole \
    that is shown too.";

/// Measure of the same set that a measure of persons is a part of. What the part leaves of it is a small cell too.
#[derive(Debug, Clone, Copy)]
pub enum Whole {
    /// What it counts: of a rate its denominator, of a group the sum of its parts.
    Rows(&'static str),
    /// Both terms of a rate, of which a rate is a part term by term.
    Terms(&'static str),
}

fn is_few(count: Decimal) -> bool {
    count > Decimal::ZERO && count < Decimal::from(FEWEST_PERSONS)
}

/// The counts that a value tells: of a rate also what its numerator leaves.
fn counts(shape: Shape, values: &[Decimal]) -> Vec<Decimal> {
    match (shape, values) {
        (Shape::Rate(..), [part, whole]) => vec![*part, *whole, whole - part],
        _ => vec![rows(shape, values)],
    }
}

fn rows(shape: Shape, values: &[Decimal]) -> Decimal {
    match (shape, values) {
        (Shape::Rate(..), [_, whole]) => *whole,
        _ => values.iter().sum(),
    }
}

/// The measures with their values.
fn cells<'a>(measures: &'static [Measure], mut values: &'a [Decimal]) -> Vec<(&'static Measure, &'a [Decimal])> {
    let cell = |measure: &'static Measure| {
        let (own, rest) = values.split_at(measure.shape.width().min(values.len()));
        values = rest;
        (measure, own)
    };
    measures.iter().map(cell).collect()
}

/// The positions of the measures of persons that the values of a group would tell of too few.
fn few(measures: &'static [Measure], values: &[Decimal]) -> BTreeSet<usize> {
    let cells = cells(measures, values);
    let left = |whole: Whole, shape: Shape, own: &[Decimal]| -> Vec<Decimal> {
        let (Whole::Rows(name) | Whole::Terms(name)) = whole;
        let Some((measure, values)) = cells.iter().find(|(measure, _)| measure.name == name) else { return Vec::new() };
        // One that is not asked for is 0.
        let all = rows(measure.shape, values);
        match whole {
            _ if all.is_zero() => Vec::new(),
            Whole::Rows(_) => vec![all - rows(shape, own)],
            Whole::Terms(_) => {
                counts(measure.shape, values).iter().zip(counts(shape, own)).map(|(all, own)| all - own).collect()
            }
        }
    };
    let tells = |measure: &Measure, own: &[Decimal]| {
        measure.persons.is_some_and(|wholes| {
            let left = wholes.iter().flat_map(|whole| left(*whole, measure.shape, own));
            !rows(measure.shape, own).is_zero() && counts(measure.shape, own).into_iter().chain(left).any(is_few)
        })
    };
    let places = cells.iter().enumerate().filter(|(_, (measure, own))| tells(measure, own));
    places.map(|(place, _)| place).collect()
}

fn hide(measures: &[Measure], values: &mut [Decimal], places: &BTreeSet<usize>) {
    let mut rest = values;
    for (place, measure) in measures.iter().enumerate() {
        let (own, others) = rest.split_at_mut(measure.shape.width().min(rest.len()));
        if places.contains(&place) {
            own.fill(UNMEASURED);
        }
        rest = others;
    }
}

/// Hides the small cells among the values of a group.
pub fn hide_few(measures: &'static [Measure], values: &mut [Decimal]) {
    let places = few(measures, values);
    hide(measures, values, &places);
}

impl<S: MeasureSet> Measures<S> {
    /// The positions of the measures that are small cells.
    pub(crate) fn few(&self) -> BTreeSet<usize> {
        few(S::MEASURES, &self.values)
    }

    /// Hides the measures at some positions.
    pub(crate) fn hide(&mut self, places: &BTreeSet<usize>) {
        hide(S::MEASURES, &mut self.values, places);
    }

    /// Hides what would be told by the difference between the total of a measure and the rows that are shown of it.
    ///
    /// Each row has the positions of the measures that are hidden in it. While those of a measure are told by the difference, because
    /// there is only one or because they are few together, the next smaller one is hidden too, and at last the total. Rows that are
    /// left out are hidden already.
    pub(crate) fn hide_differences(
        place: usize,
        rows_of: &mut [(&Self, &mut BTreeSet<usize>)],
        left_out: &[&Self],
        (total, hidden): (&Self, &mut BTreeSet<usize>),
    ) {
        let shape = S::MEASURES[place].shape;
        let start: usize = S::MEASURES[..place].iter().map(|measure| measure.shape.width()).sum();
        let own = start..start + shape.width();
        let size = |measures: &Self| rows(shape, &measures.values[own.clone()]);
        let counts = |measures: &Self| counts(shape, &measures.values[own.clone()]);
        if size(total).is_zero() {
            return;
        }
        loop {
            let nulled: Vec<&Self> =
                rows_of.iter().filter(|(_, hidden)| hidden.contains(&place)).map(|(measures, _)| *measures).collect();
            let missing: Vec<_> = nulled.iter().chain(left_out).filter(|measures| !size(measures).is_zero()).collect();
            let mut together = vec![Decimal::ZERO; counts(total).len()];
            for measures in &missing {
                together.iter_mut().zip(counts(measures)).for_each(|(sum, count)| *sum += count);
            }
            let small = together.into_iter().position(is_few);
            if small.is_none() && (missing.len() != 1 || nulled.is_empty()) {
                return;
            }
            // Only a row that adds to the small count makes it larger.
            let adds = |row: &Self| match small {
                Some(count) => !counts(row)[count].is_zero(),
                None => !size(row).is_zero(),
            };
            let shown = rows_of.iter_mut().filter(|(row, hidden)| !hidden.contains(&place) && adds(row));
            if let Some((_, hidden)) = shown.min_by_key(|(row, _)| size(row)) {
                hidden.insert(place);
            } else {
                hidden.insert(place);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Term;
    use super::*;

    const MEASURES: &[Measure] = &[
        Measure::count("parties", "", "true"),
        Measure::count("refused", "", "true").of_persons(&[Whole::Rows("parties")]),
        Measure::new("cleared", "", Shape::Rate(Term::count("true"), Term::count("true"))).of_persons(&[]),
        Measure::new("households", "", Shape::Rate(Term::count("true"), Term::count("true")))
            .of_persons(&[Whole::Rows("parties"), Whole::Terms("cleared")]),
    ];

    fn hidden(values: [i64; 6]) -> Vec<usize> {
        few(MEASURES, &values.map(Decimal::from)).into_iter().collect()
    }

    #[test]
    fn a_count_is_hidden_from_one_to_four_and_when_it_leaves_so_few() {
        for (refused, is_hidden) in [(0, false), (1, true), (4, true), (5, false), (15, false), (16, true), (20, false)]
        {
            assert_eq!(hidden([20, refused, 0, 0, 0, 0]) == [1], is_hidden, "{refused}");
        }
        // Of a whole that is not asked for nothing can be subtracted.
        assert_eq!(hidden([0, 16, 0, 0, 0, 0]), Vec::<usize>::new());
    }

    #[test]
    fn a_rate_is_hidden_with_few_in_its_numerator_in_its_denominator_or_in_the_rest() {
        for (part, whole, is_hidden) in [
            (0, 0, false),
            (0, 4, true),
            (0, 5, false),
            (4, 20, true),
            (5, 20, false),
            (15, 20, false),
            (16, 20, true),
            (20, 20, false),
        ] {
            assert_eq!(hidden([0, 0, part, whole, 0, 0]) == [2], is_hidden, "{part} of {whole}");
        }
    }

    #[test]
    fn a_rate_is_hidden_when_a_term_leaves_few_of_the_same_term_of_its_whole() {
        // Households that are cleared, all of them, and the cleared parties of all.
        assert_eq!(hidden([30, 0, 15, 30, 10, 20]), Vec::<usize>::new());
        assert_eq!(hidden([30, 0, 14, 30, 10, 20]), [3], "four other parties are cleared");
        assert_eq!(hidden([30, 0, 20, 30, 10, 16]), [3], "four other parties are not cleared");
        assert_eq!(hidden([24, 0, 0, 0, 10, 20]), [3], "four parties are no households");
        let mut values = [30, 4, 14, 30, 10, 20].map(Decimal::from);
        hide_few(MEASURES, &mut values);
        let [parties, cleared] = [Decimal::from(30), Decimal::from(14)];
        assert_eq!(values, [parties, UNMEASURED, cleared, parties, UNMEASURED, UNMEASURED]);
    }
}
