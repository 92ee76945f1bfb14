//! Facts of each day against an oracle that is written from the rules alone, after random writes, late events, corrections and deletions;
//! and against their rebuild.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use service_kit::testing::{Dice, run};
use sqlx::PgPool;

use crate::city::{found, give, indicator};

/// What a pushed row says of an observation.
#[derive(Clone)]
struct Event {
    day: NaiveDate,
    second: u64,
    id: String,
    cell: (&'static str, String),
    revision: i64,
    state: Option<State>,
}

#[derive(Clone, PartialEq, Debug)]
struct State {
    /// First day on which it is what is known.
    since: NaiveDate,
    published: bool,
    forecast: bool,
    value: Option<f64>,
    parts: Option<(f64, f64)>,
}

const INDICATORS: [(&str, &str, &str, u32); 4] = [
    ("F", "FLOW", "QUARTER", 3),
    ("S", "STOCK", "MONTH", 1),
    ("R", "RATE", "QUARTER", 3),
    ("G", "GROWTH", "QUARTER", 3),
];

/// Each target with its first day in force: value and baseline.
const TARGETS: [(&str, &str, &str, f64, Option<f64>); 8] = [
    ("F", "2026", "2025-12-20", 400.0, None),
    ("F", "2026", "2026-06-15", 300.0, Some(100.0)),
    ("F", "2026-Q2", "2026-01-10", 90.0, None),
    ("S", "2026", "2026-01-05", 40.0, Some(80.0)),
    ("R", "2026", "2026-01-05", 60.0, None),
    ("G", "2026", "2026-01-05", 8.0, None),
    ("G", "2025", "2026-01-05", 7.0, None),
    // Decided anew after a withdrawal.
    ("R", "2026", "2026-09-10", 70.0, None),
];

/// Targets that were withdrawn, with the day of their decision and the first day on which they are no longer in force.
const WITHDRAWN: [(&str, &str, &str, &str); 2] =
    [("R", "2026", "2026-01-05", "2026-08-01"), ("F", "2026-Q2", "2026-01-10", "2026-05-20")];

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn first_of(period: &str) -> (NaiveDate, u32) {
    let year: i32 = period[..4].parse().expect("a year");
    match period.get(5..) {
        None => (NaiveDate::from_ymd_opt(year, 1, 1).expect("a day"), 12),
        Some(rest) if rest.starts_with('Q') => {
            (NaiveDate::from_ymd_opt(year, rest[1..].parse::<u32>().expect("a quarter") * 3 - 2, 1).expect("a day"), 3)
        }
        Some(month) => (NaiveDate::from_ymd_opt(year, month.parse().expect("a month"), 1).expect("a day"), 1),
    }
}

fn months_later(day: NaiveDate, months: u32) -> NaiveDate {
    day + chrono::Months::new(months)
}

fn period_of(first: NaiveDate, step: u32) -> String {
    match step {
        3 => format!("{}-Q{}", first.year(), first.month0() / 3 + 1),
        _ => format!("{}-{:02}", first.year(), first.month()),
    }
}

/// The published cells of a day, from the events up to its end, folded in their order.
fn cells(events: &[Event], on: NaiveDate) -> BTreeMap<(&'static str, String), State> {
    let mut sorted: Vec<&Event> = events.iter().filter(|event| event.day <= on).collect();
    sorted.sort_by_key(|event| (event.day, event.second));
    let mut rows: HashMap<&str, &Event> = HashMap::new();
    for event in &sorted {
        rows.insert(&event.id, event);
    }
    // What is known of a cell begins anew when one of its records is published, is changed or ends.
    let mut since: HashMap<&(&'static str, String), NaiveDate> = HashMap::new();
    for id in rows.keys() {
        let mut days: BTreeMap<NaiveDate, &Event> = BTreeMap::new();
        for event in sorted.iter().filter(|event| event.id == **id) {
            days.insert(event.day, event);
        }
        let is_published = |event: &Event| event.state.as_ref().is_some_and(|state| state.published);
        let mut was_published = false;
        for (day, event) in days {
            if is_published(event) || was_published {
                let known = since.entry(&event.cell).or_insert(day);
                *known = day.max(*known);
            }
            was_published = is_published(event);
        }
    }
    let mut best: BTreeMap<(&'static str, String), (i64, State)> = BTreeMap::new();
    for event in rows.values() {
        let Some(mut state) = event.state.clone().filter(|state| state.published) else { continue };
        state.since = since.get(&event.cell).copied().unwrap_or(state.since);
        let held = best.entry(event.cell.clone()).or_insert((event.revision, state.clone()));
        if event.revision >= held.0 {
            *held = (event.revision, state);
        }
    }
    // A forecast takes the place of what was published before it, and is no actual.
    let actual = |state: State| if state.forecast { State { value: None, parts: None, ..state } } else { state };
    best.into_iter().map(|(cell, (_, state))| (cell, actual(state))).collect()
}

fn value(nature: &str, state: &State) -> Option<f64> {
    match (nature, state.parts) {
        ("RATE", Some((part, whole))) => Some(100.0 * part / whole),
        ("GROWTH", Some((now, before))) => Some(100.0 * (now / before - 1.0)),
        _ => state.value,
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// Actual, whether complete, forecast, need, shortfall and judgement of a target on a day.
type Judged = (Option<f64>, bool, Option<f64>, Option<f64>, Option<f64>, Option<&'static str>);

#[expect(clippy::too_many_lines, reason = "it is the whole of the rules in one reading")]
fn judge(
    events: &[Event],
    on: NaiveDate,
    code: &'static str,
    period: &str,
    target: f64,
    baseline: Option<f64>,
) -> Judged {
    let (_, nature, _, step) = *INDICATORS.iter().find(|indicator| indicator.0 == code).expect("an indicator");
    let known = cells(events, on);
    let cell = |first: NaiveDate| known.get(&(code, period_of(first, step)));
    let number = |first: NaiveDate| cell(first).and_then(|state| value(nature, state));
    let (first, months) = first_of(period);
    let slots: Vec<NaiveDate> = (0..months / step).map(|place| months_later(first, place * step)).collect();
    let seen: Vec<NaiveDate> = slots.iter().copied().filter(|slot| number(*slot).is_some()).collect();
    let values: Vec<f64> = seen.iter().filter_map(|slot| number(*slot)).collect();
    let parts: Option<Vec<(f64, f64)>> = seen.iter().map(|slot| cell(*slot).and_then(|state| state.parts)).collect();
    let total: f64 = values.iter().sum();
    let actual = match nature {
        _ if seen.is_empty() => None,
        "FLOW" => Some(total),
        "STOCK" => values.last().copied(),
        "RATE" => match &parts {
            Some(parts) => Some(
                100.0 * parts.iter().map(|(part, _)| part).sum::<f64>()
                    / parts.iter().map(|(_, whole)| whole).sum::<f64>(),
            ),
            None if seen.len() == 1 => values.last().copied(),
            None => None,
        },
        _ => match &parts {
            Some(parts) => {
                let weight: f64 = parts.iter().map(|(_, before)| before).sum();
                Some(values.iter().zip(parts).map(|(growth, (_, before))| growth * before).sum::<f64>() / weight)
            }
            None => Some(total / f64::from(u32::try_from(seen.len()).expect("few"))),
        },
    };
    let is_whole = if nature == "STOCK" { seen.last() == slots.last() } else { seen.len() == slots.len() };
    // What is known since before the end of its part is an estimate of it.
    let is_reported = |slot: &NaiveDate| cell(*slot).is_some_and(|state| state.since >= months_later(*slot, step));
    let last = seen.last().copied();
    let complete =
        is_whole && if nature == "STOCK" { last.iter().all(is_reported) } else { seen.iter().all(is_reported) };
    let years_before = |slot: NaiveDate, years: u32| slot - chrono::Months::new(12 * years);
    let forecast = match nature {
        _ if complete || seen.is_empty() => None,
        _ if is_whole => actual,
        "FLOW" => {
            let (mut part, mut whole) = (0.0, 0.0);
            for back in 1..=3 {
                let year: Option<Vec<f64>> = slots.iter().map(|slot| number(years_before(*slot, back))).collect();
                if let Some(year) = year {
                    whole += year.iter().sum::<f64>();
                    part += seen.iter().filter_map(|slot| number(years_before(*slot, back))).sum::<f64>();
                }
            }
            (part > 0.0).then(|| total * whole / part)
        }
        "STOCK" | "RATE" if actual.is_some() => {
            let mut points: Vec<(f64, f64)> = Vec::new();
            let mut slot = *slots.last().expect("slots");
            let last = f64::from(slot.year() * 12 + i32::try_from(slot.month0()).expect("a month"));
            let floor = day("2022-01-01");
            while slot >= floor && points.len() < 12 {
                if let Some(value) = number(slot) {
                    points.push((f64::from(slot.year() * 12 + i32::try_from(slot.month0()).expect("a month")), value));
                }
                slot = slot - chrono::Months::new(step);
            }
            (points.len() >= 4).then(|| {
                let mut slopes = Vec::new();
                for one in &points {
                    slopes.extend(
                        points
                            .iter()
                            .filter(|other| other.0 > one.0)
                            .map(|other| (other.1 - one.1) / (other.0 - one.0)),
                    );
                }
                let slope = median(slopes);
                slope * last + median(points.iter().map(|(x, y)| y - slope * x).collect())
            })
        }
        _ => None,
    };
    let needed = (nature == "GROWTH" && !is_whole && !seen.is_empty()).then(|| {
        let rest: Vec<NaiveDate> = slots.iter().copied().filter(|slot| !seen.contains(slot)).collect();
        let before: Option<Vec<f64>> = rest
            .iter()
            .map(|slot| {
                cell(years_before(*slot, 1))
                    .filter(|state| value(nature, state).is_some())
                    .and_then(|state| state.parts)
                    .map(|parts| parts.0)
            })
            .collect();
        match (&parts, before) {
            (Some(parts), Some(before)) => {
                let (done, rest): (f64, f64) = (parts.iter().map(|(_, weight)| weight).sum(), before.iter().sum());
                (target * (done + rest)
                    - values.iter().zip(parts).map(|(growth, (_, weight))| growth * weight).sum::<f64>())
                    / rest
            }
            _ => {
                (target * f64::from(u32::try_from(slots.len()).expect("few")) - total)
                    / f64::from(u32::try_from(rest.len()).expect("few"))
            }
        }
    });
    let lower = code == "S";
    let compared = match actual {
        None => None,
        Some(actual) if is_whole || nature == "GROWTH" => Some(actual),
        Some(_) => forecast,
    };
    let shortfall = compared.map(|compared| {
        let short = if lower { compared - target } else { target - compared };
        if short <= 0.0 { 0.0 } else { short / (target - baseline.unwrap_or(0.0)).abs() }
    });
    // The threshold for amber-green is 5 % until the end of June and 10 % from July on.
    let amber_green = if on >= day("2026-07-01") { 0.1 } else { 0.05 };
    let rag = shortfall.map(|share| match share {
        share if share <= 0.0 => "GREEN",
        share if share <= amber_green => "AMBER_GREEN",
        share if share <= 0.15 => "AMBER_RED",
        _ => "RED",
    });
    (actual, complete, forecast, needed, shortfall, rag)
}

/// Random events of observations of 2024 to 2026, observed in 2025 and 2026.
fn events(dice: &mut Dice) -> Vec<Event> {
    let mut found = Vec::new();
    let begin = day("2025-10-01");
    for number in 0..260 {
        let (code, nature, _, step) = *dice.pick(&INDICATORS);
        // The last month has not begun at the time of the tests.
        let slots = 35 / step + u32::from(step > 1);
        let slot = dice.below(slots);
        let first = months_later(day("2024-01-01"), slot * step);
        let period = period_of(first, step);
        let revision = if dice.below(5) == 0 { 2 } else { 1 };
        let number_of = |dice: &mut Dice| f64::from(dice.below(900_u32)) / 10.0 + 5.0;
        let parts = (nature == "RATE" || nature == "GROWTH") && dice.below(4) > 0;
        let state = State {
            since: NaiveDate::MAX,
            published: dice.below(8) > 0,
            forecast: dice.below(10) == 0,
            value: (!parts && dice.below(12) > 0).then(|| number_of(dice)),
            parts: parts.then(|| (number_of(dice), number_of(dice))),
        };
        // Nothing is observed of a period before it begins; its record is stated on its first day.
        let since = begin.max(first + Days::new(1));
        let days = u64::try_from((day("2026-11-26") - since).num_days()).expect("a period that has begun");
        found.push(Event {
            day: since + Days::new(dice.below(days)),
            second: number,
            id: format!("{code}/{period}/{revision}"),
            cell: (code, period),
            revision,
            state: (dice.below(14) > 0).then_some(state),
        });
    }
    found
}

fn row(event: &Event) -> Value {
    let at = format!("{}T03:{:02}:{:02}Z", event.day, event.second / 60, event.second % 60);
    let Some(state) = &event.state else {
        return json!({ "externalId": event.id, "observedAt": at, "deleted": true });
    };
    let text = |number: Option<f64>| number.map(|number| format!("{number:.1}"));
    let (first, months) = first_of(&event.cell.1);
    let flag = match state {
        State { value: None, parts: None, .. } => "MISSING",
        State { forecast: true, .. } => "FORECAST",
        _ if event.day < months_later(first, months) => "ESTIMATED",
        _ => "NORMAL",
    };
    json!({
        "externalId": event.id, "observedAt": at, "indicator": event.cell.0, "area": "01", "period": event.cell.1, "revision": event.revision,
        "status": if state.published { "PUBLISHED" } else { "SUBMITTED" }, "value": text(state.value),
        "numerator": text(state.parts.map(|parts| parts.0)), "denominator": text(state.parts.map(|parts| parts.1)),
        "flags": [flag],
    })
}

#[derive(sqlx::FromRow, Debug)]
struct Fact {
    indicator_code: String,
    period: String,
    actual: Option<f64>,
    complete: bool,
    forecast: Option<f64>,
    needed: Option<f64>,
    shortfall: Option<f64>,
    rag: Option<String>,
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn every_day_equals_the_oracle_after_random_writes(pool: PgPool) {
    found(&pool).await;
    let indicators: Vec<Value> = INDICATORS
        .iter()
        .map(|(code, nature, frequency, _)| {
            let direction = if *code == "S" { "LOWER" } else { "HIGHER" };
            indicator(code, nature, frequency, json!({ "direction": direction }))
        })
        .collect();
    give(&pool, "indicators", &indicators).await;
    let targets: Vec<Value> = TARGETS
        .iter()
        .map(|(code, period, decided, target, baseline)| {
            json!({ "externalId": format!("{code}/{period}/{decided}"), "observedAt": format!("{decided}T02:00:00Z"), "indicator": code, "area": "01", "period": period,
                "decidedOn": decided, "value": target.to_string(), "baseline": baseline.map(|number| number.to_string()) })
        })
        .collect();
    let events = events(&mut Dice(13));
    // Each record is first stated, so that no deletion waits for its record. Then rows arrive in any order and in packets.
    let mut told = BTreeSet::new();
    let draft = State { since: NaiveDate::MAX, published: false, forecast: false, value: Some(1.0), parts: None };
    let mut kept: Vec<Event> = events
        .iter()
        .filter(|event| told.insert(event.id.clone()))
        .map(|event| {
            let stated = day("2025-09-15").max(first_of(&event.cell.1).0);
            Event { day: stated, state: Some(draft.clone()), ..event.clone() }
        })
        .collect();
    give(&pool, "observations", &kept.iter().map(row).collect::<Vec<_>>()).await;
    let (first, second) = events.split_at(events.len() / 2);
    for (index, packet) in first.chunks(17).chain(second.chunks(23)).enumerate() {
        give(&pool, "observations", &packet.iter().map(row).collect::<Vec<_>>()).await;
        kept.extend(packet.iter().cloned());
        if index == 3 {
            give(&pool, "targets", &targets).await;
        }
        if index == 5 {
            let withdrawn = WITHDRAWN.map(|(code, period, decided, on)| {
                json!({ "externalId": format!("{code}/{period}/{decided}"), "observedAt": format!("{on}T02:00:00Z"), "withdrawnOn": on })
            });
            give(&pool, "targets", &withdrawn).await;
        }
        if index == 6 {
            run(
                &pool,
                "UPDATE directory.legal_rule SET valid_to = '2026-07-01' WHERE code = 'KPI_AMBER_GREEN_SHORTFALL';
                 INSERT INTO directory.legal_rule (code, value, unit, valid_from, document) VALUES ('KPI_AMBER_GREEN_SHORTFALL', 0.1, 'share', '2026-07-01', 'test');",
            )
            .await;
            while sqlx::query_scalar::<_, bool>("SELECT kpis.refresh_facts()")
                .fetch_one(&pool)
                .await
                .expect("refreshed")
            {}
        }
    }
    let mut checked = 0;
    let mut on = day("2025-12-15");
    while on < day("2026-12-01") {
        let facts: Vec<Fact> = sqlx::query_as(
            "SELECT indicator_code, period, actual::float8, complete, forecast::float8, needed::float8, shortfall::float8, rag
             FROM kpis.target_fact WHERE from_day <= $1 AND $1 < to_day ORDER BY indicator_code, period",
        )
        .bind(on)
        .fetch_all(&pool)
        .await
        .expect("facts");
        let mut expected: BTreeMap<(&str, &str), (f64, Option<f64>)> = BTreeMap::new();
        for (code, period, decided, target, baseline) in TARGETS {
            if day(decided) <= on {
                expected.insert((code, period), (target, baseline));
            }
            if WITHDRAWN.iter().any(|row| row.0 == code && row.1 == period && row.2 == decided && day(row.3) <= on) {
                expected.remove(&(code, period));
            }
        }
        assert_eq!(facts.len(), expected.len(), "{on}");
        for (fact, ((code, period), (target, baseline))) in facts.iter().zip(expected) {
            let told = judge(&kept, on, code, period, target, baseline);
            let near = |found: Option<f64>, told: Option<f64>| match (found, told) {
                (Some(found), Some(told)) => (found - told).abs() <= 1e-7 * told.abs().max(1.0),
                (found, told) => found.is_none() && told.is_none(),
            };
            assert_eq!((fact.indicator_code.as_str(), fact.period.as_str()), (code, period), "{on}");
            assert!(
                near(fact.actual, told.0)
                    && fact.complete == told.1
                    && near(fact.forecast, told.2)
                    && near(fact.needed, told.3),
                "{on} {fact:?} {told:?}"
            );
            assert!(near(fact.shortfall, told.4) && fact.rag.as_deref() == told.5, "{on} {fact:?} {told:?}");
            checked += usize::from(told.5.is_some());
        }
        on = on + Days::new(1);
    }
    assert!(checked > 500, "only {checked} judgements were compared");
    // Nothing differs from a rebuild.
    let differ: i64 = sqlx::query_scalar("SELECT kpis.derive(ARRAY(SELECT id FROM kpis.series))")
        .fetch_one(&pool)
        .await
        .expect("derived");
    assert_eq!(differ, 0);
}
