//! What a case is about, when it was sent, and where.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::prelude::ToPrimitive;
use schema::CityTime;

use crate::city::{AreaRecord, CategoryFact, City};
use crate::draw::{Draw, Ranked};

/// Cases of the sample or of a volume: a number of them over some days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    /// Before the number of each case.
    pub(super) prefix: &'static str,
    pub(super) cases: usize,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// Number of cases with a sender, a log and attachments.
    pub(super) told: usize,
}

/// What all cases are drawn from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) city: &'a City,
    areas: Ranked<&'a AreaRecord>,
}

impl<'a> Source<'a> {
    pub(super) fn new(city: &'a City) -> Self {
        // The populous areas of the middle first: those with the smallest territory.
        let mut areas: Vec<&AreaRecord> = city.areas.iter().collect();
        areas.sort_by(|one, other| (one.area_km2, &one.code).cmp(&(other.area_km2, &other.code)));
        Self { city, areas: Ranked::new(areas, 12) }
    }
}

/// A case as it is sent.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) code: String,
    pub(super) number: usize,
    pub(super) submitted: DateTime<Utc>,
    pub(super) area: &'a AreaRecord,
    pub(super) category: &'a CategoryFact,
    pub(super) channel: &'a str,
    pub(super) sender: &'static str,
    pub(super) level: &'static str,
    pub(super) lead: String,
    pub(super) project: Option<&'a str>,
    /// In thousandths of a degree.
    pub(super) point: (i64, i64),
    pub(super) is_told: bool,
}

/// One of several by weights; the first if there are none.
fn weighed<'a, T>(draw: Draw<'_>, purpose: &str, of: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
    let total: u32 = of.iter().map(&weight).sum();
    let mut left = draw.between(purpose, 1, total.max(1));
    for item in of {
        let weight = weight(item);
        if left <= weight {
            return item;
        }
        left -= weight;
    }
    &of[0]
}

/// Day of a case: the cases of a series are spread over its days by the weights of the months.
fn day_of(source: &Source<'_>, series: Series, draw: Draw<'_>) -> NaiveDate {
    let months = source.city.feedback.months;
    let heaviest = months.iter().copied().max().unwrap_or(1);
    let days = u32::try_from((series.last - series.first).num_days()).unwrap_or(0);
    // A day is kept with the share of its month in the heaviest; fewer than one in two is drawn again.
    (0..20)
        .map(|turn| (turn, series.first + Days::new(u64::from(draw.between(&format!("day {turn}"), 0, days)))))
        .find(|(turn, day)| draw.between(&format!("month {turn}"), 1, heaviest) <= months[day.month0() as usize])
        .map_or(series.first, |(_, day)| day)
}

pub(super) fn case<'a>(source: &'a Source<'_>, series: Series, number: usize) -> Case<'a> {
    let code = format!("{}-{number:06}", series.prefix);
    let draw = Draw(&code);
    let facts = &source.city.feedback;
    let day = day_of(source, series, draw);
    // From six in the morning to eleven at night, most of them by day.
    let minutes = 360 + draw.between("hour", 0, 540) + draw.between("minute", 0, 480);
    let submitted = CityTime::default().start_of_day(day)
        + TimeDelta::minutes(minutes.into())
        + TimeDelta::seconds(draw.between("second", 0, 59).into());
    let wet = (5..=10).contains(&day.month());
    let category = weighed(draw, "category", &facts.categories, |fact| fact.weight * if wet { fact.wet } else { 1 });
    let mut area: &AreaRecord = source.areas.pick(draw, "area");
    let mut project = None;
    if category.code == "LAND_CLEARANCE"
        && let Some(site) = draw.pick("site", &source.city.projects.sites.iter().collect::<Vec<_>>())
    {
        project = Some(site.project.as_str());
        area = source.city.areas.iter().find(|area| area.code == site.area).unwrap_or(area);
    }
    let sender = *weighed(draw, "sender", &[("CITIZEN", 84), ("BUSINESS", 12), ("ORGANIZATION", 4)], |item| item.1);
    let level = *weighed(draw, "level", &[("NORMAL", 88), ("URGENT", 8), ("COMPLEX", 4)], |item| item.1);
    let committee = area.committee_code(&source.city.profile.committee);
    // Half of the side of a square as large as the area, in thousandths of a degree; cases gather in its middle.
    let reach = (area.area_km2.to_f64().unwrap_or(1.0).sqrt() * 4.5).min(60.0);
    let offset = |axis: &str| {
        let drawn = f64::from(draw.between(axis, 0, 1000)) + f64::from(draw.between(&format!("{axis} 2"), 0, 1000));
        (drawn / 1000.0 - 1.0) * reach
    };
    #[expect(clippy::cast_possible_truncation, reason = "degrees of a city are far from the limits")]
    let point =
        ((area.lat * 1000.0 + offset("lat")).round() as i64, (area.lon * 1000.0 + offset("lon")).round() as i64);
    Case {
        number,
        submitted,
        area,
        category,
        channel: &weighed(draw, "channel", &facts.channels, |channel| channel.weight).code,
        sender: sender.0,
        level: level.0,
        lead: category.organization.clone().unwrap_or(committee),
        project,
        point,
        is_told: number <= series.told,
        code,
    }
}
