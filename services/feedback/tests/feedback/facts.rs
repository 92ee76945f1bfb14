//! Figures against an oracle that is written from the domain, over the log of cases, after random writes, late events, merges and
//! deletions, at past instants too; and the stored facts against their rebuild.

use serde_json::{Value, json};
use service_kit::store::facts::recompute;
use service_kit::testing::Dice;
use sqlx::PgPool;

use crate::city::{NOW, at, case, clock, event, found, give, offer};

fn time(dice: &mut Dice) -> String {
    let (month, day, hour) = (1 + dice.below(4), 1 + dice.below(28), dice.below(24));
    format!("2026-{month:02}-{day:02} {hour:02}:{:02}", dice.below(60))
}

const STATUSES: [&str; 9] = [
    "ACCEPTED",
    "REJECTED",
    "ASSIGNED",
    "IN_PROGRESS",
    "WAITING_CITIZEN",
    "TRANSFERRED",
    "RESOLVED",
    "REOPENED",
    "MERGED",
];

/// What the domain says as of the end of a day, over a quarter. The clock of working time is counted in minutes, one by one, and the
/// states are walked one after the other.
mod oracle {
    use std::collections::{BTreeMap, BTreeSet};

    use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};

    /// A state of a case from an instant on.
    #[derive(Debug, Clone)]
    pub struct State {
        pub at: DateTime<Utc>,
        pub status: String,
        pub level: String,
        pub lead: Option<String>,
        pub primary: Option<String>,
        pub deleted: bool,
    }

    #[derive(Debug, Clone)]
    pub struct Case {
        pub code: String,
        pub submitted: DateTime<Utc>,
        pub states: Vec<State>,
        pub ratings: Vec<(DateTime<Utc>, i64)>,
    }

    #[derive(Debug, Default, PartialEq, Eq, Clone, PartialOrd, Ord)]
    pub struct Figures {
        pub received: i64,
        pub resolved: i64,
        pub open: i64,
        pub overdue: i64,
        pub waiting: i64,
        pub rejected: i64,
        pub merged: i64,
        pub ack: (i64, i64),
        pub on_time: (i64, i64),
        pub transfers: i64,
        pub reopened: (i64, i64),
        pub rated: i64,
        pub satisfied: i64,
    }

    fn local(at: DateTime<Utc>) -> DateTime<chrono::FixedOffset> {
        at.with_timezone(&chrono::FixedOffset::east_opt(7 * 3600).expect("an offset"))
    }

    /// Whether the minute that begins at an instant is working time.
    fn works(at: DateTime<Utc>, off: &BTreeSet<NaiveDate>, on: &BTreeSet<NaiveDate>) -> bool {
        let at = local(at);
        let day = at.date_naive();
        let working = on.contains(&day) || day.weekday().num_days_from_monday() < 5 && !off.contains(&day);
        working && matches!(at.hour(), 8..=11 | 13..=16)
    }

    /// First instant at which so many minutes of working time have passed, those in pauses not counted.
    fn due(
        from: DateTime<Utc>,
        minutes: i64,
        pauses: &[(DateTime<Utc>, Option<DateTime<Utc>>)],
        days: &(BTreeSet<NaiveDate>, BTreeSet<NaiveDate>),
    ) -> Option<DateTime<Utc>> {
        let (mut at, mut left) = (from, minutes);
        for _ in 0..400_000 {
            if left == 0 {
                return Some(at);
            }
            let pause = pauses.iter().find(|(begin, end)| *begin <= at && end.is_none_or(|end| at < end));
            match pause {
                Some((_, None)) => return None,
                Some((_, Some(end))) => at = *end,
                None => {
                    left -= i64::from(works(at, &days.0, &days.1));
                    at += TimeDelta::minutes(1);
                }
            }
        }
        None
    }

    fn is_open(status: &str) -> bool {
        !matches!(status, "REJECTED" | "MERGED" | "RESOLVED" | "CLOSED")
    }

    fn hours(level: &str) -> i64 {
        match level {
            "URGENT" => 4,
            "COMPLEX" => 120,
            _ => 40,
        }
    }

    /// The figures of a period as of an instant.
    #[expect(clippy::too_many_lines, reason = "the rules of the domain, one after the other")]
    pub fn figures(
        cases: &BTreeMap<String, Case>,
        (first, last): (NaiveDate, NaiveDate),
        at: DateTime<Utc>,
        days: &(BTreeSet<NaiveDate>, BTreeSet<NaiveDate>),
    ) -> Figures {
        let mut figures = Figures::default();
        let last_day = last;
        let within = |instant: DateTime<Utc>| (first..=last).contains(&local(instant).date_naive());
        // The states of each case up to the instant; one that was received before its first row was received until then.
        let known = |case: &Case| -> Vec<State> {
            let mut states: Vec<State> = case.states.iter().filter(|state| state.at < at).cloned().collect();
            if let Some(begin) = case.states.first().filter(|begin| case.submitted < begin.at && case.submitted < at) {
                states.insert(
                    0,
                    State {
                        at: case.submitted,
                        status: "RECEIVED".to_owned(),
                        lead: None,
                        primary: None,
                        deleted: false,
                        ..begin.clone()
                    },
                );
            }
            states
        };
        // The case to which the rating of a case belongs, and the day of the first answer to one on the way to it.
        let root = |code: &str| -> Option<Option<NaiveDate>> {
            let (mut here, mut answered) = (code.to_owned(), None);
            for _ in 0..cases.len() {
                let states = known(cases.get(&here)?);
                let answers = states.iter().filter(|state| matches!(state.status.as_str(), "RESOLVED" | "CLOSED"));
                answered = answers.map(|state| local(state.at).date_naive()).chain(answered).min();
                match states.last()?.primary.clone() {
                    Some(next) => here = next,
                    None => return (!states.last()?.deleted).then_some(answered),
                }
            }
            None
        };
        for case in cases.values() {
            let states = known(case);
            let Some(now) = states.last().cloned() else { continue };
            if let Some(Some(answered)) = root(&case.code) {
                let last = case.ratings.iter().filter(|(time, _)| *time < at).max_by_key(|(time, _)| *time);
                // A merged case that was deleted rates nothing.
                if let Some((time, score)) = last.filter(|_| !case.states.last().is_some_and(|state| state.deleted)) {
                    let counts = (first..=last_day).contains(&local(*time).date_naive().max(answered));
                    figures.rated += i64::from(counts);
                    figures.satisfied += i64::from(counts && *score >= 4);
                }
            }
            if now.deleted {
                continue;
            }
            figures.received += i64::from(within(case.submitted));
            let counted = |condition: bool| i64::from(condition);
            figures.rejected += counted(within(case.submitted) && now.status == "REJECTED");
            figures.merged += counted(within(case.submitted) && now.status == "MERGED");
            let submitted_by_end = local(case.submitted).date_naive() <= last;
            figures.open += counted(submitted_by_end && is_open(&now.status));
            figures.waiting += counted(submitted_by_end && now.status == "WAITING_CITIZEN");
            let acked = states.iter().find(|state| state.status != "RECEIVED").map(|state| state.at);
            if let Some(ack_due) = due(case.submitted, 8 * 60, &[], days).filter(|due| within(*due) && *due <= at) {
                figures.ack.0 += counted(acked.is_some_and(|acked| acked <= ack_due));
                figures.ack.1 += 1;
            }
            // Terms: each with its begin, its pauses, its level and its end.
            let mut terms = vec![(
                case.submitted,
                Vec::<(DateTime<Utc>, Option<DateTime<Utc>>)>::new(),
                String::new(),
                None::<DateTime<Utc>>,
            )];
            let (mut transfers, mut before): (i64, Option<State>) = (0, None);
            let (mut first_answer, mut reopenings) = (None, 0);
            for state in &states {
                let was_done =
                    before.as_ref().is_some_and(|before| matches!(before.status.as_str(), "RESOLVED" | "CLOSED"));
                let is_done = matches!(state.status.as_str(), "RESOLVED" | "CLOSED");
                if was_done && is_open(&state.status) {
                    terms.push((state.at, Vec::new(), String::new(), None));
                    reopenings += 1;
                }
                let term = terms.last_mut().expect("a term");
                if let Some((_, end @ None)) = term.1.last_mut() {
                    *end = Some(state.at);
                }
                if state.status == "WAITING_CITIZEN" {
                    term.1.push((state.at, None));
                }
                if is_done && !was_done {
                    term.3 = Some(state.at);
                    first_answer = first_answer.or(Some(state.at));
                }
                if !(is_done && was_done) {
                    term.2.clone_from(&state.level);
                }
                if !is_done && !is_open(&state.status) {
                    term.3 = None;
                }
                if let (Some(old), Some(new)) =
                    (before.as_ref().and_then(|before| before.lead.clone()), state.lead.clone())
                {
                    transfers += i64::from(old != new);
                }
                before = Some(state.clone());
            }
            if let Some(answer) = first_answer.filter(|answer| within(*answer)) {
                let _ = answer;
                figures.reopened.0 += counted(reopenings > 0);
                figures.reopened.1 += 1;
            }
            figures.transfers += if within(case.submitted) { transfers } else { 0 };
            let count = terms.len();
            for (place, (begin, pauses, level, end)) in terms.into_iter().enumerate() {
                let present = place + 1 == count;
                let end = end.filter(|_| !present || matches!(now.status.as_str(), "RESOLVED" | "CLOSED"));
                // A pause after the deadline mends nothing: the deadline is then found before the walk meets the pause.
                let deadline = due(begin, hours(&level) * 60, &pauses, days);
                if present {
                    figures.resolved += counted(end.is_some_and(within));
                    figures.overdue += counted(
                        submitted_by_end && is_open(&now.status) && deadline.is_some_and(|deadline| deadline < at),
                    );
                }
                if !matches!(now.status.as_str(), "REJECTED" | "MERGED")
                    && let Some(deadline) = deadline.filter(|deadline| within(*deadline) && *deadline <= at)
                {
                    figures.on_time.0 += counted(end.is_some_and(|end| end <= deadline));
                    figures.on_time.1 += 1;
                }
            }
        }
        figures
    }
}

/// The log of cases, folded here: each event with the columns that it states.
async fn read(pool: &PgPool) -> std::collections::BTreeMap<String, oracle::Case> {
    let rows: Vec<(String, chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>, Value)> = sqlx::query_as(
        "SELECT f.code, f.submitted_at, e.observed_at, e.changes FROM feedback.feedback_event AS e JOIN feedback.feedback AS f USING (id)
         WHERE e.withdrawn_at IS NULL ORDER BY f.code, e.observed_at, e.rank, e.ordinal",
    )
    .fetch_all(pool)
    .await
    .expect("the log");
    let mut cases: std::collections::BTreeMap<String, oracle::Case> = std::collections::BTreeMap::new();
    let (mut last, mut made, mut before) = (String::new(), false, None);
    for (code, submitted, at, changes) in rows {
        let case = cases.entry(code.clone()).or_insert_with(|| oracle::Case {
            code,
            submitted,
            states: Vec::new(),
            ratings: Vec::new(),
        });
        if case.code != last {
            (last, made, before) = (case.code.clone(), false, None);
        }
        let mut state = case.states.last().cloned().or(before.take()).unwrap_or_else(|| oracle::State {
            at,
            status: "RECEIVED".to_owned(),
            level: "NORMAL".to_owned(),
            lead: None,
            primary: None,
            deleted: false,
        });
        let text = |value: &Value| value.as_str().map(str::to_owned);
        state.at = at;
        for (column, value) in changes.as_object().expect("columns") {
            match column.as_str() {
                "status" => state.status = text(value).expect("a state"),
                "level" => state.level = text(value).expect("a level"),
                "lead_organization_code" => state.lead = text(value),
                "primary_code" => state.primary = text(value),
                "deleted_at" => state.deleted = !value.is_null(),
                _ => {}
            }
        }
        // What happened before the row that made the case has no state of its own.
        made |= changes.get("code").is_some();
        if made {
            case.states.push(state);
        } else {
            before = Some(state);
        }
    }
    let ratings: Vec<(String, chrono::DateTime<chrono::Utc>, i16)> = sqlx::query_as(
        "SELECT f.code, r.rated_at, r.score FROM feedback.rating AS r JOIN feedback.feedback AS f ON f.id = r.feedback_id WHERE r.deleted_at IS NULL",
    )
    .fetch_all(pool)
    .await
    .expect("ratings");
    for (code, time, score) in ratings {
        cases.get_mut(&code).expect("its case").ratings.push((time, i64::from(score)));
    }
    cases
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn the_figures_of_each_day_are_those_of_the_domain(pool: PgPool) {
    found(&pool).await;
    let mut dice = Dice(11);
    let names: Vec<String> = (1..=24).map(|number| format!("T{number}")).collect();
    let cases: Vec<Value> = names
        .iter()
        .map(|name| {
            let submitted = time(&mut dice);
            // Some arrive long after they were submitted.
            let level = dice.pick(&["NORMAL", "URGENT", "COMPLEX"]);
            let mut row = case(name, &submitted, json!({ "level": level }));
            if dice.below(4) == 0 {
                row["observedAt"] = json!(clock(&time(&mut dice)).max(clock(&submitted)));
            }
            row
        })
        .collect();
    give(&pool, "feedback", &cases).await;
    for round in 0..16 {
        let mut rows = Vec::new();
        for _ in 0..14 {
            let name = dice.pick(&names);
            let status = *dice.pick(&STATUSES);
            let more = match status {
                "MERGED" => json!({ "primary": names[dice.below(24_usize)] }),
                _ => json!({ "organization": dice.pick(&["SXD", "SYT", "DOI"]) }),
            };
            let mut row = event(name, &time(&mut dice), status, more);
            if dice.below(6) == 0 {
                row["level"] = json!(dice.pick(&["NORMAL", "URGENT", "COMPLEX"]));
            }
            rows.push(row);
        }
        // Some are refused: a loop of merges, a state without what it needs. The others count.
        offer(&pool, "feedback-events", &rows).await;
        let ratings: Vec<Value> = (0..2)
            .map(|_| {
                let (name, time) = (dice.pick(&names), time(&mut dice));
                crate::city::rating(name, &time, 1 + dice.below(5_i64))
            })
            .collect();
        offer(&pool, "feedback-ratings", &ratings).await;
        if round % 5 == 4 {
            let name = dice.pick(&names);
            offer(
                &pool,
                "feedback",
                &[json!({ "externalId": name, "observedAt": clock(&time(&mut dice)), "deleted": true })],
            )
            .await;
        }
    }
    let cases = read(&pool).await;
    let dates = |text: &[&str]| text.iter().map(|day| day.parse().expect("a day")).collect();
    // The days off and the working Saturdays from January to May 2026, by the decision on the holidays of the year.
    let days = (
        dates(&[
            "2026-01-01",
            "2026-01-02",
            "2026-02-16",
            "2026-02-17",
            "2026-02-18",
            "2026-02-19",
            "2026-02-20",
            "2026-04-27",
            "2026-04-30",
            "2026-05-01",
        ]),
        dates(&["2026-01-10"]),
    );
    let asked = at(&pool, NOW);
    let mut seen = std::collections::BTreeSet::new();
    let mut day: chrono::NaiveDate = "2026-01-01".parse().expect("a day");
    while day <= "2026-05-20".parse().expect("a day") {
        for (period, first, last) in [("2026-Q1", "2026-01-01", "2026-03-31"), ("2026-04", "2026-04-01", "2026-04-30")]
        {
            let (first, last): (chrono::NaiveDate, chrono::NaiveDate) =
                (first.parse().expect("a day"), last.parse().expect("a day"));
            if day < first || day > last {
                // Stocks are taken at the end of the period; flows at the date. One day inside is enough for the stocks.
                continue;
            }
            let end = clock(&format!("{} 00:00", day.succ_opt().expect("a day"))).parse().expect("an instant");
            let expected = oracle::figures(&cases, (first, last), end, &days);
            let fields = "received resolved open overdue waiting rejected merged ackOnTime { numerator denominator } onTime { numerator denominator }
                transfersPerCase reopenRate { numerator denominator } satisfaction { rated satisfied }";
            let found = crate::city::totals(&asked, period, Some(&day.to_string()), fields).await;
            let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default();
            let rate = |name: &str| (number(&found[name]["numerator"]), number(&found[name]["denominator"]));
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small counts")]
            let transfers = (found["transfersPerCase"].as_f64().unwrap_or_default() * number(&found["received"]) as f64)
                .round() as i64;
            let measured = oracle::Figures {
                received: number(&found["received"]),
                resolved: number(&found["resolved"]),
                open: number(&found["open"]),
                overdue: number(&found["overdue"]),
                waiting: number(&found["waiting"]),
                rejected: number(&found["rejected"]),
                merged: number(&found["merged"]),
                ack: rate("ackOnTime"),
                on_time: rate("onTime"),
                transfers,
                reopened: rate("reopenRate"),
                rated: number(&found["satisfaction"]["rated"]),
                satisfied: number(&found["satisfaction"]["satisfied"]),
            };
            assert_eq!(measured, expected, "{period} {day}");
            seen.insert(expected);
        }
        day = day.succ_opt().expect("a day");
    }
    assert!(seen.len() > 60, "the days differ: {}", seen.len());
    assert!(
        seen.iter().any(|figures| figures.merged > 0
            && figures.reopened.0 > 0
            && figures.on_time.0 > 0
            && figures.waiting > 0),
        "{seen:?}"
    );
    assert_eq!(recompute(&pool, feedback::FACTS, false, |_, _| {}).await.expect("a rebuild"), 0);
}
