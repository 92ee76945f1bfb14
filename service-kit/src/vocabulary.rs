//! Closed vocabularies: enums with the same spelling in the database, the API and error messages.

use async_graphql::{Enum, ID};

/// Value that a condition compares as text: a code, a text, a value of a vocabulary.
pub trait Spelled {
    /// The value as it is stored.
    fn spelled(&self) -> &str;
}

impl Spelled for String {
    fn spelled(&self) -> &str {
        self
    }
}

impl Spelled for ID {
    fn spelled(&self) -> &str {
        self
    }
}

/// Declares a vocabulary: a `schema::string_enum!` that is also a GraphQL enum and a `text` column.
///
/// A test compares every vocabulary with the `CHECK` constraints of the database.
///
/// # Example
/// ```
/// service_kit::vocabulary! {
///     /// Urgency of a task, from low to urgent.
///     pub enum TaskPriority {
///         /// Usual order.
///         Normal = "NORMAL",
///         /// Before everything else.
///         Urgent = "URGENT",
///     }
/// }
/// assert_eq!("URGENT".parse(), Ok(TaskPriority::Urgent));
/// ```
#[macro_export]
macro_rules! vocabulary {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident { $($body:tt)+ }) => {
        $crate::vocabulary::string_enum! {
            $(#[$attribute])*
            #[derive($crate::vocabulary::GraphqlEnum)]
            $visibility enum $name { $($body)+ }
        }

        impl $crate::vocabulary::Spelled for $name {
            fn spelled(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::vocabulary::sqlx::Type<$crate::vocabulary::sqlx::Postgres> for $name {
            fn type_info() -> $crate::vocabulary::sqlx::postgres::PgTypeInfo {
                <str as $crate::vocabulary::sqlx::Type<$crate::vocabulary::sqlx::Postgres>>::type_info()
            }

            fn compatible(info: &$crate::vocabulary::sqlx::postgres::PgTypeInfo) -> bool {
                <str as $crate::vocabulary::sqlx::Type<$crate::vocabulary::sqlx::Postgres>>::compatible(info)
            }
        }

        impl $crate::vocabulary::sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> $crate::vocabulary::sqlx::postgres::PgTypeInfo {
                <String as $crate::vocabulary::sqlx::postgres::PgHasArrayType>::array_type_info()
            }

            fn array_compatible(info: &$crate::vocabulary::sqlx::postgres::PgTypeInfo) -> bool {
                <String as $crate::vocabulary::sqlx::postgres::PgHasArrayType>::array_compatible(info)
            }
        }

        impl $crate::vocabulary::sqlx::Decode<'_, $crate::vocabulary::sqlx::Postgres> for $name {
            fn decode(
                value: $crate::vocabulary::sqlx::postgres::PgValueRef<'_>,
            ) -> ::std::result::Result<Self, $crate::vocabulary::sqlx::error::BoxDynError> {
                Ok(<&str as $crate::vocabulary::sqlx::Decode<$crate::vocabulary::sqlx::Postgres>>::decode(value)?.parse()?)
            }
        }
    };
}

#[doc(hidden)]
pub use async_graphql::Enum as GraphqlEnum;
/// The macro refers to these through this crate.
#[doc(hidden)]
pub use schema::string_enum;
#[doc(hidden)]
pub use sqlx;

vocabulary! {
    /// Axis of the political system.
    pub enum Axis {
        /// Party (Đảng).
        Party = "PARTY",
        /// People's Council (HĐND).
        Council = "COUNCIL",
        /// People's Committee (UBND) and the organizations below it.
        Committee = "COMMITTEE",
        /// Fatherland Front (MTTQ) and its member organizations.
        Front = "FRONT",
    }
}

vocabulary! {
    /// Level of an organization, from the city to the grassroots.
    pub enum Level {
        /// City.
        City = "CITY",
        /// Department or agency (sở, ban, ngành) of the city.
        Department = "DEPARTMENT",
        /// Ward (phường) or commune (xã).
        Commune = "COMMUNE",
        /// Level below the ward or commune: residential groups, villages, cells.
        Grassroots = "GRASSROOTS",
    }
}

vocabulary! {
    /// Kind of an area. There are no districts since July 2025.
    pub enum AreaKind {
        /// City or province as a whole (thành phố).
        City = "CITY",
        /// Ward (phường), urban.
        Ward = "WARD",
        /// Commune (xã), rural.
        Commune = "COMMUNE",
    }
}

vocabulary! {
    /// What an entry of the audit trail is about.
    pub enum AuditAction {
        /// A row was written.
        Write = "WRITE",
        /// A key was made, replaced or revoked.
        Key = "KEY",
        /// Access was refused.
        Refused = "REFUSED",
        /// Personal data was read.
        Read = "READ",
        /// Data was exported.
        Export = "EXPORT",
    }
}

/// Length of a time bucket.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::grain::Grain")]
pub enum Grain {
    /// One day.
    Day,
    /// ISO week, from Monday.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year, which is the fiscal year.
    Year,
}

/// Earlier period that a period is compared with.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "schema::comparison::Comparison")]
pub enum Comparison {
    /// Period of the same length just before.
    Previous,
    /// Same period of the year before.
    SameLastYear,
}

/// Source of an aggregate.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServedBy {
    /// Roll-up tables, updated in the transaction of each write.
    Rollup,
    /// Base rows.
    Rows,
}

/// Direction of an order.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Ascending: smaller, earlier or alphabetically first values first.
    #[default]
    Asc,
    /// Descending: larger, later or alphabetically last values first.
    Desc,
}
