//! What happens to the parcels of a party: dated milestones that follow the law of the day of the notice, with all branches,
//! and, where it is asked for, one breach of a rule.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::draw::Draw;
use crate::workday;

/// First day of the shorter limits.
const REFORM: NaiveDate = date(2026, 1, 1);

/// Days around the lunar new year in which nothing may be enforced, the last one excluded, for two years.
const TET: [(NaiveDate, NaiveDate); 2] =
    [(date(2025, 1, 10), date(2025, 2, 17)), (date(2026, 1, 30), date(2026, 3, 9))];

/// A day on which enforcement breaks the rule of the lunar new year.
const AT_TET: NaiveDate = date(2026, 2, 3);

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// The rule that a file breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breach {
    PostingTooShort,
    NotPosted,
    RecoveryWithinNotice,
    NoticeLapsed,
    RecoveryLate,
    RecoveryBeforeApproval,
    EnforcedAtTet,
    EnforcedAtNight,
    EnforcedOnDayOff,
    EnforcedWithoutDecision,
    CompulsoryWithoutPersuasion,
    DialogueTooLate,
    SharesNotOne,
}

impl Breach {
    pub(super) const ALL: [Self; 13] = [
        Self::PostingTooShort,
        Self::NotPosted,
        Self::RecoveryWithinNotice,
        Self::NoticeLapsed,
        Self::RecoveryLate,
        Self::RecoveryBeforeApproval,
        Self::EnforcedAtTet,
        Self::EnforcedAtNight,
        Self::EnforcedOnDayOff,
        Self::EnforcedWithoutDecision,
        Self::CompulsoryWithoutPersuasion,
        Self::DialogueTooLate,
        Self::SharesNotOne,
    ];
}

/// How a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Plain,
    Agreed,
    StuckAtInventory,
    StuckAtPosting,
    StuckAtHandover,
    Compulsory,
    Refused,
    Enforced,
    HandedOverEarly,
    HeldForAWhile,
    Held,
    Withdrawn,
    PaidLate,
    Reversed,
}

impl Course {
    /// Courses with their share in a thousand; the rest is plain.
    const SHARES: [(Self, u32); 13] = [
        (Self::Agreed, 30),
        (Self::StuckAtInventory, 60),
        (Self::StuckAtPosting, 50),
        (Self::StuckAtHandover, 40),
        (Self::Compulsory, 25),
        (Self::Refused, 30),
        (Self::Enforced, 20),
        (Self::HandedOverEarly, 40),
        (Self::HeldForAWhile, 25),
        (Self::Held, 10),
        (Self::Withdrawn, 10),
        (Self::PaidLate, 30),
        (Self::Reversed, 10),
    ];

    fn draw(draw: Draw<'_>) -> Self {
        let mut left = draw.between("course", 1, 1000);
        for (course, share) in Self::SHARES {
            if left <= share {
                return course;
            }
            left -= share;
        }
        Self::Plain
    }

    fn of(breach: Breach) -> Self {
        match breach {
            Breach::EnforcedAtTet
            | Breach::EnforcedAtNight
            | Breach::EnforcedOnDayOff
            | Breach::EnforcedWithoutDecision => Self::Enforced,
            Breach::CompulsoryWithoutPersuasion => Self::Compulsory,
            _ => Self::Plain,
        }
    }
}

/// What is asked of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) notified_on: NaiveDate,
    /// Whether the longer notice holds.
    pub(super) is_residential: bool,
    /// Nothing goes wrong.
    pub(super) is_plain: bool,
    /// The plan is not approved before this day.
    pub(super) not_before: Option<NaiveDate>,
    pub(super) breach: Option<Breach>,
}

/// A milestone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stone {
    pub(super) kind: &'static str,
    pub(super) on: NaiveDate,
    pub(super) time: Option<&'static str>,
}

/// What becomes of the compensation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Money {
    Paid(NaiveDate),
    PaidInTwo(NaiveDate, NaiveDate),
    Refused(NaiveDate, Option<NaiveDate>),
    Reversed(NaiveDate, NaiveDate, NaiveDate),
}

/// What blocks the parcels, from which day to which.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) blocker: &'static str,
    pub(super) from: NaiveDate,
    pub(super) until: Option<NaiveDate>,
}

/// What happens to a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    pub(super) stones: Vec<Stone>,
    pub(super) drafted_on: Option<NaiveDate>,
    pub(super) posted_on: Option<NaiveDate>,
    pub(super) approved_on: Option<NaiveDate>,
    pub(super) handed_on: Option<NaiveDate>,
    pub(super) money: Option<Money>,
    pub(super) block: Option<Block>,
}

impl Path {
    fn add(&mut self, kind: &'static str, on: NaiveDate) -> NaiveDate {
        self.stones.push(Stone { kind, on, time: None });
        on
    }
}

/// Limits in days by the day of the notice.
struct Limits {
    notice: u32,
    posting: u32,
    dialogue: u32,
}

impl Limits {
    fn of(ask: &Ask) -> Self {
        match (ask.notified_on >= REFORM, ask.is_residential) {
            (false, true) => Self { notice: 180, posting: 30, dialogue: 60 },
            (false, false) => Self { notice: 90, posting: 30, dialogue: 60 },
            (true, true) => Self { notice: 120, posting: 10, dialogue: 30 },
            (true, false) => Self { notice: 60, posting: 10, dialogue: 30 },
        }
    }
}

fn plus(day: NaiveDate, days: u32) -> NaiveDate {
    day + Days::new(days.into())
}

/// Draws the path of a file.
pub(super) fn path(draw: Draw<'_>, ask: &Ask) -> Path {
    Walk { draw, ask, limits: Limits::of(ask), path: Path::default() }.walk()
}

struct Walk<'a> {
    draw: Draw<'a>,
    ask: &'a Ask,
    limits: Limits,
    path: Path,
}

impl Walk<'_> {
    fn breaks(&self, breach: Breach) -> bool {
        self.ask.breach == Some(breach)
    }

    /// A working day some days later.
    fn later(&self, purpose: &str, day: NaiveDate, low: u32, high: u32) -> NaiveDate {
        workday::after(day, self.draw.between(purpose, low, high))
    }

    fn walk(mut self) -> Path {
        let course = match self.ask.breach {
            Some(breach) => Course::of(breach),
            None if self.ask.is_plain => Course::Plain,
            None => Course::draw(self.draw),
        };
        let notified = self.ask.notified_on;
        self.path.add("SCOPED", workday::before(notified, self.draw.between("scoped", 8, 20)));
        self.path.add("NOTIFIED", notified);
        if course == Course::Agreed {
            let agreed = self.later("agreed", notified, 8, 20);
            self.path.add("AGREED", agreed);
        }
        let Some(counted) = self.inventory(course) else { return self.path };
        let Some(posted) = self.posting(course, counted) else { return self.path };
        let approved = self.approval(course, posted);
        self.settle(course, approved);
        let Some(recovered) = self.recovery(course, approved) else { return self.path };
        self.handover(course, recovered);
        self.path
    }

    fn inventory(&mut self, course: Course) -> Option<NaiveDate> {
        let notified = self.ask.notified_on;
        let counted = if course == Course::Compulsory {
            let persuaded = self.later("persuaded", notified, 12, 25);
            let mut gap = self.draw.between("persuasion", 15, 22);
            if self.breaks(Breach::CompulsoryWithoutPersuasion) {
                gap = self.draw.between("short persuasion", 3, 7);
            }
            self.path.add("PERSUADED", persuaded);
            let mut compulsory = plus(persuaded, gap);
            if !self.breaks(Breach::CompulsoryWithoutPersuasion) {
                compulsory = workday::from(compulsory);
            }
            self.path.add("COMPULSORY_INVENTORY", compulsory);
            self.later("counted", compulsory, 4, 12)
        } else {
            self.later("counted", notified, 15, 40)
        };
        self.path.add("INVENTORIED", counted);
        match course {
            Course::Withdrawn => {
                let withdrawn = self.later("withdrawn", counted, 20, 120);
                self.path.add("WITHDRAWN", withdrawn);
                None
            }
            Course::StuckAtInventory => {
                let blocker = self.draw.pick("blocker", &["ORIGIN", "DISPUTE", "DOCUMENTS", "ABSENT", "OTHER"])?;
                self.stuck(blocker, counted)
            }
            Course::Held | Course::HeldForAWhile => {
                let held = self.later("held", counted, 4, 20);
                self.path.add("ON_HOLD", held);
                let resumed = (course == Course::HeldForAWhile).then(|| self.later("resumed", held, 20, 90))?;
                Some(self.path.add("RESUMED", resumed))
            }
            _ => Some(counted),
        }
    }

    /// Blocks the parcels. Returns the day on which the work goes on, if it does.
    fn stuck(&mut self, blocker: &'static str, since: NaiveDate) -> Option<NaiveDate> {
        let from = self.later("blocked", since, 2, 10);
        let until = self.draw.chance("resolved", 55).then(|| self.later("resolved", from, 40, 150));
        self.path.block = Some(Block { blocker, from, until });
        until
    }

    fn posting(&mut self, course: Course, counted: NaiveDate) -> Option<NaiveDate> {
        let drafted = self.later("drafted", counted, 8, 20);
        self.path.drafted_on = Some(self.path.add("PLAN_DRAFTED", drafted));
        let posted = self.later("posted", drafted, 2, 8);
        if self.breaks(Breach::NotPosted) {
            return Some(posted);
        }
        self.path.posted_on = Some(self.path.add("POSTED", posted));
        if course == Course::StuckAtPosting {
            let dialogue = plus(posted, self.draw.between("dialogue", 5, self.limits.dialogue - 5));
            self.path.add("DIALOGUE", dialogue);
            let until = self.stuck("PRICE", posted)?;
            return Some(until.max(dialogue));
        }
        if self.breaks(Breach::DialogueTooLate) {
            let dialogue = plus(posted, self.limits.dialogue + self.draw.between("late dialogue", 3, 20));
            return Some(self.path.add("DIALOGUE", dialogue));
        }
        if self.draw.chance("dialogue held", 8) {
            let dialogue = plus(posted, self.draw.between("dialogue", 3, self.limits.posting - 2));
            self.path.add("DIALOGUE", dialogue);
        }
        Some(posted)
    }

    fn approval(&mut self, course: Course, since: NaiveDate) -> NaiveDate {
        let notified = self.ask.notified_on;
        let posted = self.path.posted_on.unwrap_or(since);
        let earliest = plus(posted, self.limits.posting).max(since);
        let mut approved = self.later("approved", earliest, 3, 9);
        // The recovery follows within ten days, and not before the time of the notice is over.
        if course != Course::Agreed {
            let notice = plus(notified, self.limits.notice - self.draw.between("before the end", 0, 4));
            approved = approved.max(workday::from(notice));
        }
        if let Some(day) = self.ask.not_before {
            approved = approved.max(self.later("not before", day, 0, 150));
        }
        match self.ask.breach {
            Some(Breach::PostingTooShort) => {
                // Posted anew shortly before.
                let posted = plus(approved, 0) - Days::new(self.draw.between("short", 2, 7).into());
                self.path.posted_on = Some(posted);
                if let Some(stone) = self.path.stones.iter_mut().find(|stone| stone.kind == "POSTED") {
                    stone.on = posted;
                }
            }
            Some(Breach::RecoveryWithinNotice) => {
                approved = workday::from(earliest).max(plus(notified, self.limits.notice - 25));
            }
            Some(Breach::NoticeLapsed) => {
                let lapsed = notified + Months::new(12);
                approved = approved.max(self.later("lapsed", lapsed, 5, 25));
            }
            _ => {}
        }
        let appraised = workday::before(approved, 2).max(posted.min(approved));
        self.path.add("APPRAISED", appraised);
        self.path.add("APPROVED", approved);
        self.path.approved_on = Some(approved);
        approved
    }

    fn settle(&mut self, course: Course, approved: NaiveDate) {
        let money = match course {
            Course::PaidLate => Some(Money::Paid(self.later("late", approved, 45, 130))),
            Course::Refused | Course::Enforced => {
                let refused = self.later("refused", approved, 6, 14);
                let is_deposited = course == Course::Enforced || !self.draw.chance("not deposited", 15);
                Money::Refused(refused, is_deposited.then(|| self.later("deposited", refused, 3, 10))).into()
            }
            Course::Reversed => {
                let paid = self.later("paid", approved, 4, 12);
                let reversed = self.later("reversed", paid, 4, 20);
                Money::Reversed(paid, reversed, self.later("again", reversed, 5, 20)).into()
            }
            // Some plans that were approved wait for money.
            Course::StuckAtHandover if self.draw.chance("no money", 25) => None,
            _ => {
                let first = self.later("paid", approved, 4, 18);
                let is_in_two = self.draw.chance("in two", 6);
                Some(if is_in_two {
                    Money::PaidInTwo(first, self.later("rest", first, 3, 8))
                } else {
                    Money::Paid(first)
                })
            }
        };
        match money {
            Some(Money::Paid(on) | Money::PaidInTwo(_, on) | Money::Reversed(_, _, on)) => {
                self.path.add("PAID", on);
            }
            Some(Money::Refused(_, Some(on))) => {
                self.path.add("DEPOSITED", on);
            }
            _ => {}
        }
        self.path.money = money;
    }

    fn settled_on(&self) -> Option<NaiveDate> {
        match self.path.money? {
            Money::Paid(on) | Money::PaidInTwo(_, on) | Money::Reversed(_, _, on) => Some(on),
            Money::Refused(_, on) => on,
        }
    }

    fn recovery(&mut self, course: Course, approved: NaiveDate) -> Option<NaiveDate> {
        let notified = self.ask.notified_on;
        let notice = plus(notified, self.limits.notice);
        let recovered = match self.ask.breach {
            Some(Breach::RecoveryLate) => self.later("recovered", approved, 14, 35),
            Some(Breach::RecoveryWithinNotice) => plus(approved, 2),
            Some(Breach::RecoveryBeforeApproval) => {
                // The recovery is on its day; the plan is approved later.
                let late = self.later("approved after", approved, 18, 40);
                for stone in &mut self.path.stones {
                    match stone.kind {
                        "APPRAISED" | "APPROVED" => stone.on = late,
                        "PAID" => stone.on = workday::after(late, 12),
                        _ => {}
                    }
                }
                self.path.approved_on = Some(late);
                self.path.money = Some(Money::Paid(workday::after(late, 12)));
                approved.max(notice)
            }
            _ => {
                let first = approved.max(if course == Course::Agreed { approved } else { notice });
                let day = self.later("recovered", first, 0, 3);
                if day - approved > chrono::TimeDelta::days(10) { first } else { day }
            }
        };
        // A notice that has lapsed must be issued anew; this file waits for that.
        let lapses = notified + Months::new(12);
        if recovered > lapses && !self.breaks(Breach::NoticeLapsed) {
            return None;
        }
        Some(self.path.add("RECOVERY_DECIDED", recovered))
    }

    fn handover(&mut self, course: Course, recovered: NaiveDate) {
        let after = recovered.max(self.settled_on().unwrap_or(recovered));
        let handed = match course {
            Course::Enforced => self.enforcement(recovered),
            Course::HandedOverEarly => {
                let drafted = self.path.drafted_on.unwrap_or(recovered);
                self.later("handed", drafted, 2, 20)
            }
            Course::StuckAtHandover => {
                let blocker = self.draw.pick("blocker", &["RESETTLEMENT", "GRAVES", "UTILITIES"]).unwrap_or("OTHER");
                let Some(until) = self.stuck(blocker, after) else { return };
                until
            }
            _ => self.later("handed", after, 2, 18),
        };
        self.path.add("HANDED_OVER", handed);
        self.path.handed_on = Some(handed);
        if self.settled_on().is_some() && self.draw.chance("closed", 80) {
            let closed = self.later("closed", handed.max(after), 20, 75);
            self.path.add("CLOSED", closed);
        }
    }

    /// Enforces the recovery. Returns the day of the handover, which is the same day.
    fn enforcement(&mut self, recovered: NaiveDate) -> NaiveDate {
        let mut decided = self.later("enforcement", recovered, 15, 30);
        let mut enforced = self.later("enforced", decided, 10, 20);
        if self.breaks(Breach::EnforcedAtTet) && recovered < AT_TET {
            enforced = self.later("at Tet", AT_TET, 0, 7);
            decided = decided.min(workday::before(enforced, 8)).max(recovered);
        } else {
            for (first, end) in TET {
                if first <= enforced && enforced < end {
                    enforced = self.later("after Tet", end, 0, 10);
                }
            }
        }
        let mut time = self.draw.pick("time", &["07:30", "08:00", "08:30", "09:00"]);
        if self.breaks(Breach::EnforcedAtNight) {
            time = self.draw.pick("time", &["22:30", "23:15", "04:40"]);
        }
        if self.breaks(Breach::EnforcedOnDayOff) {
            enforced = enforced.iter_days().find(|day| day.weekday() == Weekday::Sun).unwrap_or(enforced);
        }
        if !self.breaks(Breach::EnforcedWithoutDecision) {
            self.path.add("ENFORCEMENT_DECIDED", decided);
        }
        self.path.stones.push(Stone { kind: "ENFORCED", on: enforced, time });
        enforced
    }
}
