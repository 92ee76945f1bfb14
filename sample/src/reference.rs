//! The directory's rows: what the city has published, and synthetic holders of its positions.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use directory::import::{
    AppointmentRow, AreaRow, BottleneckRow, DirectoryRows, OfficialRow, OrganizationRow, PositionRow, ProgrammeRow,
    SuccessionRow, TaskGroupRow,
};
use schema::{AreaKind, Axis, CityTime, Level, sample_id};

use crate::SYNTHETIC_SOURCE;
use crate::city::{City, Handover};

/// The version of the bundled reference data. Raised when they change, so that a stored city takes the change.
const REVISION: i32 = 1;

/// The source of areas and their succession.
const AREA_SOURCE: &str = "vietnamadminunits-1.0.4";

/// The source of what the city has made public.
const PUBLIC_SOURCE: &str = "city-public-statements";

/// The position of an organization's head.
pub(crate) fn head_position(organization: &str) -> String {
    format!("{organization}-TT")
}

/// Every row of the directory as it stands on `today`.
pub(crate) fn rows(city: &City, today: NaiveDate) -> DirectoryRows {
    let since = CityTime::default().start_of_day(city.profile.since);
    let organizations = organizations(city, since);
    let positions = positions(city, &organizations, since);
    let (officials, appointments) = holders(city, &positions, today, since);
    DirectoryRows {
        areas: areas(city, since),
        successions: successions(city),
        organizations,
        positions,
        officials,
        appointments,
        programmes: programmes(city, since),
        task_groups: task_groups(city),
        bottlenecks: bottlenecks(city),
    }
}

fn areas(city: &City, since: DateTime<Utc>) -> Vec<AreaRow> {
    let profile = &city.profile;
    let whole = AreaRow {
        code: profile.code.clone(),
        name: profile.full_name.clone(),
        short_name: profile.name.clone(),
        kind: AreaKind::City,
        parent_code: None,
        lat: profile.lat,
        lon: profile.lon,
        area_km2: None,
        valid_from: profile.since,
        source: AREA_SOURCE.to_owned(),
        version: REVISION,
        observed_at: since,
    };
    let units = city.areas.iter().map(|area| AreaRow {
        code: area.code.clone(),
        name: area.name.clone(),
        short_name: area.short_name.clone(),
        kind: area.kind.area_kind(),
        parent_code: Some(profile.code.clone()),
        lat: area.lat,
        lon: area.lon,
        area_km2: Some(area.area_km2),
        valid_from: profile.since,
        source: AREA_SOURCE.to_owned(),
        version: REVISION,
        observed_at: since,
    });
    std::iter::once(whole).chain(units).collect()
}

fn successions(city: &City) -> Vec<SuccessionRow> {
    city.successions
        .iter()
        .map(|succession| SuccessionRow {
            from_code: succession.from_code.clone(),
            from_name: succession.from_name.clone(),
            to_code: succession.to_code.clone(),
            share: succession.share,
            effective_on: city.profile.since,
            source: AREA_SOURCE.to_owned(),
        })
        .collect()
}

fn organizations(city: &City, since: DateTime<Utc>) -> Vec<OrganizationRow> {
    let published = city.facts.organizations.iter().map(|fact| OrganizationRow {
        code: fact.code.clone(),
        name: fact.name.clone(),
        axis: fact.axis,
        level: fact.level,
        parent_code: fact.parent.clone(),
        area_code: (fact.level == Level::City).then(|| city.profile.code.clone()),
        source: PUBLIC_SOURCE.to_owned(),
        version: REVISION,
        observed_at: since,
    });
    let parent = &city.profile.committee;
    let committees = city.areas.iter().map(|area| OrganizationRow {
        code: area.committee_code(parent),
        name: format!("Ủy ban nhân dân {}", area.in_sentence()),
        axis: Axis::Committee,
        level: Level::Commune,
        parent_code: Some(parent.clone()),
        area_code: Some(area.code.clone()),
        source: PUBLIC_SOURCE.to_owned(),
        version: REVISION,
        observed_at: since,
    });
    published.chain(committees).collect()
}

fn positions(city: &City, organizations: &[OrganizationRow], since: DateTime<Utc>) -> Vec<PositionRow> {
    let titles: HashMap<&str, &str> = city
        .profile
        .heads
        .iter()
        .map(|head| (head.organization.as_str(), head.title.as_str()))
        .collect();
    let position = |code: String, title: String, organization: &str| PositionRow {
        code,
        title,
        organization_code: organization.to_owned(),
        source: SYNTHETIC_SOURCE.to_owned(),
        version: REVISION,
        observed_at: since,
    };
    let heads = organizations.iter().map(|organization| {
        let title = match titles.get(organization.code.as_str()) {
            Some(title) => (*title).to_owned(),
            None if organization.level == Level::Commune => {
                format!("Chủ tịch {}", organization.name.replace("Ủy ban nhân dân", "UBND"))
            }
            None => format!("Giám đốc {}", organization.name),
        };
        position(head_position(&organization.code), title, &organization.code)
    });
    let approvers = city
        .profile
        .approvers
        .iter()
        .map(|approver| position(approver.code.clone(), approver.title.clone(), &approver.organization));
    heads.chain(approvers).collect()
}

/// An official is shown by the title of the position: no person is named or invented.
fn holders(
    city: &City,
    positions: &[PositionRow],
    today: NaiveDate,
    since: DateTime<Utc>,
) -> (Vec<OfficialRow>, Vec<AppointmentRow>) {
    let handovers: HashMap<String, &Handover> = city
        .profile
        .handovers
        .iter()
        .map(|handover| (head_position(&handover.organization), handover))
        .collect();
    let mut officials = Vec::new();
    let mut appointments = Vec::new();
    for position in positions {
        let handover = handovers.get(&position.code);
        let terms = [
            Some((city.profile.since, handover.map(|handover| handover.until))),
            handover.and_then(|handover| handover.next).map(|next| (next, None)),
        ];
        for (number, (from_on, until)) in (1..)
            .zip(terms.into_iter().flatten())
            .filter(|(_, (from_on, _))| *from_on <= today)
        {
            let official_code = format!("CB-{}-{number}", position.code);
            let to_on = until.filter(|until| *until <= today);
            officials.push(OfficialRow {
                code: official_code.clone(),
                display_name: match number {
                    1 => position.title.clone(),
                    _ => format!("{} (từ {:02}/{})", position.title, from_on.month(), from_on.year()),
                },
                source: SYNTHETIC_SOURCE.to_owned(),
                version: REVISION,
                observed_at: since,
            });
            appointments.push(AppointmentRow {
                id: sample_id(&format!("{}/appointment", city.name), &official_code),
                official_code,
                position_code: position.code.clone(),
                from_on,
                to_on,
                source: SYNTHETIC_SOURCE.to_owned(),
                version: if to_on.is_some() { REVISION + 1 } else { REVISION },
                observed_at: CityTime::default().start_of_day(to_on.unwrap_or(from_on)),
            });
        }
    }
    (officials, appointments)
}

fn programmes(city: &City, since: DateTime<Utc>) -> Vec<ProgrammeRow> {
    city.facts
        .programmes
        .iter()
        .map(|fact| ProgrammeRow {
            code: fact.code.clone(),
            // Numbers such as 57-NQ/TW are document numbers; the others are names that people use.
            doc_no: fact.code.contains('/').then(|| fact.code.clone()),
            title: fact.title.clone(),
            kind: fact.kind,
            issued_on: fact.issued_on,
            parent_code: fact.parent.clone(),
            supersedes_code: fact.supersedes.clone(),
            source: PUBLIC_SOURCE.to_owned(),
            version: REVISION,
            observed_at: fact
                .issued_on
                .map_or(since, |day| CityTime::default().start_of_day(day)),
        })
        .collect()
}

fn task_groups(city: &City) -> Vec<TaskGroupRow> {
    (1..)
        .zip(&city.groups.groups)
        .map(|(ordinal, group)| TaskGroupRow {
            code: group.code.clone(),
            ordinal,
            title: group.title.clone(),
            programme_code: Some(group.programme.clone()),
            source: SYNTHETIC_SOURCE.to_owned(),
        })
        .collect()
}

fn bottlenecks(city: &City) -> Vec<BottleneckRow> {
    city.facts
        .bottlenecks
        .iter()
        .map(|fact| BottleneckRow {
            code: fact.code.clone(),
            title: fact.title.clone(),
            source: PUBLIC_SOURCE.to_owned(),
        })
        .collect()
}
