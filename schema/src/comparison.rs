//! Comparison of a period with an earlier one.

crate::string_enum! {
    /// Earlier period that a period is compared with.
    pub enum Comparison {
        /// The period of the same length directly before.
        Previous = "PREVIOUS",
        /// The same period one year before.
        SameLastYear = "SAME_LAST_YEAR",
    }
}
