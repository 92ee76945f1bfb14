//! The shared vocabulary as GraphQL enums: the wire spelling of the pure types in `schema`.

use async_graphql::Enum;

/// The four axes of the political system.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::organization::Axis")]
pub enum Axis {
    /// Party (Đảng).
    Party,
    /// People's Council (HĐND).
    Council,
    /// People's Committee (UBND).
    Committee,
    /// Fatherland Front (MTTQ).
    Front,
}

/// The four levels, from the city to the grass roots.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::organization::Level")]
pub enum Level {
    /// The city itself.
    City,
    /// A department or agency of the city.
    Department,
    /// A ward or commune.
    Commune,
    /// Below the ward or commune.
    Grassroots,
}

/// The five bottlenecks (điểm nghẽn).
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::bottleneck::Bottleneck")]
pub enum Bottleneck {
    /// Traffic congestion (ùn tắc giao thông).
    Congestion,
    /// Pollution (ô nhiễm môi trường).
    Pollution,
    /// Flooding (úng ngập).
    Flooding,
    /// Construction and land order (trật tự xây dựng, đất đai).
    ConstructionOrder,
    /// Food safety (an toàn thực phẩm).
    FoodSafety,
}

/// The length of a time bucket.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::grain::Grain")]
pub enum Grain {
    /// One day.
    Day,
    /// An ISO week, from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year, which is the fiscal year.
    Year,
}

/// What a period is compared with.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::comparison::Comparison")]
pub enum Comparison {
    /// The period of the same length just before.
    Previous,
    /// The same period of the year before.
    SameLastYear,
}

/// What served an aggregate.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServedBy {
    /// Roll-up tables, kept in step by the writing transaction.
    Rollup,
    /// The base rows.
    Rows,
}

/// The way of an order.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Smaller, earlier or alphabetically first.
    #[default]
    Asc,
    /// Larger, later or alphabetically last.
    Desc,
}
