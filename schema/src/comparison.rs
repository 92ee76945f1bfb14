//! With what a figure is compared.

crate::string_enum! {
    /// The earlier period beside which a period is shown.
    pub enum Comparison {
        /// The period of the same length directly before.
        Previous = "PREVIOUS",
        /// The same period one year before.
        SameLastYear = "SAME_LAST_YEAR",
    }
}
