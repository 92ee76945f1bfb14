//! Filters and orders of the directory's lists.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use service_kit::connection::OrderTerm;
use service_kit::vocabulary::{Axis, Direction, Level};

use super::area::AreaKind;
use super::programme::ProgrammeKind;
use crate::store;

fn texts(ids: Option<Vec<ID>>) -> Option<Vec<String>> {
    ids.map(|ids| ids.into_iter().map(|id| id.0).collect())
}

/// Which areas are wanted. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Default)]
pub struct AreaFilter {
    /// Any of these codes.
    codes: Option<Vec<ID>>,
    /// Any of these kinds.
    kind: Option<Vec<AreaKind>>,
    /// Directly below this area.
    parent: Option<ID>,
    /// Words in code or name, ignoring accents and case: "ba dinh" finds "Phường Ba Đình".
    search: Option<String>,
}

impl From<AreaFilter> for store::area::Filter {
    fn from(filter: AreaFilter) -> Self {
        Self {
            codes: texts(filter.codes),
            kinds: filter.kind.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            parent: filter.parent.map(|id| id.0),
            search: filter.search,
        }
    }
}

/// Which organizations are wanted. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Default)]
pub struct OrganizationFilter {
    /// Any of these codes.
    codes: Option<Vec<ID>>,
    /// Any of these axes.
    axis: Option<Vec<Axis>>,
    /// Any of these levels.
    level: Option<Vec<Level>>,
    /// Directly below this organization.
    parent: Option<ID>,
    /// This organization and everything below it.
    under: Option<ID>,
    /// Seated in this area.
    area: Option<ID>,
    /// Words in code, name or short name, ignoring accents and case.
    search: Option<String>,
}

impl From<OrganizationFilter> for store::organization::Filter {
    fn from(filter: OrganizationFilter) -> Self {
        Self {
            codes: texts(filter.codes),
            axes: filter.axis.map(|axes| axes.into_iter().map(Into::into).collect()),
            levels: filter.level.map(|levels| levels.into_iter().map(Into::into).collect()),
            parent: filter.parent.map(|id| id.0),
            under: filter.under.map(|id| id.0),
            area: filter.area.map(|id| id.0),
            search: filter.search,
        }
    }
}

/// Which programmes are wanted. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Default)]
pub struct ProgrammeFilter {
    /// Any of these codes.
    codes: Option<Vec<ID>>,
    /// Any of these kinds.
    kind: Option<Vec<ProgrammeKind>>,
    /// Directly below this programme.
    parent: Option<ID>,
    /// Only programmes that no other supersedes.
    #[graphql(default)]
    in_force: bool,
    /// Words in code or title, ignoring accents and case.
    search: Option<String>,
}

impl From<ProgrammeFilter> for store::programme::Filter {
    fn from(filter: ProgrammeFilter) -> Self {
        Self {
            codes: texts(filter.codes),
            kinds: filter.kind.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            parent: filter.parent.map(|id| id.0),
            in_force: filter.in_force,
            search: filter.search,
        }
    }
}

/// Which officials are wanted. Absent fields do not restrict; present ones are joined by AND.
#[derive(InputObject, Debug, Default)]
pub struct OfficialFilter {
    /// Any of these codes.
    codes: Option<Vec<ID>>,
    /// Those who hold a position in this organization today.
    organization: Option<ID>,
    /// Words in code or display name, ignoring accents and case.
    search: Option<String>,
}

impl OfficialFilter {
    /// The filter as of a day.
    pub fn on(self, today: NaiveDate) -> store::official::Filter {
        store::official::Filter {
            codes: texts(self.codes),
            search: self.search,
            serving: self.organization.map(|id| (id.0, today)),
        }
    }
}

/// By what areas are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaOrderField {
    /// The official code.
    Code,
    /// The name without accents.
    Name,
    /// The extent; areas without one come last going up.
    #[graphql(name = "AREA_KM2")]
    AreaKm2,
}

/// One term of an order of areas.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct AreaOrder {
    /// By what.
    field: AreaOrderField,
    /// Which way.
    #[graphql(default)]
    direction: Direction,
}

/// By what organizations are ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganizationOrderField {
    /// The code.
    Code,
    /// The name without accents.
    Name,
}

/// One term of an order of organizations.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct OrganizationOrder {
    /// By what.
    field: OrganizationOrderField,
    /// Which way.
    #[graphql(default)]
    direction: Direction,
}

const CODE: OrderTerm = OrderTerm::ascending("code", "text");

fn term(expression: &'static str, sql_type: &'static str, direction: Direction) -> OrderTerm {
    OrderTerm {
        expression,
        sql_type,
        descending: direction == Direction::Desc,
    }
}

/// The order of areas as SQL terms; the code makes it total.
pub fn area_terms(order: Option<Vec<AreaOrder>>) -> Vec<OrderTerm> {
    let mut terms: Vec<OrderTerm> = order
        .unwrap_or_default()
        .into_iter()
        .map(|order| match order.field {
            AreaOrderField::Code => term("code", "text", order.direction),
            AreaOrderField::Name => term("platform.fold(coalesce(short_name, name))", "text", order.direction),
            AreaOrderField::AreaKm2 => term("coalesce(area_km2, 'infinity'::numeric)", "numeric", order.direction),
        })
        .collect();
    terms.push(CODE);
    terms
}

/// The order of organizations as SQL terms; the code makes it total.
pub fn organization_terms(order: Option<Vec<OrganizationOrder>>) -> Vec<OrderTerm> {
    let mut terms: Vec<OrderTerm> = order
        .unwrap_or_default()
        .into_iter()
        .map(|order| match order.field {
            OrganizationOrderField::Code => term("code", "text", order.direction),
            OrganizationOrderField::Name => term("platform.fold(name)", "text", order.direction),
        })
        .collect();
    terms.push(CODE);
    terms
}

/// The order of lists that are always shown by code.
pub fn by_code() -> Vec<OrderTerm> {
    vec![CODE]
}
