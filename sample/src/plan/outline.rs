//! Outlines of tasks: title, lead, area and programmes.

use std::collections::{BTreeSet, HashMap};

use directory::import::Axis;
use tasks::import::TaskKind;

use crate::SampleError;
use crate::city::{AreaRecord, City, Common, CommuneTheme, Told};
use crate::draw::Draw;

/// A task without its dates.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) code: String,
    /// Theme of the task. Tasks of one theme follow each other.
    pub(crate) theme: usize,
    pub(crate) title: String,
    pub(crate) kind: TaskKind,
    pub(crate) axis: Axis,
    pub(crate) lead: String,
    pub(crate) common: Common,
    /// Whether the congress programme is one of them; such tasks were assigned first.
    pub(crate) under_congress: bool,
    pub(crate) areas: Vec<String>,
    /// What is told of its course.
    pub(crate) told: Told,
    /// The organization that issues the task and accepts its work; that of the axis when absent.
    pub(crate) issuer: Option<String>,
}

/// Outlines of all tasks, in the published number.
pub(crate) fn outlines(city: &City) -> Result<Vec<Outline>, SampleError> {
    let mut outlines = from_themes(city)?;
    outlines.extend(from_communes(city, city.themes.themes.len())?);
    if outlines.len() != city.facts.counts.tasks {
        return Err(SampleError::Contradiction(format!(
            "the themes make {} tasks, but {} are published",
            outlines.len(),
            city.facts.counts.tasks
        )));
    }
    for (number, outline) in (1..).zip(&mut outlines) {
        outline.code = format!("NV-{number:03}");
    }
    share_programmes(city, &mut outlines);
    tell(city, &mut outlines)?;
    Ok(outlines)
}

fn from_themes(city: &City) -> Result<Vec<Outline>, SampleError> {
    let organizations = city.organizations();
    let area_codes: HashMap<&str, &str> =
        city.areas.iter().map(|area| (area.short_name.as_str(), area.code.as_str())).collect();
    let mut outlines = Vec::new();
    for (number, theme) in city.themes.themes.iter().enumerate() {
        let lead = organizations.get(theme.lead.as_str()).ok_or_else(|| unknown("organization", &theme.lead))?;
        let areas = theme
            .areas
            .iter()
            .map(|name| Ok((*area_codes.get(name.as_str()).ok_or_else(|| unknown("area", name))?).to_owned()))
            .collect::<Result<Vec<_>, SampleError>>()?;
        outlines.extend(theme.titles.iter().map(|title| Outline {
            code: String::new(),
            theme: number,
            title: title.clone(),
            kind: theme.kind,
            axis: lead.axis,
            lead: theme.lead.clone(),
            common: theme.common.clone(),
            under_congress: false,
            areas: areas.clone(),
            told: Told::default(),
            issuer: None,
        }));
    }
    Ok(outlines)
}

fn from_communes(city: &City, first_theme: usize) -> Result<Vec<Outline>, SampleError> {
    let mut drawn: Vec<&AreaRecord> = city.areas.iter().collect();
    drawn.sort_by_key(|area| Draw(&area.code).number("commune task"));
    let mut taken = BTreeSet::new();
    let mut outlines = Vec::new();
    for theme in &city.themes.commune_themes {
        let places: Vec<&AreaRecord> = drawn
            .iter()
            .copied()
            .filter(|area| theme.unit.is_none_or(|unit| unit == area.kind.area_kind()) && !taken.contains(&area.code))
            .take(theme.count)
            .collect();
        if places.len() < theme.count {
            let message = format!("too few areas are left for `{}`", theme.title);
            return Err(SampleError::Contradiction(message));
        }
        for area in places {
            taken.insert(area.code.clone());
            outlines.push(in_area(city, theme, area, first_theme + outlines.len()));
        }
    }
    Ok(outlines)
}

fn in_area(city: &City, theme: &CommuneTheme, area: &AreaRecord, number: usize) -> Outline {
    Outline {
        code: String::new(),
        theme: number,
        title: theme.title.replace("{area}", &area.in_sentence()),
        kind: TaskKind::Task,
        axis: Axis::Committee,
        lead: area.committee_code(&city.profile.committee),
        common: theme.common.clone(),
        under_congress: false,
        areas: vec![area.code.clone()],
        told: Told::default(),
        issuer: None,
    }
}

/// Adds what is told of some tasks. A task of the congress programme is under that one.
fn tell(city: &City, outlines: &mut [Outline]) -> Result<(), SampleError> {
    for told in &city.year.told {
        let outline = outlines.iter_mut().find(|outline| outline.title == told.title);
        let outline = outline
            .filter(|outline| !(told.without_programme && outline.under_congress))
            .ok_or_else(|| SampleError::Contradiction(format!("no task can be told as `{}`", told.title)))?;
        if told.without_programme {
            outline.common.programmes.clear();
        }
        outline.told = told.clone();
    }
    Ok(())
}

/// The congress programme gets the published number of tasks; some are in its action programme too. The year's
/// programme gets all others but those that are told to be under none, and a third of those of the congress programme.
fn share_programmes(city: &City, outlines: &mut [Outline]) {
    let mut order: Vec<usize> = (0..outlines.len()).collect();
    order.sort_by_key(|&index| Draw(&outlines[index].code).number("congress"));
    let congress: BTreeSet<usize> = order.into_iter().take(city.facts.counts.tasks_city_congress_resolution).collect();
    let profile = &city.profile;
    for (index, outline) in outlines.iter_mut().enumerate() {
        let draw = Draw(&outline.code);
        outline.under_congress = congress.contains(&index);
        let mut named = Vec::new();
        if outline.under_congress {
            named.push(&profile.congress_programme);
            if draw.chance("congress action programme", 30) {
                named.push(&profile.congress_action_programme);
            }
        }
        if !outline.under_congress || draw.chance("year programme", 33) {
            named.push(&profile.year_programme);
        }
        for code in named {
            if !outline.common.programmes.contains(code) {
                outline.common.programmes.push(code.clone());
            }
        }
    }
}

fn unknown(kind: &str, name: &str) -> SampleError {
    SampleError::Contradiction(format!("a theme names the unknown {kind} `{name}`"))
}
