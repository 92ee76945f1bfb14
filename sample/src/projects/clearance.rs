//! Sites with their files: a file is a party with its parcels, which go the same way.

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::path::{Ask, Breach, Money, Path, path};
use crate::city::{City, Contradiction};
use crate::draw::Draw;
use crate::row::{Row, Rows};
use crate::workday;

/// Land to be cleared.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) project: String,
    pub(super) area: String,
    pub(super) opened: NaiveDate,
    /// Day by which the land is to be handed over.
    pub(super) handover_by: NaiveDate,
    pub(super) files: usize,
    pub(super) spread: u32,
    pub(super) urgent: bool,
    /// The site of the same project that was opened before; some of its parties have rights here too.
    pub(super) earlier: Option<String>,
    /// Whether each rule is broken once or twice, and parties have an identity.
    pub(super) is_told: bool,
}

/// Parcel of a file.
#[derive(Debug, Clone)]
struct Parcel {
    id: String,
    sheet: u32,
    number: usize,
    land: &'static str,
    /// Tenths of a square metre.
    area: i64,
    /// Party with a right besides that of the file, kind of the right, and the shares.
    other: Option<(String, &'static str, f64, f64)>,
}

/// A party with its parcels on a site.
#[derive(Debug, Clone)]
pub(super) struct File {
    party: String,
    kind: &'static str,
    parcels: Vec<Parcel>,
    path: Path,
}

/// Sites of the sample.
pub(super) fn sites(city: &City) -> Vec<Site> {
    let facts = &city.projects.sites;
    let earlier = |place: usize| {
        let before = facts[..place].iter().rev().find(|site| site.project == facts[place].project);
        before.map(|site| site.code.clone())
    };
    let sites = facts.iter().enumerate().map(|(place, site)| Site {
        code: site.code.clone(),
        name: site.name.clone(),
        project: site.project.clone(),
        area: site.area.clone(),
        opened: site.opened_on,
        handover_by: site.handover_by.unwrap_or_else(|| usual_handover(site.opened_on)),
        files: site.files,
        spread: site.spread,
        urgent: site.urgent,
        earlier: earlier(place),
        is_told: true,
    });
    sites.collect()
}

/// A site of the volume: every second one belongs to the project of the one before.
pub(super) fn site_of_volume(city: &City, number: usize, project: &str) -> Site {
    let code = format!("KD-{number:04}");
    let draw = Draw(&code);
    let pair = number.div_ceil(2) * 2 - 1;
    let opened = Draw(&format!("KD-{pair:04}")).day("opened", day(2024, 8, 5), day(2026, 4, 30));
    let opened = workday::from(opened + Days::new(if number == pair { 0 } else { 14 }));
    let place = usize::try_from(draw.number("area") % city.areas.len() as u64).unwrap_or(0);
    let area = &city.areas[place];
    Site {
        name: format!("Khu đất {code}, {}", area.in_sentence()),
        project: project.to_owned(),
        area: area.code.clone(),
        opened,
        handover_by: usual_handover(opened),
        files: city.projects.volume.files * draw.between("files", 60, 140) as usize / 100,
        spread: draw.between("spread", 60, 150),
        urgent: draw.chance("urgent", 8),
        earlier: (number != pair).then(|| format!("KD-{pair:04}")),
        is_told: false,
        code,
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn usual_handover(opened: NaiveDate) -> NaiveDate {
    opened + Days::new(540)
}

fn party_code(site: &str, number: usize) -> String {
    format!("HO-{site}-{number:04}")
}

/// Files of a site of the sample; those of a contradiction are by its numbers.
pub(super) fn files_of_sites(city: &City, sites: &[Site]) -> Vec<Vec<File>> {
    let mut breaches = 0;
    let mut files: Vec<Vec<File>> = Vec::new();
    for (place, site) in sites.iter().enumerate() {
        let Some(told) = contradiction(city, site) else {
            let of_site = (1..=site.files).map(|number| {
                // Each rule is broken in some of the first files of each site.
                let breach = (number % 2 == 1 && number < 26).then(|| Breach::ALL[breaches % Breach::ALL.len()]);
                breaches += usize::from(breach.is_some());
                file(site, number, breach)
            });
            files.push(of_site.collect());
            continue;
        };
        // Its households are spread over its sites in proportion to their files.
        let files_in = |sites: &[Site]| -> usize {
            sites.iter().filter(|site| site.project == told.project).map(|site| site.files).sum()
        };
        let upto = |place: usize| told.households * files_in(&sites[..place]) / files_in(sites);
        let before = upto(place);
        let here = upto(place + 1) - before;
        let household = |number: usize| (number <= here).then_some(before + number);
        files.push((1..=site.files).map(|number| told_file(told, site, number, household(number))).collect());
    }
    for told in &city.projects.contradictions {
        level(told, sites, &mut files);
    }
    files
}

/// The contradiction that a site of the sample is part of.
fn contradiction<'a>(city: &'a City, site: &Site) -> Option<&'a Contradiction> {
    city.projects.contradictions.iter().find(|told| site.is_told && told.project == site.project)
}

/// A file of a site of the volume.
pub(super) fn files_of_volume(site: &Site) -> Vec<File> {
    let files = (1..=site.files).map(|number| {
        let draw = Draw(&site.code);
        let breaks = draw.between(&format!("breaks {number}"), 1, 1000) <= 6;
        let breach = breaks.then(|| draw.pick(&format!("breach {number}"), &Breach::ALL)).flatten();
        file(site, number, breach)
    });
    files.collect()
}

fn file(site: &Site, number: usize, breach: Option<Breach>) -> File {
    let party = party_code(&site.code, number);
    let draw = Draw(&party);
    let kind = match draw.between("kind", 1, 100) {
        ..=68 => "HOUSEHOLD",
        69..=90 => "INDIVIDUAL",
        91..=95 => "ORGANIZATION",
        96 => "RELIGIOUS",
        _ => "COMMUNITY",
    };
    let parcels = draw.between("parcels", 1, 100);
    let parcels = match parcels {
        ..=68 => 1,
        69..=92 => 2,
        _ => 3,
    };
    let needs_long_notice = breach == Some(Breach::RecoveryWithinNotice);
    let residential = if matches!(kind, "HOUSEHOLD" | "INDIVIDUAL") { 35 } else { 0 };
    let is_home = needs_long_notice || draw.chance("home", residential);
    let land = |place: u32| match (is_home && place == 1, kind) {
        (true, _) => "RESIDENTIAL",
        (false, "HOUSEHOLD" | "INDIVIDUAL") => "AGRI",
        _ if draw.chance("other", 60) => "OTHER",
        _ => "AGRI",
    };
    let mut parcels: Vec<Parcel> = (1..=parcels).map(|place| parcel(site, number, place, land(place), draw)).collect();
    let needs_other = breach == Some(Breach::SharesNotOne);
    if needs_other {
        parcels[0].other = Some((party_code(&site.code, neighbour(site, number)), "LAND_USE", 0.5, 0.4));
    } else if let Some(earlier) = site.earlier.as_ref().filter(|_| number <= 4) {
        // Parties with land in two wards.
        parcels[0].other = Some((party_code(earlier, number), "LAND_USE", 0.5, 0.5));
    } else if draw.chance("two rights", 6) {
        let other = party_code(&site.code, neighbour(site, number));
        parcels[0].other = match parcels[0].land {
            "RESIDENTIAL" if draw.chance("house", 50) => Some((other, "HOUSE", 1.0, 1.0)),
            "AGRI" if draw.chance("crops", 30) => Some((other, "CROPS", 1.0, 1.0)),
            _ => Some((other, "LAND_USE", 0.6, 0.4)),
        };
    }
    let is_long = parcels.iter().any(|parcel| parcel.land != "AGRI");
    // What needs time to go wrong was notified first.
    let notified = match breach {
        Some(_) => workday::after(site.opened, 30 + draw.between("notified", 0, 20)),
        None => workday::after(site.opened, 30 + draw.between("notified", 0, site.spread)),
    };
    let ask = Ask { notified_on: notified, is_residential: is_long, is_plain: false, not_before: None, breach };
    File { path: path(draw, &ask), party, kind, parcels }
}

fn neighbour(site: &Site, number: usize) -> usize {
    if number < site.files { number + 1 } else { number - 1 }
}

fn parcel(site: &Site, number: usize, place: u32, land: &'static str, draw: Draw<'_>) -> Parcel {
    let sheet = 1 + u32::try_from(number / 60).unwrap_or(0);
    let area = match land {
        "RESIDENTIAL" => draw.between("home area", 420, 2400),
        "AGRI" => draw.between(&format!("area {place}"), 1200, 14_000),
        _ => draw.between(&format!("area {place}"), 800, 42_000),
    };
    let number = number * 4 + place as usize;
    let id = format!("{}/{sheet}/{number}", site.code);
    Parcel { id, sheet, number, land, area: i64::from(area), other: None }
}

/// A file of the contradiction: a household by its number in all, or someone with land without a house.
fn told_file(told: &Contradiction, site: &Site, number: usize, household: Option<usize>) -> File {
    let party = party_code(&site.code, number);
    let draw = Draw(&party);
    let (kind, land) = match household {
        Some(_) => ("HOUSEHOLD", "RESIDENTIAL"),
        None => match draw.between("kind", 1, 100) {
            ..=55 => ("INDIVIDUAL", "AGRI"),
            56..=75 => ("COMMUNITY", "OTHER"),
            76..=97 => ("ORGANIZATION", "OTHER"),
            _ => ("RELIGIOUS", "OTHER"),
        },
    };
    let parcels = if household.is_some() { 1 } else { draw.between("parcels", 1, 3) };
    let mut parcels: Vec<Parcel> = (1..=parcels).map(|place| parcel(site, number, place, land, draw)).collect();
    if let (Some(earlier), "INDIVIDUAL") = (&site.earlier, kind)
        && draw.chance("two wards", 30)
    {
        // The last file of a site is no household.
        parcels[0].other = Some((format!("HO-{earlier}-CHUNG"), "LAND_USE", 0.5, 0.5));
    }
    // Spread over the sites: the number of a household times a number without a common divisor.
    let is_late = household.is_some_and(|household| household * 601 % told.households >= told.plans_approved);
    let (first, last) = if is_late {
        (told.on - Days::new(160), told.on - Days::new(52))
    } else {
        (site.opened + Days::new(30), site.opened + Days::new(30 + u64::from(site.spread)))
    };
    let ask = Ask {
        notified_on: workday::from(draw.day("notified", first, last)),
        is_residential: land != "AGRI",
        is_plain: !is_late,
        not_before: is_late.then(|| told.on + Days::new(5)),
        breach: None,
    };
    File { path: path(draw, &ask), party, kind, parcels }
}

/// Makes the areas of the land of communities and organizations such that the share of cleared land is the published one.
fn level(told: &Contradiction, sites: &[Site], files: &mut [Vec<File>]) {
    let of_told = || sites.iter().zip(0..).filter(|(site, _)| site.project == told.project).map(|(_, place)| place);
    let is_cleared = |file: &File| file.path.handed_on.is_some_and(|on| on <= told.on);
    let (mut open, mut cleared, mut weights) = (0, 0, Vec::new());
    for place in of_told() {
        let files: &Vec<File> = &files[place];
        for file in files {
            let area: i64 = file.parcels.iter().map(|parcel| parcel.area).sum();
            if !is_cleared(file) {
                open += area;
            } else if file.parcels[0].land == "OTHER" {
                weights.extend(file.parcels.iter().map(|parcel| parcel.area));
            } else {
                cleared += area;
            }
        }
    }
    let total = open * 10_000 / (10_000 - told.area_cleared);
    let mut parts = super::money::split(total - open - cleared, &weights).into_iter();
    for place in of_told() {
        for file in files[place].iter_mut().filter(|file| is_cleared(file)) {
            for parcel in file.parcels.iter_mut().filter(|parcel| parcel.land == "OTHER") {
                parcel.area = parts.next().unwrap_or(parcel.area);
            }
        }
    }
}

/// Rows of a site without its files.
pub(super) fn site_rows(city: &City, site: &Site, rows: &mut Rows) {
    let draw = Draw(&site.code);
    let Some(area) = city.areas.iter().find(|area| area.code == site.area) else { return };
    // Within about a kilometre of the centre of the ward.
    let near = |centre: f64, purpose: &str| {
        ((centre + (f64::from(draw.between(purpose, 0, 200)) - 100.0) / 10_000.0) * 100_000.0).round() / 100_000.0
    };
    let row = Row::new(&site.code, site.opened, 0)
        .with("code", site.code.as_str())
        .with("name", site.name.as_str())
        .with("project", site.project.as_str())
        .with("area", site.area.as_str())
        .on("cutoffOn", site.opened)
        .on("targetHandover", site.handover_by)
        .with("lat", near(area.lat, "lat"))
        .with("lon", near(area.lon, "lon"))
        .with("urgent", site.urgent);
    rows.add("sites", row);
    graves(city, site, rows);
    utilities(site, rows);
}

fn graves(city: &City, site: &Site, rows: &mut Rows) {
    let draw = Draw(&site.code);
    let (graves, moved, last) = if let Some(told) = contradiction(city, site) {
        // All graves of the contradiction are on its sites in equal parts; the last site has those that are not moved.
        let of_project = city.projects.sites.iter().filter(|one| one.project == told.project);
        let codes: Vec<&str> = of_project.map(|one| one.code.as_str()).collect();
        let number = u32::try_from(codes.len()).unwrap_or(1).max(1);
        let each = told.graves / number;
        if codes.last() == Some(&site.code.as_str()) {
            let here = told.graves - each * (number - 1);
            (here, here - (told.graves - told.graves_moved), told.on)
        } else {
            (each, each, told.on)
        }
    } else {
        let graves = draw.between("graves", 20, 400);
        (
            graves,
            graves * draw.between("moved", 40, 100) / 100,
            site.opened + Days::new(draw.between("moved by", 150, 420).into()),
        )
    };
    let id = format!("{}/MO", site.code);
    let first = workday::after(site.opened, 5);
    let row = Row::new(&id, first, 30)
        .with("site", site.code.as_str())
        .with("place", format!("Nghĩa trang nhân dân, {}", site.name))
        .with("graves", graves)
        .with("moved", 0);
    rows.add("grave-relocations", row);
    let span = u32::try_from((last - first).num_days()).unwrap_or(0);
    for part in 1..=4_u32 {
        let on = workday::until(first + Days::new((span * part / 4).into()));
        rows.add("grave-relocations", Row::new(&id, on, 60 + part).with("moved", moved * part / 4));
    }
}

fn utilities(site: &Site, rows: &mut Rows) {
    const KINDS: [(&str, &str); 6] = [
        ("POWER", "Đường dây 110 kV và trạm biến áp"),
        ("WATER", "Ống cấp nước DN600"),
        ("DRAINAGE", "Cống thoát nước D1500"),
        ("TELECOM", "Tuyến cáp quang, cột viễn thông"),
        ("GAS", "Ống khí đốt đô thị"),
        ("IRRIGATION", "Kênh tưới tiêu nội đồng"),
    ];
    let draw = Draw(&site.code);
    for place in 0..draw.between("utilities", 2, 4) {
        let turn = draw.between("utility", 0, 5) + place;
        let (utility, description) = KINDS[turn as usize % KINDS.len()];
        let id = format!("{}/HT{}", site.code, place + 1);
        let first = workday::after(site.opened, draw.between(&format!("found {place}"), 10, 60));
        let due = first + Days::new(draw.between(&format!("due {place}"), 180, 400).into());
        let row = Row::new(&id, first, 30)
            .with("site", site.code.as_str())
            .with("utility", utility)
            .with("description", description)
            .with("cost", i64::from(draw.between(&format!("cost {place}"), 4, 900)) * 100_000_000)
            .on("dueOn", due);
        rows.add("utility-relocations", row);
        if draw.chance(&format!("moved {place}"), 75) {
            let moved = workday::after(due - Days::new(60), draw.between(&format!("after {place}"), 0, 110));
            rows.add("utility-relocations", Row::new(&id, moved, 60).on("movedOn", moved));
        }
    }
    // Several persons of two wards farm together.
    if site.is_told {
        let code = format!("HO-{}-CHUNG", site.code);
        let row = Row::new(&code, site.opened, 60).with("code", code.as_str()).with("kind", "COMMUNITY");
        rows.add("parties", row);
    }
}

/// Square metres of tenths.
fn metres(tenths: i64) -> Value {
    if tenths % 10 == 0 {
        return Value::from(tenths / 10);
    }
    format!("{}.{}", tenths / 10, tenths % 10).parse().map_or(Value::Null, Value::Number)
}

/// Rows of a file.
pub(super) fn file_rows(site: &Site, file: &File, rows: &mut Rows) {
    let draw = Draw(&file.party);
    let row = Row::new(&file.party, site.opened, 60)
        .with("code", file.party.as_str())
        .with("kind", file.kind)
        .with("vulnerable", file.kind == "HOUSEHOLD" && draw.chance("vulnerable", 7));
    rows.add("parties", row);
    if site.is_told {
        let row = Row::new(&file.party, site.opened, 70)
            .with("party", file.party.as_str())
            .with("name", format!("Chủ sử dụng đất mẫu {}", &file.party[3..]))
            .with("identityNumber", format!("MAU-{}", draw.between("identity", 100_000, 999_999)))
            .with("address", site.name.as_str());
        rows.add("party-identities", row);
    }
    for parcel in &file.parcels {
        parcel_rows(site, file, parcel, rows);
    }
    compensation(site, file, rows);
}

fn parcel_rows(site: &Site, file: &File, parcel: &Parcel, rows: &mut Rows) {
    let draw = Draw(&parcel.id);
    let row = Row::new(&parcel.id, site.opened, 90)
        .with("site", site.code.as_str())
        .with("mapSheet", parcel.sheet.to_string())
        .with("parcelNumber", parcel.number.to_string())
        .with("landType", parcel.land)
        .with("areaToAcquire", metres(parcel.area));
    rows.add("parcel-cases", row);
    if let Some(block) = file.path.block {
        let row = Row::new(&parcel.id, block.from, 120).with("blocker", block.blocker);
        rows.add("parcel-cases", row.maybe("blockerNote", note(block.blocker)));
        if let Some(until) = block.until {
            let row = Row::new(&parcel.id, until, 150).with("blocker", Value::Null).with("blockerNote", Value::Null);
            rows.add("parcel-cases", row);
        }
    }
    // Some land is handed over in part before the rest.
    if let (Some(posted), Some(handed)) = (file.path.posted_on, file.path.handed_on)
        && parcel.land == "AGRI"
        && posted < handed
        && draw.chance("in part", 3)
    {
        rows.add(
            "parcel-cases",
            Row::new(&parcel.id, posted, 180).with("areaHandedOver", metres(parcel.area * 4 / 10)),
        );
    }
    let mut right = |party: &str, kind: &str, share: f64| {
        let row = Row::new(format!("{}/{party}/{kind}", parcel.id), site.opened, 120)
            .with("parcel", parcel.id.as_str())
            .with("party", party)
            .with("kind", kind)
            .with("share", share);
        rows.add("parcel-rights", row);
    };
    match &parcel.other {
        None => right(&file.party, "LAND_USE", 1.0),
        Some((other, kind @ ("HOUSE" | "CROPS"), _, theirs)) => {
            right(&file.party, "LAND_USE", 1.0);
            right(other, kind, *theirs);
        }
        Some((other, kind, own, theirs)) => {
            right(&file.party, kind, *own);
            right(other, kind, *theirs);
        }
    }
    for stone in &file.path.stones {
        let document = match stone.kind {
            "NOTIFIED" => Some("TB-UBND"),
            "APPROVED" | "RECOVERY_DECIDED" | "ENFORCEMENT_DECIDED" | "COMPULSORY_INVENTORY" | "WITHDRAWN" => {
                Some("QĐ-UBND")
            }
            "DEPOSITED" => Some("BB-KBNN"),
            _ => None,
        };
        let document = document.map(|office| format!("{}/{office}", Draw(&file.party).between(stone.kind, 100, 9999)));
        let row = Row::new(format!("{}/{}", parcel.id, stone.kind), stone.on, 180)
            .with("parcel", parcel.id.as_str())
            .with("kind", stone.kind)
            .on("happenedOn", stone.on)
            .maybe("happenedAt", stone.time)
            .maybe("document", document);
        rows.add("parcel-events", row);
    }
}

fn note(blocker: &str) -> Option<&'static str> {
    match blocker {
        "PRICE" => Some("Chưa đồng thuận đơn giá bồi thường"),
        "ORIGIN" => Some("Chưa xác định được nguồn gốc đất"),
        "DISPUTE" => Some("Đang tranh chấp quyền sử dụng đất"),
        "RESETTLEMENT" => Some("Chưa có quỹ đất tái định cư"),
        "GRAVES" => Some("Còn mộ chưa di chuyển"),
        "UTILITIES" => Some("Chưa di dời hạ tầng kỹ thuật"),
        "DOCUMENTS" => Some("Thiếu hồ sơ địa chính"),
        "ABSENT" => Some("Chủ sử dụng vắng mặt"),
        _ => None,
    }
}

/// The plan of the party on the site, its payments, and its resettlement.
fn compensation(site: &Site, file: &File, rows: &mut Rows) {
    let Some(drafted) = file.path.drafted_on else { return };
    let draw = Draw(&file.party);
    let is_new = drafted >= day(2026, 1, 1);
    // Tenths.
    let coefficient = match draw.between("coefficient", 1, 100) {
        ..=12 if is_new => 20,
        ..=45 if is_new => 15,
        _ => 10,
    };
    let home = i64::from(draw.between("price", 25, 60)) * 1_000_000;
    let price = |parcel: &Parcel| match parcel.land {
        "RESIDENTIAL" => home,
        "AGRI" => 1_600_000,
        _ => 450_000,
    };
    let amount: i64 = file.parcels.iter().map(|parcel| parcel.area * price(parcel) / 100 * coefficient).sum();
    let amount = (amount / 1000).max(1) * 1000;
    let id = format!("PA/{}/{}", site.code, file.party);
    let mut row = Row::new(&id, file.path.posted_on.unwrap_or(drafted), 200)
        .with("site", site.code.as_str())
        .with("party", file.party.as_str())
        .with("amount", amount)
        .maybe("postedOn", file.path.posted_on.map(|day| day.to_string()));
    if coefficient != 10 {
        let factor = metres(coefficient);
        row = row.with("coefficient", factor).with("coefficientBasis", "Nghị quyết 258/2025");
    }
    rows.add("compensation-plans", row);
    let Some(approved) = file.path.approved_on else { return };
    let row = Row::new(&id, approved, 230)
        .on("approvedOn", approved)
        .on("effectiveOn", approved + Days::new(draw.between("effective", 0, 3).into()))
        .with("document", format!("{}/QĐ-UBND", draw.between("APPROVED", 100, 9999)));
    rows.add("compensation-plans", row);
    let mut pay = |kind: &'static str, place: u32, on: NaiveDate, amount: i64| {
        let row = Row::new(format!("{id}/{place}"), on, 300 + place)
            .with("plan", id.as_str())
            .with("kind", kind)
            .on("happenedOn", on)
            .with("amount", amount)
            .with("document", format!("{}/CT", draw.between(&format!("payment {place}"), 1000, 9999)));
        rows.add("compensation-payments", row);
    };
    match file.path.money {
        Some(Money::Paid(on)) => pay("PAID", 1, on, amount),
        Some(Money::PaidInTwo(first, second)) => {
            let part = amount / 10_000 * 6000;
            pay("PAID", 1, first, part.max(1));
            pay("PAID", 2, second, amount - part.max(1));
        }
        Some(Money::Refused(refused, deposited)) => {
            pay("REFUSED", 1, refused, amount);
            if let Some(on) = deposited {
                pay("DEPOSITED", 2, on, amount);
            }
        }
        Some(Money::Reversed(paid, reversed, again)) => {
            pay("PAID", 1, paid, amount);
            pay("REVERSED", 2, reversed, amount);
            pay("PAID", 3, again, amount);
        }
        None => {}
    }
    resettlement(site, file, approved, rows);
}

fn resettlement(site: &Site, file: &File, approved: NaiveDate, rows: &mut Rows) {
    let draw = Draw(&file.party);
    if file.kind != "HOUSEHOLD" || file.parcels[0].land != "RESIDENTIAL" || !draw.chance("resettled", 45) {
        return;
    }
    let id = format!("TDC/{}/{}", site.code, file.party);
    let form = draw.pick("form", &["LAND", "APARTMENT", "APARTMENT", "MONEY"]).unwrap_or("LAND");
    let row = Row::new(&id, approved, 320)
        .with("site", site.code.as_str())
        .with("party", file.party.as_str())
        .with("form", form)
        .maybe("place", (form != "MONEY").then(|| format!("Khu tái định cư {}", draw.between("place", 1, 6))))
        .on("approvedOn", approved);
    rows.add("resettlements", row);
    if draw.chance("provided", 70) {
        let on = workday::after(approved, draw.between("provided", 20, 240));
        rows.add("resettlements", Row::new(&id, on, 340).on("providedOn", on));
    }
}
