//! What kind of administrative unit an area is.

crate::string_enum! {
    /// The kinds of unit since July 2025, when the district level was abolished.
    pub enum AreaKind {
        /// The whole city or province.
        City = "CITY",
        /// A ward (phường): urban.
        Ward = "WARD",
        /// A commune (xã): rural.
        Commune = "COMMUNE",
    }
}
