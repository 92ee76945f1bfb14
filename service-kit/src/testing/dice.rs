//! Choices that look random and are the same on every run.

/// A linear congruential generator, with the constants of Knuth's MMIX.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 to less than `end`.
    ///
    /// # Panics
    /// When `end` is 0 or negative.
    pub fn below<N: TryFrom<u64> + TryInto<u64>>(&mut self, end: N) -> N {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let end = end.try_into().ok().filter(|end| *end > 0).expect("a positive end");
        N::try_from((self.0 >> 33) % end).ok().expect("below the end")
    }

    /// One of the items.
    ///
    /// # Panics
    /// When there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Puts the items in another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}
