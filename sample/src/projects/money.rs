//! Money: capital plans, payments, contracts with their changes, judgements.

use chrono::{Datelike, Days, NaiveDate};

use super::catalogue::{BILLION, Item, is_built};
use crate::city::{CapitalYear, CarriedOver, City};
use crate::draw::Draw;
use crate::row::{Row, Rows};
use crate::workday;

/// Capital of a project in a year, in VND.
#[derive(Debug, Clone, Copy)]
struct Capital {
    pm: i64,
    city: i64,
    paid: i64,
    paid_at_end: i64,
}

/// Million VND: plans and payments are multiples of it.
const MILLION: i64 = 1_000_000;

/// Splits an amount by weights. The parts add up to it exactly.
pub(super) fn split(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let (mut passed, mut given) = (0, 0);
    let parts = weights.iter().map(|weight| {
        passed += i128::from(*weight);
        let upto = i64::try_from(i128::from(total) * passed / sum.max(1)).unwrap_or(total);
        let part = upto - given;
        given = upto;
        part
    });
    parts.collect()
}

/// Rows of the money of all items: the published totals, split among those that have capital.
pub(super) fn of_catalogue(city: &City, items: &[Item], rows: &mut Rows) {
    for year in &city.projects.years {
        let funded: Vec<&Item> = items.iter().filter(|item| has_capital(city, item, year)).collect();
        let draws: Vec<Draw<'_>> = funded.iter().map(|item| Draw(&item.code)).collect();
        let purpose = |name: &str| format!("{name} {}", year.year);
        let pm = split(year.pm * 1000, &funded.iter().map(|item| item.weight * 100).collect::<Vec<_>>());
        let weigh = |of: &[i64], name: &str, low: u32, high: u32| -> Vec<i64> {
            let weights = of.iter().zip(&draws);
            weights.map(|(part, draw)| part * i64::from(draw.between(&purpose(name), low, high))).collect()
        };
        let city_plan = split(year.city * 1000, &weigh(&pm, "city", 105, 150));
        let paid = split(year.paid * 1000, &weigh(&pm, "paid", 25, 80));
        let rest: Vec<i64> = pm.iter().zip(&paid).map(|(pm, paid)| (pm - paid).max(1)).collect();
        let rest = split((year.paid_at_end - year.paid) * 1000, &weigh(&rest, "rest", 90, 100));
        for (place, item) in funded.iter().enumerate() {
            let capital = Capital {
                pm: pm[place] * MILLION,
                city: city_plan[place] * MILLION,
                paid: paid[place] * MILLION,
                paid_at_end: (paid[place] + rest[place]) * MILLION,
            };
            plans(item, year, capital, rows);
            payments(item, year, capital, rows);
        }
    }
    for carried in &city.projects.carried_over {
        for item in items.iter().filter(|item| has_only_carried_over(city, item, carried)) {
            carried_over(item, carried, rows);
        }
    }
    for item in items {
        contracts(item, if item.investment >= 800 * BILLION { (2, 4) } else { (1, 1) }, rows);
        assessments(item, rows);
    }
}

/// Rows of the money of an item of the volume, which has capital of the last year only: it leaves the published money as it is.
pub(super) fn of_volume(city: &City, item: &Item, rows: &mut Rows) {
    let draw = Draw(&item.code);
    if let Some(year) = city.projects.years.last() {
        let pm = item.investment / 1000 * i64::from(draw.between("capital", 100, 350)) / MILLION * MILLION;
        let share = |part: i64, name: &str, low: u32, high: u32| {
            part / 100 * i64::from(draw.between(name, low, high)) / MILLION * MILLION
        };
        let paid = share(pm, "paid", 25, 75);
        let capital = Capital {
            pm,
            city: share(pm, "city", 105, 150),
            paid,
            paid_at_end: paid + share(pm - paid, "rest", 60, 100),
        };
        plans(item, year, capital, rows);
        payments_in(item, year, capital, city.projects.volume.payments / 10, rows);
    }
    let number = city.projects.volume.contracts;
    contracts(item, (number, number + 1), rows);
}

/// Whether an item has new capital of a year.
fn has_capital(city: &City, item: &Item, year: &CapitalYear) -> bool {
    let first = NaiveDate::from_ymd_opt(year.year, 1, 1).unwrap_or_default();
    let is_prepared = item.life.prepared.is_some_and(|day| day < year.pm_decided_on.min(first));
    let carried = city.projects.carried_over.iter().find(|carried| carried.year == year.year);
    is_built(&item.kind)
        && is_prepared
        && item.life.ends().is_none_or(|day| day >= first)
        && !carried.is_some_and(|carried| has_only_carried_over(city, item, carried))
}

/// Whether an item has capital of a year only because it was carried over.
fn has_only_carried_over(city: &City, item: &Item, carried: &CarriedOver) -> bool {
    let is_prepared = item.life.prepared.is_some_and(|day| day < carried.decided_on);
    let is_open = item.life.ends().is_none_or(|day| day > carried.decided_on);
    // Of a year with new capital only what is nearly completed.
    let is_last = city.projects.years.iter().all(|year| year.year != carried.year) || item.life.is_completing();
    is_built(&item.kind) && is_prepared && is_open && is_last && Draw(&item.code).chance("carried", 40)
}

fn plans(item: &Item, year: &CapitalYear, capital: Capital, rows: &mut Rows) {
    let draw = Draw(&item.code);
    let number = year.year;
    let mut plan = |basis: &str, amount: i64, on: NaiveDate, document: String| {
        let row = Row::new(format!("{}/{number}/{basis}", item.code), on, 60)
            .with("project", item.code.as_str())
            .with("year", number)
            .with("basis", basis)
            .with("amount", amount)
            .on("decidedOn", on)
            .with("document", document);
        rows.add("capital-plans", row);
    };
    plan("PM", capital.pm, year.pm_decided_on, format!("1508/QĐ-TTg, năm {number}"));
    plan("CITY", capital.city, year.city_decided_on, format!("{}/NQ-HĐND, năm {number}", 70 + number % 10));
    if draw.chance(&format!("adjusted {number}"), 35) {
        let part = draw.between(&format!("adjustment {number}"), 80, 125);
        let amount = capital.city / 100 / MILLION * i64::from(part) * MILLION;
        plan("ADJUSTED", amount, year.adjusted_on, format!("{}/QĐ-UBND", draw.between("adjusted by", 3000, 4999)));
    }
}

/// Capital that was carried over, with its payments.
fn carried_over(item: &Item, carried: &CarriedOver, rows: &mut Rows) {
    let draw = Draw(&item.code);
    let number = carried.year;
    let amount = (item.investment / 100 / MILLION * carried.share).max(1);
    let row = Row::new(format!("{}/{number}/CARRIED_OVER", item.code), carried.decided_on, 60)
        .with("project", item.code.as_str())
        .with("year", number)
        .with("basis", "CARRIED_OVER")
        .with("amount", amount * MILLION)
        .on("decidedOn", carried.decided_on)
        .with("document", format!("{}/QĐ-UBND", draw.between("carried by", 1000, 1999)))
        .on("disburseUntil", carried.until);
    rows.add("capital-plans", row);
    let paid = amount * i64::from(draw.between("carried and paid", 55, 98)) / 100;
    let span = u32::try_from((carried.until - carried.decided_on).num_days()).unwrap_or(0);
    for (part, amount) in (1..).zip(split(paid, &[2, 3, 3, 2])).filter(|(_, amount)| *amount > 0) {
        let on = workday::until(carried.decided_on + Days::new((span * part / 4).into()));
        let row = Row::new(format!("{}/{number}/K{part}", item.code), on, 360)
            .with("project", item.code.as_str())
            .with("planYear", number)
            .on("paidOn", on)
            .with("amount", amount * MILLION)
            .with("document", format!("GRV-{number}-K/{part}"));
        rows.add("disbursements", row);
    }
}

fn payments(item: &Item, year: &CapitalYear, capital: Capital, rows: &mut Rows) {
    payments_in(item, year, capital, 1 + u32::from(item.investment >= 800 * BILLION), rows);
}

/// Payments of each month: some are taken back in the next and paid anew.
fn payments_in(item: &Item, year: &CapitalYear, capital: Capital, each: u32, rows: &mut Rows) {
    let draw = Draw(&item.code);
    let day = |year: i32, month: u32, day: u32| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let number = year.year;
    let until = year.paid_by.month();
    let months: Vec<(i32, u32)> = (1..=12).map(|month| (number, month)).chain([(number + 1, 1)]).collect();
    let (early, late) = months.split_at(until as usize);
    for (months, total) in [(early, capital.paid), (late, capital.paid_at_end - capital.paid)] {
        let slots: Vec<(i32, u32, u32)> = months
            .iter()
            .filter(|(of, month)| (*of, *month) != (number, 1) || draw.chance(&format!("in January {number}"), 20))
            .flat_map(|(of, month)| (0..each).map(|turn| (*of, *month, turn)))
            .collect();
        let weigh = |(_, month, turn): &(i32, u32, u32)| {
            i64::from(draw.between(&format!("{number} {month} {turn}"), 2, 9) + month)
        };
        let amounts = split(total / MILLION, &slots.iter().map(weigh).collect::<Vec<_>>());
        let taken_back = draw.chance(&format!("taken back {number}"), 15).then_some(slots.len() / 2);
        for (place, ((of, month, turn), amount)) in slots.iter().zip(amounts).enumerate() {
            let amount = amount * MILLION;
            if amount == 0 {
                continue;
            }
            let drawn = draw.between(&format!("day {number} {of} {month} {turn}"), 3, 24);
            let on = workday::from(day(*of, *month, drawn));
            let id = format!("{}/{number}/{of}-{month:02}-{turn}", item.code);
            let pay = |id: String, on: NaiveDate, amount: i64| {
                Row::new(id, on, 360 + turn)
                    .with("project", item.code.as_str())
                    .with("planYear", number)
                    .on("paidOn", on)
                    .with("amount", amount)
                    .with("contract", format!("{}-HD{}", item.code, 1 + turn))
                    .with("document", format!("GRV-{number}-{month:02}/{}", drawn + turn))
            };
            rows.add("disbursements", pay(id.clone(), on, amount));
            // Paid by mistake, and taken back within the days of the same month.
            if taken_back == Some(place) {
                let wrong = (amount / 4 / MILLION).max(1) * MILLION;
                rows.add("disbursements", pay(format!("{id}/N"), on, wrong));
                rows.add("disbursements", pay(format!("{id}/H"), workday::after(on, 2), -wrong));
            }
        }
    }
}

fn contracts(item: &Item, (least, most): (u32, u32), rows: &mut Rows) {
    let (Some(started), Some(end)) = (item.life.started, item.life.baseline_end) else { return };
    let draw = Draw(&item.code);
    let number = draw.between("contracts", least, most);
    for place in 1..=number {
        let code = format!("{}-HD{place}", item.code);
        let draw = Draw(&code);
        let signed = if place == 1 {
            workday::before(started, 5)
        } else {
            workday::after(started, draw.between("signed", 5, 240))
        };
        if item.life.ends().is_some_and(|ended| signed >= ended) {
            continue;
        }
        let amount = item.investment / 100 / MILLION * i64::from(draw.between("amount", 10, 22)) * MILLION;
        let starts = workday::after(signed, 10);
        let ends = end.max(starts + Days::new(90));
        let title = draw.pick(
            "title",
            &["thi công xây dựng", "tư vấn giám sát", "cung cấp, lắp đặt thiết bị", "thi công hạ tầng kỹ thuật"],
        );
        let row = Row::new(&code, signed, 60)
            .with("project", item.code.as_str())
            .with("number", code.as_str())
            .with("title", format!("Gói thầu số {place}: {}", title.unwrap_or_default()))
            .with("supplier", format!("Liên danh nhà thầu mẫu {:02}", draw.between("supplier", 1, 60)))
            .on("signedOn", signed)
            .with("amount", amount.max(MILLION))
            .on("startsOn", starts)
            .on("endsOn", ends);
        rows.add("contracts", row);
        modifications(&code, signed, amount.max(MILLION), ends, rows);
    }
}

fn modifications(contract: &str, signed: NaiveDate, amount: i64, ends: NaiveDate, rows: &mut Rows) {
    let draw = Draw(contract);
    let number = match draw.between("modifications", 1, 100) {
        ..=60 => 0,
        61..=90 => 1,
        _ => 2,
    };
    let (mut on, mut amount, mut ends) = (signed, amount, ends);
    for place in 1..=number {
        on = workday::after(on, draw.between(&format!("decided {place}"), 120, 380));
        let kind = draw.pick(&format!("kind {place}"), &["DURATION", "DURATION", "VALUE", "SCOPE"]).unwrap_or("SCOPE");
        let reasons: &[&str] = match kind {
            "DURATION" => &["Chậm bàn giao mặt bằng", "Thời tiết bất lợi kéo dài", "Chậm di dời hạ tầng kỹ thuật"],
            "VALUE" => &["Giá vật liệu tăng", "Bổ sung khối lượng phát sinh", "Điều chỉnh thuế và chế độ tiền lương"],
            _ => &[
                "Điều chỉnh thiết kế do vướng công trình ngầm",
                "Bổ sung hạng mục thoát nước",
                "Cắt giảm hạng mục không cần thiết",
            ],
        };
        let mut row = Row::new(format!("{contract}/DC{place}"), on, 90)
            .with("contract", contract)
            .with("kind", kind)
            .on("decidedOn", on)
            .maybe("reason", draw.pick(&format!("reason {place}"), reasons))
            .with("document", format!("PLHĐ-{place}/{contract}"));
        match kind {
            "DURATION" => {
                let later = ends + Days::new(draw.between(&format!("later {place}"), 60, 270).into());
                row = row.on("oldEnd", ends).on("newEnd", later);
                ends = later;
            }
            "VALUE" => {
                let more =
                    amount / 100 / MILLION * i64::from(draw.between(&format!("more {place}"), 102, 118)) * MILLION;
                row = row.with("oldAmount", amount).with("newAmount", more.max(MILLION));
                amount = more.max(MILLION);
            }
            _ => {}
        }
        rows.add("contract-modifications", row);
    }
}

/// Judgements at the end of quarters, of key items and of some others.
fn assessments(item: &Item, rows: &mut Rows) {
    let draw = Draw(&item.code);
    let Some(started) = item.life.started.filter(|_| item.is_key || draw.chance("judged", 40)) else { return };
    for quarter in 0..8_u32 {
        let year = 2025 + i32::from(quarter >= 4);
        let Some(first) = NaiveDate::from_ymd_opt(year, quarter % 4 * 3 + 1, 1) else { continue };
        let on = workday::until(first + chrono::Months::new(3) - Days::new(1));
        if on < started || item.life.ends().is_some_and(|ended| on > ended) {
            continue;
        }
        let (rag, notes): (&str, &[&str]) = match draw.between(&format!("judged {quarter}"), 1, 100) {
            ..=55 => ("GREEN", &["Bám sát kế hoạch", "Khối lượng đạt kế hoạch quý", "Giải ngân đạt kế hoạch"]),
            56..=85 => {
                ("AMBER", &["Chậm so với kế hoạch dưới 30 ngày", "Mặt bằng bàn giao chưa liền mạch", "Giải ngân chậm"])
            }
            _ => (
                "RED",
                &[
                    "Chậm so với kế hoạch trên 90 ngày",
                    "Vướng mặt bằng kéo dài, nhà thầu dừng thi công",
                    "Nguy cơ không giải ngân hết vốn",
                ],
            ),
        };
        let row = Row::new(format!("{}/DG/{year}-Q{}", item.code, quarter % 4 + 1), on, 400)
            .with("project", item.code.as_str())
            .on("assessedOn", on)
            .with("rag", rag)
            .maybe("note", draw.pick(&format!("note {quarter}"), notes));
        rows.add("assessments", row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_whole() {
        let parts = split(44_428_000, &[3, 0, 17, 1_000_003, 29]);
        assert_eq!(parts.iter().sum::<i64>(), 44_428_000);
        assert!(parts.iter().all(|part| *part >= 0));
    }
}
