//! The five bottlenecks (điểm nghẽn) that tag tasks, projects and feedback alike.

crate::string_enum! {
    /// A standing problem that the city has named and follows across all services.
    pub enum Bottleneck {
        /// Traffic congestion (ùn tắc giao thông).
        Congestion = "CONGESTION",
        /// Pollution of air and water (ô nhiễm môi trường).
        Pollution = "POLLUTION",
        /// Flooding after rain (úng ngập).
        Flooding = "FLOODING",
        /// Order in construction and land use (trật tự xây dựng, đất đai).
        ConstructionOrder = "CONSTRUCTION_ORDER",
        /// Food safety (an toàn thực phẩm).
        FoodSafety = "FOOD_SAFETY",
    }
}
