//! Calendar units, from the finest to the coarsest.

crate::string_enum! {
    /// Calendar unit: the length of a time bucket or of a [`Period`](crate::Period).
    pub enum Grain {
        /// One day.
        Day = "DAY",
        /// An ISO 8601 week, Monday to Sunday.
        Week = "WEEK",
        /// A calendar month.
        Month = "MONTH",
        /// Three calendar months, from January on.
        Quarter = "QUARTER",
        /// A calendar year, which is also the fiscal year.
        Year = "YEAR",
    }
}
