//! Items of the catalogue: names, owners, and the phases through which each goes.

use chrono::{Days, NaiveDate};

use crate::city::{AreaRecord, City, Cohort, NamedProject, ProjectTheme};
use crate::draw::Draw;
use crate::row::{Row, Rows};
use crate::{reference, workday};

/// An item with its phases.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) owner: String,
    pub(super) areas: Vec<String>,
    programmes: Vec<String>,
    bottlenecks: Vec<String>,
    objective: String,
    mechanism: Option<String>,
    pub(super) is_key: bool,
    /// VND.
    pub(super) investment: i64,
    /// Part of a year's capital.
    pub(super) weight: i64,
    pub(super) life: Life,
}

/// Days of the phases.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Life {
    pub(super) identified: NaiveDate,
    pub(super) prepared: Option<NaiveDate>,
    pub(super) started: Option<NaiveDate>,
    pub(super) baseline_end: Option<NaiveDate>,
    completion: Option<NaiveDate>,
    pub(super) completed: Option<NaiveDate>,
    cancelled: Option<NaiveDate>,
    suspended: Option<NaiveDate>,
    resumed: Option<NaiveDate>,
}

impl Life {
    /// Day on which it is completed or cancelled.
    pub(super) fn ends(&self) -> Option<NaiveDate> {
        self.completed.or(self.cancelled)
    }

    /// Whether its work comes to its end.
    pub(super) fn is_completing(&self) -> bool {
        self.completion.is_some()
    }
}

/// How an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Begun(NaiveDate),
    Running,
    Cancelled,
    Completed,
    Completion,
    Suspended,
    Identified,
    Prepared,
}

/// Billion VND.
pub(super) const BILLION: i64 = 1_000_000_000;

const SLIPS: &[&str] = &[
    "Chậm bàn giao mặt bằng",
    "Điều chỉnh thiết kế do vướng công trình ngầm",
    "Giá vật liệu tăng, phải điều chỉnh dự toán",
    "Chậm phê duyệt phương án di dời hạ tầng kỹ thuật",
    "Thời tiết bất lợi kéo dài",
];

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// All items of the catalogue.
pub(super) fn items(city: &City) -> Vec<Item> {
    let mut items: Vec<Item> = city.projects.named.iter().map(named).collect();
    let mut number = 0;
    for theme in &city.projects.themes {
        let mut areas: Vec<&AreaRecord> = city.areas.iter().collect();
        areas.sort_by_key(|area| Draw(&theme.name).number(&area.code));
        for area in areas.into_iter().take(theme.items) {
            number += 1;
            items.push(themed(city, theme, area, format!("DM-{number:03}")));
        }
    }
    let named = city.projects.named.len();
    let fates = fates(city, &items);
    for (item, fate) in items.iter_mut().skip(named).zip(fates) {
        item.life = life(item, fate, &city.projects.cohorts);
        item.is_key = matches!(fate, Fate::Begun(_));
    }
    items
}

/// An item of the volume: also a road, a school or a pond somewhere, of which the catalogue names only the first ones.
pub(super) fn item_of_volume(city: &City, number: usize) -> Item {
    let code = format!("DA-{number:05}");
    let draw = Draw(&code);
    let themes = &city.projects.themes;
    let theme = draw.pick("theme", &themes.iter().filter(|theme| is_built(&theme.kind)).collect::<Vec<_>>());
    let area = draw.pick("area", &city.areas.iter().collect::<Vec<_>>());
    let mut item = themed(city, theme.unwrap_or(&themes[0]), area.unwrap_or(&city.areas[0]), code.clone());
    item.name = format!("{} (dự án {code})", item.name);
    let fate = match draw.between("fate", 1, 100) {
        ..=4 => Fate::Cancelled,
        5..=20 => Fate::Completed,
        21..=30 => Fate::Completion,
        31..=34 => Fate::Suspended,
        35..=50 => Fate::Prepared,
        _ => Fate::Running,
    };
    item.life = life(&item, fate, &city.projects.cohorts);
    item
}

/// Whether items of this kind are built, with capital and land.
pub(super) fn is_built(kind: &str) -> bool {
    matches!(kind, "PROJECT" | "WORK")
}

fn named(project: &NamedProject) -> Item {
    let draw = Draw(&project.code);
    let started = project.groundbreaking_on;
    let identified = draw.day("identified", day(2023, 9, 1), day(2024, 2, 1));
    Item {
        code: project.code.clone(),
        name: project.name.clone(),
        kind: project.kind.clone(),
        owner: project.owner.clone(),
        areas: project.areas.clone(),
        programmes: project.programmes.clone(),
        bottlenecks: project.bottlenecks.clone(),
        objective: project.objective.clone(),
        mechanism: project.mechanism.clone(),
        is_key: true,
        investment: project.investment * BILLION,
        weight: project.weight * 100,
        life: Life {
            identified: workday::from(identified),
            prepared: Some(workday::after(identified, draw.between("prepared", 40, 80))),
            started: Some(started),
            baseline_end: Some(project.baseline_end),
            ..Life::default()
        },
    }
}

fn themed(city: &City, theme: &ProjectTheme, area: &AreaRecord, code: String) -> Item {
    let draw = Draw(&code);
    let investment = i64::from(draw.between("investment", theme.investment[0], theme.investment[1]));
    let mut programmes: Vec<String> = theme.programme.iter().cloned().collect();
    if draw.chance("of the year", 30) && !programmes.contains(&city.profile.year_programme) {
        programmes.push(city.profile.year_programme.clone());
    }
    Item {
        name: theme.name.replace("{area}", &area.in_sentence()),
        kind: theme.kind.clone(),
        owner: theme.owner.clone().unwrap_or_else(|| area.committee_code(&city.profile.committee)),
        areas: vec![area.code.clone()],
        programmes,
        bottlenecks: theme.bottleneck.iter().cloned().collect(),
        objective: theme.objective.clone(),
        mechanism: None,
        is_key: false,
        investment: investment * BILLION,
        weight: (investment * i64::from(draw.between("weight", 20, 70)) / 100).max(1),
        life: Life::default(),
        code,
    }
}

/// Fates of the items without a name of their own, in numbers that are the same on every machine.
fn fates(city: &City, items: &[Item]) -> Vec<Fate> {
    let named = city.projects.named.len();
    let rest = &items[named..];
    let mut fates = vec![Fate::Running; rest.len()];
    let mut quotas: Vec<(bool, Fate, usize)> = Vec::new();
    for cohort in &city.projects.cohorts {
        let of_day = city.projects.named.iter().filter(|project| project.groundbreaking_on == cohort.on).count();
        quotas.push((true, Fate::Begun(cohort.on), cohort.projects.saturating_sub(of_day)));
    }
    quotas.extend([
        (true, Fate::Cancelled, 6),
        (true, Fate::Completed, 24),
        (true, Fate::Completion, 14),
        (true, Fate::Suspended, 7),
        (true, Fate::Identified, 10),
        (true, Fate::Prepared, 26),
        (false, Fate::Completed, 12),
        (false, Fate::Cancelled, 2),
        (false, Fate::Prepared, 6),
        (false, Fate::Identified, 4),
    ]);
    for built in [true, false] {
        let mut places: Vec<usize> = (0..rest.len()).filter(|place| is_built(&rest[*place].kind) == built).collect();
        places.sort_by_key(|place| Draw(&rest[*place].code).number("fate"));
        let mut places = places.into_iter();
        for (_, fate, quota) in quotas.iter().filter(|(of, _, _)| *of == built) {
            for place in places.by_ref().take(*quota) {
                fates[place] = *fate;
            }
        }
    }
    fates
}

fn life(item: &Item, fate: Fate, cohorts: &[Cohort]) -> Life {
    let draw = Draw(&item.code);
    let built = is_built(&item.kind);
    let (first, last) = match (built, fate) {
        (true, Fate::Completed | Fate::Completion) => (day(2023, 3, 1), day(2023, 9, 30)),
        (true, Fate::Identified | Fate::Prepared) => (day(2024, 3, 1), day(2024, 10, 31)),
        (true, _) => (day(2023, 6, 1), day(2024, 5, 31)),
        (false, Fate::Identified) => (day(2026, 3, 1), day(2026, 9, 30)),
        (false, _) => (day(2025, 1, 6), day(2025, 10, 31)),
    };
    let identified = workday::from(draw.day("identified", first, last));
    let mut life = Life { identified, ..Life::default() };
    if fate == Fate::Identified {
        return life;
    }
    let prepared = workday::after(identified, draw.between("prepared", 40, 110));
    life.prepared = Some(prepared);
    let length = if built { draw.between("length", 420, 1100) } else { draw.between("length", 150, 420) };
    let started = match fate {
        Fate::Begun(on) => on,
        Fate::Prepared => {
            life.baseline_end = Some(end_of_quarter(prepared + Days::new((length + 500).into())));
            return life;
        }
        _ => {
            let day = workday::after(prepared, draw.between("started", 60, if built { 420 } else { 90 }));
            // The days of the cohorts are theirs alone.
            if cohorts.iter().any(|cohort| cohort.on == day) { workday::after(day, 1) } else { day }
        }
    };
    life.started = Some(started);
    life.baseline_end = Some(end_of_quarter(started + Days::new(length.into())));
    match fate {
        Fate::Cancelled => {
            life.cancelled = Some(workday::after(started.max(day(2025, 6, 1)), draw.between("cancelled", 40, 420)));
        }
        Fate::Completed | Fate::Completion => {
            let last = if fate == Fate::Completed { day(2026, 8, 31) } else { day(2026, 10, 30) };
            let completion = draw.day("completion", day(2025, 7, 1).max(started + Days::new(120)), last);
            life.completion = Some(workday::from(completion));
            // Slower or faster than the plan by a quarter or two.
            life.baseline_end =
                Some(end_of_quarter(completion - Days::new(draw.between("slower", 0, 120).into()) + Days::new(60)));
            if fate == Fate::Completed {
                life.completed = Some(workday::after(completion, draw.between("completed", 30, 75)));
            }
        }
        Fate::Suspended => {
            life.suspended = Some(workday::after(started.max(day(2025, 5, 1)), draw.between("suspended", 40, 420)));
        }
        Fate::Running if draw.chance("resumed", 12) => {
            let suspended = workday::after(started, draw.between("suspended", 60, 200));
            life.suspended = Some(suspended);
            life.resumed = Some(workday::after(suspended, draw.between("resumed", 30, 150)));
        }
        _ => {}
    }
    life
}

/// The last day of the quarter.
fn end_of_quarter(day: NaiveDate) -> NaiveDate {
    use chrono::{Datelike, Months};
    let first = day - Days::new(day.day0().into());
    first + Months::new(3 - day.month0() % 3) - Days::new(1)
}

/// Rows of an item: one for each change.
pub(super) fn rows(item: &Item, rows: &mut Rows) {
    let (draw, life) = (Draw(&item.code), item.life);
    let number = |purpose: &str| draw.between(purpose, 100, 6999);
    let row = |day: NaiveDate, minutes: u32| Row::new(&item.code, day, minutes);
    rows.add(
        "projects",
        row(life.identified, 0)
            .with("code", item.code.as_str())
            .with("name", item.name.as_str())
            .with("kind", item.kind.as_str())
            .with("phase", "IDENTIFICATION")
            .with("keyList", item.is_key)
            .with("organization", item.owner.as_str())
            .with("accountable", reference::head_position(&item.owner))
            .with("areas", item.areas.clone())
            .with("programmes", item.programmes.clone())
            .with("bottlenecks", item.bottlenecks.clone())
            .with("totalInvestment", item.investment)
            .maybe("specialMechanism", item.mechanism.as_deref())
            .with("objective", item.objective.as_str())
            .with("legalBasis", format!("{}/NQ-HĐND", draw.between("basis", 5, 60))),
    );
    if let Some(prepared) = life.prepared {
        let planned = life.baseline_end.filter(|_| life.started.is_none());
        let row = row(prepared, 30)
            .with("phase", "PREPARATION")
            .with("phaseReason", "Chủ trương đầu tư được phê duyệt")
            .with("phaseDocument", format!("{}/QĐ-UBND", number("prepared by")))
            .maybe("baselineEnd", planned.map(|day| day.to_string()));
        rows.add("projects", row);
    }
    if let (Some(started), Some(end)) = (life.started, life.baseline_end) {
        let row = row(started, 60)
            .with("phase", "IMPLEMENTATION")
            .with("phaseReason", "Khởi công, bắt đầu thực hiện")
            .with("phaseDocument", format!("{}/QĐ-UBND", number("started by")))
            .on("groundbreakingOn", started)
            .on("baselineEnd", end)
            .on("forecastEnd", end);
        rows.add("projects", row);
        let ended = life.completion.or(life.cancelled).unwrap_or(end);
        forecasts(item, started, end, ended, rows);
    }
    if let Some(on) = life.suspended {
        let reason = draw.pick(
            "suspended for",
            &["Chờ điều chỉnh quy hoạch", "Vướng mặt bằng, chờ phương án bố trí tái định cư", "Chờ bố trí vốn"],
        );
        rows.add("projects", row(on, 90).with("suspended", true).maybe("phaseReason", reason));
    }
    if let Some(on) = life.resumed {
        rows.add(
            "projects",
            row(on, 120).with("suspended", false).with("phaseReason", "Đã tháo gỡ, tiếp tục thực hiện"),
        );
    }
    if let Some(on) = life.completion {
        let row =
            row(on, 150).with("phase", "COMPLETION").with("phaseReason", "Nghiệm thu khối lượng, lập hồ sơ quyết toán");
        rows.add("projects", row);
    }
    if let Some(on) = life.completed {
        let row = row(on, 180)
            .with("phase", "COMPLETED")
            .with("phaseReason", "Bàn giao, đưa vào sử dụng")
            .with("phaseDocument", format!("{}/BB-NT", number("completed by")))
            .on("endedOn", on);
        rows.add("projects", row);
    }
    if let Some(on) = life.cancelled {
        let row = row(on, 210)
            .with("phase", "CANCELLED")
            .with("phaseReason", "Không còn phù hợp quy hoạch, dừng thực hiện")
            .with("phaseDocument", format!("{}/QĐ-UBND", number("cancelled by")))
            .on("endedOn", on);
        rows.add("projects", row);
    }
}

/// Revisions of the forecast, each with its reason, before the work ends.
fn forecasts(item: &Item, started: NaiveDate, end: NaiveDate, ended: NaiveDate, rows: &mut Rows) {
    let draw = Draw(&item.code);
    let revisions = match draw.between("revisions", 1, 100) {
        ..=45 => 0,
        46..=75 => 1,
        76..=92 => 2,
        _ => 3,
    };
    let (mut on, mut forecast) = (started, end);
    for revision in 1..=revisions {
        on = workday::after(on, draw.between(&format!("revised {revision}"), 70, 200));
        if on >= ended {
            break;
        }
        forecast = end_of_quarter(forecast + Days::new(draw.between(&format!("slips {revision}"), 30, 170).into()));
        let reason = draw.pick(&format!("slips for {revision}"), SLIPS).unwrap_or(SLIPS[0]);
        let row = Row::new(&item.code, on, 240 + revision).on("forecastEnd", forecast).with("forecastReason", reason);
        rows.add("projects", row);
    }
}
