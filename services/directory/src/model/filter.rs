//! Filters and orders of lists. An absent field of a filter does not restrict the list.

use async_graphql::{Enum, ID, InputObject};
use service_kit::vocabulary::{AreaKind, Axis, Direction, Level};

use super::programme::ProgrammeKind;

/// Conditions on areas, joined by AND. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct AreaFilter {
    /// Codes of the areas.
    pub codes: Option<Vec<ID>>,
    /// Kinds of the areas.
    pub kind: Option<Vec<AreaKind>>,
    /// Code of the area directly above.
    pub parent: Option<ID>,
    /// Words in code or name, without regard to accents and case: "ba dinh" finds "Phường Ba Đình".
    pub search: Option<String>,
}

/// Conditions on organizations, joined by AND. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct OrganizationFilter {
    /// Codes of the organizations.
    pub codes: Option<Vec<ID>>,
    /// Axes of the organizations.
    pub axis: Option<Vec<Axis>>,
    /// Levels of the organizations.
    pub level: Option<Vec<Level>>,
    /// Code of the organization directly above.
    pub parent: Option<ID>,
    /// Code of the organization at the root of a subtree; the root is included.
    pub under: Option<ID>,
    /// Code of the area that the organization serves.
    pub area: Option<ID>,
    /// Words in code, name or short name, without regard to accents and case.
    pub search: Option<String>,
}

/// Conditions on programmes, joined by AND. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ProgrammeFilter {
    /// Codes of the programmes.
    pub codes: Option<Vec<ID>>,
    /// Kinds of document.
    pub kind: Option<Vec<ProgrammeKind>>,
    /// Code of the programme directly above.
    pub parent: Option<ID>,
    /// Whether to return only programmes that no other programme supersedes.
    #[graphql(default)]
    pub in_force: bool,
    /// Words in code or title, without regard to accents and case.
    pub search: Option<String>,
}

/// Conditions on officials, joined by AND. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct OfficialFilter {
    /// Codes of the officials.
    pub codes: Option<Vec<ID>>,
    /// Code of the organization in which the official holds a position today.
    pub organization: Option<ID>,
    /// Words in code or display name, without regard to accents and case.
    pub search: Option<String>,
}

/// Field that areas are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaOrderField {
    /// Official code of the area.
    Code,
    /// Name of the area without accents.
    Name,
    /// Surface of the area; areas of unknown surface come last in both directions.
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
    /// Code of the organization.
    Code,
    /// Name of the organization without accents.
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
