//! What is asked of lists: filters and orders. Absent fields of a filter do not restrict.

use async_graphql::{Enum, ID, InputObject};
use service_kit::vocabulary::{AreaKind, Axis, Direction, Level};

use super::programme::ProgrammeKind;

/// Conditions on areas. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct AreaFilter {
    /// Codes.
    pub codes: Option<Vec<ID>>,
    /// Kinds.
    pub kind: Option<Vec<AreaKind>>,
    /// Area directly above.
    pub parent: Option<ID>,
    /// Words in code or name, ignoring accents and case: "ba dinh" finds "Phường Ba Đình".
    pub search: Option<String>,
}

/// Conditions on organizations. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct OrganizationFilter {
    /// Codes.
    pub codes: Option<Vec<ID>>,
    /// Axes.
    pub axis: Option<Vec<Axis>>,
    /// Levels.
    pub level: Option<Vec<Level>>,
    /// Organization directly above.
    pub parent: Option<ID>,
    /// Organization that is itself meant, with everything below it.
    pub under: Option<ID>,
    /// Area of the seat.
    pub area: Option<ID>,
    /// Words in code, name or short name, ignoring accents and case.
    pub search: Option<String>,
}

/// Conditions on programmes. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ProgrammeFilter {
    /// Codes.
    pub codes: Option<Vec<ID>>,
    /// Kinds of document.
    pub kind: Option<Vec<ProgrammeKind>>,
    /// Programme directly above.
    pub parent: Option<ID>,
    /// Whether only programmes are wanted that no other supersedes.
    #[graphql(default)]
    pub in_force: bool,
    /// Words in code or title, ignoring accents and case.
    pub search: Option<String>,
}

/// Conditions on officials. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Clone, Default)]
pub struct OfficialFilter {
    /// Codes.
    pub codes: Option<Vec<ID>>,
    /// Organization in which the official holds a position today.
    pub organization: Option<ID>,
    /// Words in code or display name, ignoring accents and case.
    pub search: Option<String>,
}

/// Field that areas are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaOrderField {
    /// Official code.
    Code,
    /// Name without accents.
    Name,
    /// Extent; areas of unknown extent come last in either direction.
    #[graphql(name = "AREA_KM2")]
    AreaKm2,
}

/// One term of an order of areas.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct AreaOrder {
    /// Field to order by.
    pub field: AreaOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}

/// Field that organizations are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganizationOrderField {
    /// Code.
    Code,
    /// Name without accents.
    Name,
}

/// One term of an order of organizations.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct OrganizationOrder {
    /// Field to order by.
    pub field: OrganizationOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}
