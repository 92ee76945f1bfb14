//! Projects, their money, and land clearance.

use super::figures::Figures;
use super::{Frame, Parts};
use crate::command::briefing::document::{Cell, Section};

const PROJECTS: (&str, &str) = ("projects", "dự án");
const PARCELS: (&str, &str) = ("parcels", "thửa đất");

const PARTS: Parts = Parts { roots: &["city"], datasets: &["projects", "clearance"] };

pub fn section(frame: &Frame<'_>) -> Section {
    let mut section = frame.section(frame.say("Projects and land clearance", "Dự án và giải phóng mặt bằng"), &PARTS);
    let Some(city) = &frame.answer.data.city else { return section };
    section.notes = frame.basis(&city.freshness);
    let Some(card) = city.nodes.first() else { return section };
    let before = card.previous.as_ref();

    let (now, earlier) = (card.measures.projects.as_ref(), before.and_then(|before| before.projects.as_ref()));
    let mut projects = Figures::new(frame, now, earlier);
    projects.count(("Projects in scope", "Tổng số dự án"), PROJECTS, |projects| projects.total);
    projects.count(("Late", "Chậm tiến độ"), PROJECTS, |projects| projects.late);
    projects.count(("Suspended", "Tạm dừng"), PROJECTS, |projects| projects.suspended);
    projects.add(
        ("Mean slip of the end", "Số ngày lùi thời điểm hoàn thành bình quân"),
        ("days", "ngày"),
        |projects| Cell::number(projects.slip_days, 1),
    );
    projects.rate(
        ("Disbursed of the Prime Minister's plan", "Tỷ lệ giải ngân theo kế hoạch Thủ tướng Chính phủ giao"),
        ("VND", "đồng"),
        |projects| &projects.disbursement_pm,
    );
    projects.rate(
        ("Disbursed of the city's plan", "Tỷ lệ giải ngân theo kế hoạch Thành phố giao"),
        ("VND", "đồng"),
        |projects| &projects.disbursement_city,
    );
    section.tables.push(projects.table(frame.say("Projects", "Dự án"), frame.say("Projects", "Dự án")));

    let (now, earlier) = (card.measures.clearance.as_ref(), before.and_then(|before| before.clearance.as_ref()));
    let mut land = Figures::new(frame, now, earlier);
    land.count(("Parcels to clear", "Tổng số thửa đất phải thu hồi"), PARCELS, |land| land.parcels);
    land.rate(("Area handed over", "Tỷ lệ diện tích đã bàn giao"), ("m²", "m²"), |land| &land.area_cleared);
    land.rate(
        ("Parties whose land is handed over", "Tỷ lệ chủ sử dụng đất đã bàn giao"),
        ("parties", "chủ sử dụng đất"),
        |land| &land.parties_cleared,
    );
    land.rate(
        ("Households whose land is handed over", "Tỷ lệ hộ gia đình đã bàn giao"),
        ("households", "hộ"),
        |land| &land.households_cleared,
    );
    land.add(("Area not handed over", "Diện tích chưa bàn giao"), ("m²", "m²"), |land| {
        Cell::decimal(Some(&land.remaining), 1)
    });
    land.count(("Past the day of handover", "Chậm bàn giao so với kế hoạch"), PARCELS, |land| land.overdue);
    land.count(("Of these, of key projects", "Trong đó thuộc dự án trọng điểm"), PARCELS, |land| {
        land.key_overdue
    });
    land.count(("With a blocker", "Đang vướng mắc"), PARCELS, |land| land.blocked);
    land.count(("Notices about to lapse", "Thông báo thu hồi đất sắp hết hiệu lực"), PARCELS, |land| {
        land.notices_lapsing
    });
    land.count(("Notices that have lapsed", "Thông báo thu hồi đất đã hết hiệu lực"), PARCELS, |land| {
        land.notices_lapsed
    });
    land.count(("Paid late", "Chậm chi trả bồi thường"), ("parties", "chủ sử dụng đất"), |land| {
        land.payments_late
    });
    section.tables.push(land.table(frame.say("Land clearance", "Giải phóng mặt bằng"), frame.say("Land", "Mặt bằng")));
    section
}
