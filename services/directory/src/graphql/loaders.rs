//! The look-ups that resolvers batch.

use async_graphql::Request;
use chrono::NaiveDate;
use service_kit::{Database, Loader, batch_source};

use crate::model::{Appointment, Area, Official, Organization, Position, Programme, Succession, TaskGroup};
use crate::store;

batch_source! {
    /// Areas by code.
    pub AreaByCode: String => Area = store::area::by_code
    /// What each area was made from.
    pub Predecessors: String => Vec<Succession> = store::area::predecessors
    /// Organizations by code.
    pub OrganizationByCode: String => Organization = store::organization::by_code
    /// Organizations directly below another.
    pub OrganizationChildren: String => Vec<Organization> = store::organization::children
    /// Organizations seated in an area.
    pub OrganizationsOfArea: String => Vec<Organization> = store::organization::by_area
    /// Programmes by code.
    pub ProgrammeByCode: String => Programme = store::programme::by_code
    /// Programmes directly below another.
    pub ProgrammeChildren: String => Vec<Programme> = store::programme::children
    /// Programmes that superseded another.
    pub SupersededBy: String => Vec<Programme> = store::programme::superseded_by
    /// Officials by code.
    pub OfficialByCode: String => Official = store::official::by_code
    /// Positions by code.
    pub PositionByCode: String => Position = store::official::positions
    /// The positions of an organization.
    pub PositionsOfOrganization: String => Vec<Position> = store::official::positions_of
    /// The appointments of an official.
    pub AppointmentsOfOfficial: String => Vec<Appointment> = store::official::appointments_of
    /// Who holds a position on a date.
    pub HolderOfPosition: (String, NaiveDate) => Official = store::official::holders
    /// Task groups by code.
    pub TaskGroupByCode: String => TaskGroup = store::reference::task_groups_by_code
}

/// Gives a request its own loaders.
pub fn add(request: Request, database: &Database) -> Request {
    macro_rules! add {
        ($request:expr, $($source:ident),+ $(,)?) => { $request$(.data(Loader::new($source(database.clone()))))+ };
    }
    add!(
        request,
        AreaByCode,
        Predecessors,
        OrganizationByCode,
        OrganizationChildren,
        OrganizationsOfArea,
        ProgrammeByCode,
        ProgrammeChildren,
        SupersededBy,
        OfficialByCode,
        PositionByCode,
        PositionsOfOrganization,
        AppointmentsOfOfficial,
        HolderOfPosition,
        TaskGroupByCode,
    )
}
