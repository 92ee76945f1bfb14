//! Organizations of a whole city below the published ones: those of each ward and commune, divisions of departments.

use directory::import::{Axis, Level, Organization, Position};

use super::{head_position, origin};
use crate::city::{AreaRecord, City};
use crate::{SYNTHETIC_SOURCE, Volume};

/// Number of deputies of a unit's head.
const DEPUTIES: usize = 2;

/// A unit, with the title of its head.
struct Named {
    organization: Organization,
    head: String,
}

/// The units and their positions.
pub(crate) fn units(city: &City) -> (Vec<Organization>, Vec<Position>) {
    let units = of_areas(city).chain(of_departments(city));
    let published = city.facts.organizations.len() + city.areas.len();
    let units: Vec<Named> = units.take(city.volume.organizations.saturating_sub(published)).collect();
    let positions = units.iter().flat_map(|unit| positions(city, unit)).collect();
    (units.into_iter().map(|unit| unit.organization).collect(), positions)
}

fn of_areas(city: &City) -> impl Iterator<Item = Named> {
    let of_area = move |area: &AreaRecord| {
        let committee = area.committee_code(&city.profile.committee);
        let named = city.volume.units.iter().map(|unit| {
            let parent = unit.parent.as_ref().map_or(committee.clone(), |parent| format!("{parent}-{}", area.code));
            let name = unit.name.replace("{area}", &area.in_sentence());
            let code = format!("{}-{}", unit.code, area.code);
            let organization = organization(city, code, name, (unit.axis, unit.level), parent);
            Named {
                organization: Organization { area_code: Some(area.code.clone()), ..organization },
                head: unit.head.clone(),
            }
        });
        named.collect::<Vec<_>>()
    };
    city.areas.iter().flat_map(of_area)
}

fn of_departments(city: &City) -> impl Iterator<Item = Named> {
    city.volume.divisions.iter().flat_map(move |division| {
        let departments = city.facts.organizations.iter().filter(|fact| fact.level == Level::Department);
        departments.map(move |department| Named {
            organization: organization(
                city,
                format!("{}-{}", department.code, division.code),
                format!("{}, {}", division.name, department.name),
                (department.axis, Level::Grassroots),
                department.code.clone(),
            ),
            head: division.head.clone(),
        })
    })
}

fn organization(city: &City, code: String, name: String, (axis, level): (Axis, Level), parent: String) -> Organization {
    Organization {
        code: code.into(),
        name,
        short_name: None,
        axis,
        level,
        parent_code: Some(parent),
        area_code: None,
        origin: origin(SYNTHETIC_SOURCE, city.profile.since),
    }
}

/// Positions below the heads, spread over all organizations: as many as the city has officials, or in proportion to the
/// tasks of a smaller volume.
pub(crate) fn staff<'a>(
    city: &'a City,
    organizations: &'a [Organization],
    volume: Volume,
) -> impl Iterator<Item = Position> + 'a {
    let facts = &city.volume;
    let officials = facts.officials * volume.tasks(facts.tasks).min(facts.tasks) / facts.tasks;
    let each = (officials / organizations.len()).saturating_sub(1 + DEPUTIES);
    organizations.iter().flat_map(move |organization| {
        let (code, name) = (organization.code.as_str(), &organization.name);
        (1..=each).map(move |number| Position {
            code: format!("{code}-CV{number:03}").into(),
            title: format!("Chuyên viên {number} – {name}"),
            organization_code: code.to_owned(),
            origin: origin(SYNTHETIC_SOURCE, city.profile.since),
        })
    })
}

/// The head of a unit and the deputies.
fn positions(city: &City, unit: &Named) -> impl Iterator<Item = Position> {
    let Organization { code, name, .. } = &unit.organization;
    let head = head_position(code);
    let deputies = (1..=DEPUTIES).map({
        let head = head.clone();
        move |number| (format!("{head}-P{number}"), format!("Phó {} {number} – {name}", unit.head))
    });
    let all = std::iter::once((head, format!("{} – {name}", unit.head))).chain(deputies);
    all.map(|(position, title)| Position {
        code: position.into(),
        title,
        organization_code: code.to_string(),
        origin: origin(SYNTHETIC_SOURCE, city.profile.since),
    })
}
