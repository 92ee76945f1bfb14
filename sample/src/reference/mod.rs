//! Rows of the directory: published data of the city, and synthetic holders of its positions.

mod units;

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use directory::import::{
    Appointment, Area, AreaKind, Axis, Bottleneck, DirectoryRows, Level, Official, Organization, Origin, Position,
    Programme, Succession, TaskGroup,
};
use schema::{CityTime, sample_id};

use crate::city::{AreaRecord, City, Handover, Profile};
use crate::draw::Draw;
use crate::{SYNTHETIC_SOURCE, Volume};

/// Version of the bundled reference data. Increase it when the data change, so that a load updates stored cities.
const REVISION: i32 = 1;

/// The source of areas and their succession.
const AREA_SOURCE: &str = "vietnamadminunits-1.0.4";

/// Source of the published facts of the city.
const PUBLIC_SOURCE: &str = "city-public-statements";

/// The position of an organization's head.
pub(crate) fn head_position(organization: &str) -> String {
    format!("{organization}-TT")
}

fn origin(source: &str, since: NaiveDate) -> Origin {
    Origin { source: source.to_owned(), version: REVISION, observed_at: start_of(since) }
}

fn start_of(day: NaiveDate) -> DateTime<Utc> {
    CityTime::default().start_of_day(day)
}

/// Number of positions that are written with one transaction beyond those of the published organizations.
const STEP: usize = 4_000;

/// All rows of the directory as of `today`, in steps. The first step has everything without a volume; a volume adds its
/// units to it, and steps with the positions below the heads.
pub(crate) fn rows(city: &City, volume: Option<Volume>, today: NaiveDate) -> Vec<DirectoryRows> {
    let Some(volume) = volume else {
        return vec![published(city, today)];
    };
    let mut first = published(city, today);
    let (below, positions) = units::units(city);
    first.organizations.extend(below);
    let staff = units::staff(city, &first.organizations, volume);
    let positions: Vec<Position> = positions.into_iter().chain(staff).collect();
    let later = positions.chunks(STEP).map(|positions| {
        let (officials, appointments) = holders(city, positions, today);
        DirectoryRows { positions: positions.to_vec(), officials, appointments, ..DirectoryRows::default() }
    });
    std::iter::once(first).chain(later).collect()
}

fn published(city: &City, today: NaiveDate) -> DirectoryRows {
    let profile = &city.profile;
    let organizations = organizations(city);
    let positions = positions(profile, &organizations);
    let (officials, appointments) = holders(city, &positions, today);
    let units = city.areas.iter().map(|area| unit(profile, area));
    DirectoryRows {
        areas: std::iter::once(whole(profile)).chain(former(city)).chain(units).collect(),
        successions: successions(city),
        organizations,
        positions,
        officials,
        appointments,
        programmes: programmes(city),
        task_groups: task_groups(city),
        bottlenecks: bottlenecks(city),
    }
}

/// The city as a whole.
fn whole(profile: &Profile) -> Area {
    Area {
        code: (&profile.code).into(),
        name: profile.full_name.clone(),
        short_name: Some(profile.name.clone()),
        kind: AreaKind::City,
        parent_code: None,
        lat: Some(profile.lat),
        lon: Some(profile.lon),
        area_km2: None,
        outline: None,
        population: None,
        valid_from: Some(profile.since),
        valid_to: None,
        origin: origin(AREA_SOURCE, profile.since),
    }
}

/// A ward or commune.
fn unit(profile: &Profile, area: &AreaRecord) -> Area {
    Area {
        code: (&area.code).into(),
        name: area.name.clone(),
        short_name: Some(area.short_name.clone()),
        kind: area.kind.area_kind(),
        parent_code: Some(profile.code.clone()),
        lat: Some(area.lat),
        lon: Some(area.lon),
        area_km2: Some(area.area_km2),
        outline: None,
        ..whole(profile)
    }
}

/// Areas that were merged and have values of their own. What kept its code is the area of today.
fn former(city: &City) -> impl Iterator<Item = Area> {
    let parts = city.kpis.areas.former.iter().flat_map(|former| former.parts.keys());
    let ended = parts.filter(|code| city.areas.iter().all(|area| area.code != **code));
    ended.filter_map(|code| city.successions.iter().find(|succession| succession.from_code == *code)).map(
        |succession| {
            let kind = if succession.from_name.starts_with("Phường") { AreaKind::Ward } else { AreaKind::Commune };
            Area {
                code: (&succession.from_code).into(),
                name: succession.from_name.clone(),
                short_name: None,
                kind,
                lat: None,
                lon: None,
                valid_from: None,
                valid_to: Some(city.profile.since),
                ..whole(&city.profile)
            }
        },
    )
}

fn successions(city: &City) -> Vec<Succession> {
    let rows = city.successions.iter().map(|succession| Succession {
        from_code: succession.from_code.clone(),
        from_name: succession.from_name.clone(),
        to_code: succession.to_code.clone(),
        share: succession.share,
        effective_on: city.profile.since,
        source: AREA_SOURCE.to_owned(),
    });
    rows.collect()
}

/// The organizations that lead tasks of a volume, in the order of their number of tasks: the published ones, the
/// committees, the units.
pub(crate) fn leads(city: &City) -> Vec<Organization> {
    let mut leads = organizations(city);
    let (published, committees) = leads.split_at_mut(city.facts.organizations.len());
    let busy = &city.volume.busiest;
    let place = |organization: &Organization| busy.iter().position(|code| **code == *organization.code);
    let mut units = units::units(city).0;
    for tier in [published, committees, &mut units] {
        tier.sort_by_key(|one| (place(one).unwrap_or(busy.len()), Draw(&one.code).number("rank")));
    }
    leads.extend(units);
    leads
}

fn organizations(city: &City) -> Vec<Organization> {
    let profile = &city.profile;
    let published = city.facts.organizations.iter().map(|fact| Organization {
        code: (&fact.code).into(),
        name: fact.name.clone(),
        short_name: None,
        axis: fact.axis,
        level: fact.level,
        parent_code: fact.parent.clone(),
        area_code: (fact.level == Level::City).then(|| profile.code.clone()),
        origin: origin(PUBLIC_SOURCE, profile.since),
    });
    let committees = city.areas.iter().map(|area| Organization {
        code: area.committee_code(&profile.committee).into(),
        name: format!("Ủy ban nhân dân {}", area.in_sentence()),
        short_name: None,
        axis: Axis::Committee,
        level: Level::Commune,
        parent_code: Some(profile.committee.clone()),
        area_code: Some(area.code.clone()),
        origin: origin(PUBLIC_SOURCE, profile.since),
    });
    published.chain(committees).collect()
}

fn positions(profile: &Profile, organizations: &[Organization]) -> Vec<Position> {
    let position = |code: &str, title: String, organization: &str| Position {
        code: code.into(),
        title,
        organization_code: organization.to_owned(),
        origin: origin(SYNTHETIC_SOURCE, profile.since),
    };
    let heads = organizations.iter().map(|organization| {
        let code = organization.code.as_str();
        let title = match profile.heads.iter().find(|head| head.organization == code) {
            Some(head) => head.title.clone(),
            None if organization.level == Level::Commune => {
                format!("Chủ tịch {}", organization.name.replace("Ủy ban nhân dân", "UBND"))
            }
            None => format!("Giám đốc {}", organization.name),
        };
        position(&head_position(code), title, code)
    });
    let approvers = profile.approvers.iter();
    let approvers = approvers.map(|approver| position(&approver.code, approver.title.clone(), &approver.organization));
    heads.chain(approvers).collect()
}

/// The display name of an official is the title of the position: no person is named or invented.
fn holders(city: &City, positions: &[Position], today: NaiveDate) -> (Vec<Official>, Vec<Appointment>) {
    let since = city.profile.since;
    let handovers = city.profile.handovers.iter();
    let handovers: HashMap<String, &Handover> =
        handovers.map(|handover| (head_position(&handover.organization), handover)).collect();
    let mut officials = Vec::new();
    let mut appointments = Vec::new();
    for position in positions {
        let handover = handovers.get(position.code.as_str());
        let first = (1, since, handover.map(|handover| handover.until));
        let second = handover.and_then(|handover| handover.next).map(|next| (2, next, None));
        let begun = [Some(first), second].into_iter().flatten();
        for (number, from_on, until) in begun.filter(|(_, from_on, _)| *from_on <= today) {
            let code = format!("CB-{}-{number}", *position.code);
            let to_on = until.filter(|until| *until <= today);
            officials.push(Official {
                code: (&code).into(),
                display_name: match number {
                    1 => position.title.clone(),
                    _ => format!("{} (từ {:02}/{})", position.title, from_on.month(), from_on.year()),
                },
                origin: origin(SYNTHETIC_SOURCE, since),
            });
            appointments.push(Appointment {
                id: sample_id(&format!("{}/appointment", city.name), &code),
                official_code: code,
                position_code: position.code.to_string(),
                from_on,
                to_on,
                origin: Origin {
                    version: REVISION + i32::from(to_on.is_some()),
                    ..origin(SYNTHETIC_SOURCE, to_on.unwrap_or(from_on))
                },
            });
        }
    }
    (officials, appointments)
}

fn programmes(city: &City) -> Vec<Programme> {
    let published = city.facts.programmes.iter().map(|fact| (PUBLIC_SOURCE, fact));
    let synthetic = city.profile.programmes.iter().map(|fact| (SYNTHETIC_SOURCE, fact));
    let rows = published.chain(synthetic).map(|(source, fact)| Programme {
        code: (&fact.code).into(),
        // Codes such as 57-NQ/TW are document numbers; the others are names that people use.
        doc_no: fact.code.contains('/').then(|| fact.code.clone()),
        title: fact.title.clone(),
        kind: fact.kind,
        issued_on: fact.issued_on,
        parent_code: fact.parent.clone(),
        supersedes_code: fact.supersedes.clone(),
        origin: origin(source, fact.issued_on.unwrap_or(city.profile.since)),
    });
    rows.collect()
}

fn task_groups(city: &City) -> Vec<TaskGroup> {
    let rows = (1..).zip(&city.groups.groups).map(|(ordinal, group)| TaskGroup {
        code: (&group.code).into(),
        ordinal,
        title: group.title.clone(),
        programme_code: Some(group.programme.clone()),
        source: SYNTHETIC_SOURCE.to_owned(),
    });
    rows.collect()
}

fn bottlenecks(city: &City) -> Vec<Bottleneck> {
    let rows = city.facts.bottlenecks.iter().map(|fact| Bottleneck {
        code: (&fact.code).into(),
        title: fact.title.clone(),
        source: PUBLIC_SOURCE.to_owned(),
    });
    rows.collect()
}
