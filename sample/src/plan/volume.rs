//! Plans of the tasks of a volume. Each depends only on its number, so a larger volume has the tasks of a smaller one.

use chrono::{Datelike, Days, NaiveDate};
use directory::import::{Axis, Level, Organization};
use tasks::import::TaskKind;

use super::outline::Outline;
use super::schedule::{Ending, Schedule};
use super::{Plan, Relation, extension, relation, reminder, trouble};
use crate::city::{AreaRecord, City, Common, CommuneTheme, Theme, Told, VolumeFacts};
use crate::draw::{Draw, Ranked};
use crate::{Volume, reference, workday};

/// Plans of the tasks of a volume in the order of their assignment, and their relations.
pub(crate) fn plans(city: &City, volume: Volume) -> (Vec<Plan>, Vec<Relation>) {
    let generator = Generator::new(city);
    let numbers = 1..=volume.tasks(city.volume.tasks);
    let mut plans: Vec<Plan> = numbers.map(|number| generator.plan(&format!("CV-{number:05}"))).collect();
    plans.sort_by_key(|plan| plan.schedule.assigned_on);
    let relations = relation::among_leads(&plans, city.volume.related);
    (plans, relations)
}

/// What the plans are drawn from.
struct Generator<'a> {
    city: &'a City,
    facts: &'a VolumeFacts,
    leads: Ranked<Organization>,
    areas: Ranked<&'a AreaRecord>,
}

impl<'a> Generator<'a> {
    fn new(city: &'a City) -> Self {
        let mut areas: Vec<&AreaRecord> = city.areas.iter().collect();
        areas.sort_by_key(|area| Draw(&area.code).number("rank"));
        Self {
            city,
            facts: &city.volume,
            leads: Ranked::new(reference::leads(city), city.volume.lead_offset),
            areas: Ranked::new(areas, city.volume.area_offset),
        }
    }

    fn plan(&self, code: &str) -> Plan {
        let draw = Draw(code);
        let outline = self.outline(code, draw);
        let schedule = self.schedule(&outline.lead, draw);
        let extensions = extension::extensions(&outline, &schedule);
        let mut plan = Plan { outline, schedule, extensions, trouble: None, reminders: Vec::new() };
        if !plan.schedule.is_late() && draw.chance("in trouble", self.facts.in_trouble) {
            let last = plan.schedule.submitted_on().unwrap_or(plan.schedule.ends_on);
            let day = draw.day("trouble", plan.schedule.start_on, last);
            let turn = draw.between("kind of trouble", 0, 3) as usize;
            let mut kinds = trouble::KINDS.iter().cycle().skip(turn).take(trouble::KINDS.len());
            plan.trouble = kinds.find_map(|kind| trouble::trouble(&plan, *kind, day));
        }
        plan.reminders = reminder::reminders(&plan);
        plan
    }

    fn outline(&self, code: &str, draw: Draw<'_>) -> Outline {
        let lead = self.leads.pick(draw, "lead");
        let own_area = self.city.areas.iter().find(|area| lead.area_code.as_ref() == Some(&area.code));
        let (common, title, kind) = match own_area {
            Some(area) if lead.axis == Axis::Committee => {
                let theme = self.commune_theme(area, draw);
                (&theme.common, theme.title.replace("{area}", &area.in_sentence()), TaskKind::Task)
            }
            _ => {
                let theme = self.theme(lead, draw);
                let title = draw.pick("title", &theme.titles.iter().collect::<Vec<_>>());
                (&theme.common, title.cloned().unwrap_or_default(), theme.kind)
            }
        };
        let areas: Vec<&AreaRecord> = match own_area {
            Some(area) => vec![area],
            None if draw.chance("whole city", 45) => Vec::new(),
            None => vec![*self.areas.pick(draw, "area")],
        };
        let place = areas.first().filter(|_| lead.axis != Axis::Committee || own_area.is_none());
        let place = place.map_or(String::new(), |area| format!(" tại {}", area.in_sentence()));
        Outline {
            code: code.to_owned(),
            theme: 0,
            title: format!("{title}{place} (nhiệm vụ {code})"),
            kind,
            axis: lead.axis,
            lead: lead.code.to_string(),
            common: self.common(common, lead),
            under_congress: false,
            areas: areas.into_iter().map(|area| area.code.clone()).collect(),
            told: Told::default(),
            issuer: lead.parent_code.clone().filter(|_| lead.level != Level::Department),
        }
    }

    /// A theme of the lead or of the organization above it, otherwise one of its axis.
    fn theme(&self, lead: &Organization, draw: Draw<'_>) -> &'a Theme {
        let themes = &self.city.themes.themes;
        let of = |code: &str| themes.iter().filter(|theme| theme.lead == code).collect::<Vec<_>>();
        let above = lead.parent_code.as_deref().map(of).filter(|_| lead.level == Level::Grassroots);
        let own = of(&lead.code);
        let organizations = self.city.organizations();
        let of_axis = || themes.iter().filter(|theme| organizations[theme.lead.as_str()].axis == lead.axis);
        draw.pick("theme", &own)
            .or_else(|| draw.pick("theme", &above?))
            .or_else(|| draw.pick("theme", &of_axis().collect::<Vec<_>>()))
            .unwrap_or(&themes[0])
    }

    fn commune_theme(&self, area: &AreaRecord, draw: Draw<'_>) -> &'a CommuneTheme {
        let themes = &self.city.themes.commune_themes;
        let fits = |theme: &&CommuneTheme| theme.unit.is_none_or(|unit| unit == area.kind.area_kind());
        draw.pick("theme", &themes.iter().filter(fits).collect::<Vec<_>>()).unwrap_or(&themes[0])
    }

    fn common(&self, theme: &Common, lead: &Organization) -> Common {
        let mut common = theme.clone();
        common.coordinating.retain(|code| **code != *lead.code);
        common.programmes.push(self.city.profile.year_programme.clone());
        common.programmes.dedup();
        common
    }

    fn schedule(&self, lead: &str, draw: Draw<'_>) -> Schedule {
        let assigned_on = self.assigned_on(draw);
        let start_on = workday::after(assigned_on, draw.between("start after", 1, 12));
        let due_on = self.due_on(start_on, draw);
        let length_days = due_on.map_or(200, |due| (due - start_on).num_days());
        let cadence_days = match length_days {
            ..130 => 7,
            130..210 => 14,
            _ => 30,
        };
        let ending = self.ending(lead, start_on, due_on, draw);
        Schedule { assigned_on, start_on, due_on, ending, cadence_days, ends_on: self.facts.ends_on }
    }

    /// A working day; the weight of its month is the chance that it is kept.
    fn assigned_on(&self, draw: Draw<'_>) -> NaiveDate {
        let most = self.facts.months.iter().max().copied().unwrap_or(1);
        let days = (0..16)
            .map(|number| draw.day(&format!("assigned {number}"), self.facts.assigned_from, self.facts.assigned_by));
        let mut days = days.zip(0..).filter(|(day, number)| {
            let weight = self.facts.months[day.month0() as usize];
            draw.between(&format!("kept {number}"), 1, most) <= weight
        });
        workday::until(days.next().map_or(self.facts.assigned_from, |(day, _)| day))
    }

    fn due_on(&self, start_on: NaiveDate, draw: Draw<'_>) -> Option<NaiveDate> {
        let share = draw.between("span", 1, 100);
        let mut total = 0;
        let span = self.facts.spans.iter().find(|span| {
            total += span.share;
            share <= total
        })?;
        let drawn = start_on + Days::new(draw.between("days", span.days[0], span.days[1]).into());
        let (month, quarter) = (self.facts.due_at_end_of_month, self.facts.due_at_end_of_quarter);
        let due_on = match draw.between("due", 1, 100) {
            share if share <= self.facts.without_due => return None,
            share if share <= self.facts.without_due + month => end_of_month(drawn, 1),
            share if share <= self.facts.without_due + month + quarter => end_of_month(drawn, 3),
            _ => drawn,
        };
        Some(workday::until(due_on))
    }

    fn ending(&self, lead: &str, start_on: NaiveDate, due_on: Option<NaiveDate>, draw: Draw<'_>) -> Ending {
        let Some(due_on) = due_on else {
            return Ending::Never { overdue: false };
        };
        // Organizations differ: some are late twice as often as others.
        let often = Draw(lead).between("often late", 40, 200);
        let share = draw.between("late", 1, 10_000);
        let [never, long, late] = [self.facts.never, self.facts.late_long, self.facts.late].map(|part| part * often);
        if share <= never {
            return Ending::Never { overdue: true };
        }
        if share <= never + long {
            return Ending::Late(workday::after(due_on, draw.between("days late", 31, 120)));
        }
        if share <= never + long + late {
            return Ending::Late(workday::after(due_on, draw.between("days late", 1, 30)));
        }
        let spare_days = u32::try_from((due_on - start_on).num_days() / 3).unwrap_or(0);
        let submitted_on = workday::before(due_on, draw.between("early", 0, spare_days.min(9)));
        Ending::InTime(submitted_on.max(workday::after(start_on, 1)))
    }
}

/// The last day of the month, or of the group of months, that holds the day.
fn end_of_month(day: NaiveDate, months: u32) -> NaiveDate {
    let first = day - Days::new(day.day0().into());
    let rest = months - day.month0() % months;
    first + chrono::Months::new(rest) - Days::new(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_volume_has_the_tasks_of_a_smaller_one() {
        let city = City::read("hanoi").expect("bundled");
        let text = |tasks| {
            let (plans, _) = plans(&city, Volume::Tasks(tasks));
            plans.iter().map(|plan| format!("{plan:?}")).collect::<std::collections::BTreeSet<_>>()
        };
        assert!(text(60).is_subset(&text(100)));
        assert_eq!(text(100).len(), 100);
    }

    #[test]
    fn the_end_of_a_month_or_quarter_is_its_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(end_of_month(day("2026-02-03"), 1), day("2026-02-28"));
        assert_eq!(end_of_month(day("2026-12-31"), 1), day("2026-12-31"));
        assert_eq!(end_of_month(day("2026-08-15"), 3), day("2026-09-30"));
        assert_eq!(end_of_month(day("2026-11-30"), 3), day("2026-12-31"));
    }
}
