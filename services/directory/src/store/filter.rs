//! SQL of filters and orders, over the rows `f`.

use service_kit::lists::Filter;
use service_kit::store::codes::CodeKind;
use service_kit::store::condition::Conditions;
use service_kit::store::page::OrderTerm;
use service_kit::vocabulary::Direction;
use service_kit::{Problem, RequestScope};

use crate::model::{
    AreaFilter, AreaOrder, AreaOrderField, OfficialFilter, OrganizationFilter, OrganizationOrder,
    OrganizationOrderField, ProgrammeFilter,
};

const CODES: &str = "f.code = ANY({})";
const PARENT: &str = "f.parent_code = ANY({})";
const UNDER: &str = "f.code IN (WITH RECURSIVE below(code) AS (
    SELECT unnest({}) UNION SELECT o.code FROM directory.organization AS o JOIN below AS b ON o.parent_code = b.code)
    SELECT code FROM below)";
const IN_FORCE: &str = "NOT EXISTS (SELECT FROM directory.programme AS later
    WHERE later.supersedes_code = f.code AND later.deleted_at IS NULL)";
const SERVES: &str = "f.code IN (SELECT a.official_code FROM directory.appointment AS a
    JOIN directory.position AS p ON p.code = a.position_code AND p.deleted_at IS NULL
    WHERE a.deleted_at IS NULL AND p.organization_code = ANY({}) AND directory.published_runs(a.from_on, a.to_on, {day}))";

const EXISTS: &str = "directory.published_runs(coalesce(f.valid_from, '-infinity'), f.valid_to, {day})";

/// An area that was merged is shown to who names it, and to who asks for a day on which it was.
impl Filter for AreaFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::AREA, "codes", CODES, self.codes.as_ref());
        list.flag("asOf", EXISTS, self.codes.is_none().then_some(true));
        list.any("kind", "f.kind = ANY({})", self.kind.as_ref());
        list.code(CodeKind::AREA, "parent", PARENT, self.parent.as_ref());
        list.search("search", "f.search", self.search.as_ref())?;
        Ok(list)
    }
}

impl Filter for OrganizationFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::ORGANIZATION, "codes", CODES, self.codes.as_ref());
        list.any("axis", "f.axis = ANY({})", self.axis.as_ref());
        list.any("level", "f.level = ANY({})", self.level.as_ref());
        list.code(CodeKind::ORGANIZATION, "parent", PARENT, self.parent.as_ref());
        list.code(CodeKind::ORGANIZATION, "under", UNDER, self.under.as_ref());
        list.code(CodeKind::AREA, "area", "f.area_code = ANY({})", self.area.as_ref());
        list.search("search", "f.search", self.search.as_ref())?;
        Ok(list)
    }
}

impl Filter for ProgrammeFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::PROGRAMME, "codes", CODES, self.codes.as_ref());
        list.any("kind", "f.kind = ANY({})", self.kind.as_ref());
        list.code(CodeKind::PROGRAMME, "parent", PARENT, self.parent.as_ref());
        list.flag("inForce", IN_FORCE, self.in_force.then_some(true));
        list.search("search", "f.search", self.search.as_ref())?;
        Ok(list)
    }
}

impl Filter for OfficialFilter {
    fn conditions(&self, _: &RequestScope) -> Result<Conditions, Problem> {
        let mut list = Conditions::default();
        list.codes(CodeKind::OFFICIAL, "codes", CODES, self.codes.as_ref());
        list.code(CodeKind::ORGANIZATION, "organization", SERVES, self.organization.as_ref());
        list.search("search", "f.search", self.search.as_ref())?;
        Ok(list)
    }
}

/// Returns the order as SQL, by default by code. No expression is ever null, and the code makes the order total.
pub fn order<O: Into<OrderTerm>>(orders: Option<Vec<O>>) -> Vec<OrderTerm> {
    let terms = orders.unwrap_or_default().into_iter().map(Into::into);
    terms.chain(code_order()).collect()
}

/// Order of the lists that are always ordered by code.
pub fn code_order() -> Vec<OrderTerm> {
    vec![OrderTerm::ascending("f.code", "text")]
}

impl From<AreaOrder> for OrderTerm {
    fn from(order: AreaOrder) -> Self {
        let (expression, sql_type) = match (order.field, order.direction) {
            (AreaOrderField::Code, _) => ("f.code", "text"),
            (AreaOrderField::Name, _) => ("platform.fold(coalesce(f.short_name, f.name))", "text"),
            (AreaOrderField::AreaKm2, Direction::Asc) => ("coalesce(f.area_km2, 'infinity'::numeric)", "numeric"),
            (AreaOrderField::AreaKm2, Direction::Desc) => ("coalesce(f.area_km2, '-infinity'::numeric)", "numeric"),
        };
        Self::new(expression, sql_type, order.direction)
    }
}

impl From<OrganizationOrder> for OrderTerm {
    fn from(order: OrganizationOrder) -> Self {
        let expression = match order.field {
            OrganizationOrderField::Code => "f.code",
            OrganizationOrderField::Name => "platform.fold(f.name)",
        };
        Self::new(expression, "text", order.direction)
    }
}
