//! Weekly briefings of the operations center: what was decided, and what was left for the next one.

use chrono::{DateTime, NaiveDate, Utc};
use insights::import::BriefingRows;
use insights::{Briefing, Conclusion, OpenPoint};
use schema::sample_id;
use service_kit::record::Meta;

use crate::SYNTHETIC_SOURCE;

/// Text, lead organization, and the last day of the work.
type Decided = (&'static str, &'static str, Option<(i32, u32, u32)>);
/// Period, instant, conclusions and open points.
type Told = (&'static str, &'static str, &'static [Decided], &'static [(&'static str, &'static str)]);

const TOLD: &[Told] = &[
    (
        "2026-W45",
        "2026-11-09T01:00:00Z",
        &[
            (
                "Rà soát các dự án trọng điểm lùi tiến độ, báo cáo nguyên nhân và thời hạn mới của từng dự án.",
                "STC",
                Some((2026, 11, 20)),
            ),
            (
                "Tập trung chi trả bồi thường cho các hộ đã có phương án được phê duyệt, không để quá thời hạn.",
                "SNNMT",
                Some((2026, 11, 30)),
            ),
        ],
        &[("Kết quả khảo sát mức hài lòng của người dân với việc xử lý phản ánh.", "SKHCN")],
    ),
    (
        "2026-W46",
        "2026-11-16T01:00:00Z",
        &[
            (
                "Xử lý dứt điểm các điểm ùn tắc giao thông còn lại; báo cáo kết quả tại kỳ giao ban sau.",
                "SXD",
                Some((2026, 11, 27)),
            ),
            ("Khắc phục các phản ánh quá hạn về trật tự, vệ sinh môi trường.", "CATP", Some((2026, 11, 25))),
        ],
        &[("Phương án bố trí tái định cư của các dự án khởi công trong tháng 12.", "SXD")],
    ),
    (
        "2026-W47",
        "2026-11-23T01:00:00Z",
        &[
            (
                "Hoàn thành giải ngân theo kế hoạch vốn của năm; đơn vị có tỷ lệ thấp giải trình bằng văn bản.",
                "STC",
                Some((2026, 12, 15)),
            ),
            (
                "Đẩy nhanh các nhiệm vụ du lịch đã được gia hạn, không đề nghị gia hạn lần nữa.",
                "SDL",
                Some((2026, 12, 10)),
            ),
        ],
        &[("Các vướng mắc về nguồn gốc đất cần Thành phố cho ý kiến.", "SNNMT")],
    ),
];

/// The briefings that were held by an instant.
pub fn rows(now: DateTime<Utc>) -> Vec<BriefingRows> {
    let held = TOLD.iter().filter_map(|told| Some((told, told.1.parse::<DateTime<Utc>>().ok()?)));
    held.filter(|(_, held_at)| *held_at <= now).map(|(told, held_at)| briefing(told, held_at)).collect()
}

fn briefing((period, _, conclusions, points): &Told, held_at: DateTime<Utc>) -> BriefingRows {
    let id = sample_id("briefing", period);
    let lead = |code: &str| Some(code.to_owned());
    BriefingRows {
        briefing: Briefing {
            meta: Meta::first(id, SYNTHETIC_SOURCE, format!("GB-{period}"), SYNTHETIC_SOURCE, held_at),
            period: (*period).to_owned(),
            title: format!("Giao ban tuần {} năm 2026", period.trim_start_matches("2026-W")),
            held_at,
            closed_at: Some(held_at + chrono::TimeDelta::hours(2)),
        },
        conclusions: (1..)
            .zip(*conclusions)
            .map(|(number, (text, organization, due))| Conclusion {
                id: sample_id("conclusion", &format!("{period}/{number}")),
                briefing_id: id,
                number,
                text: (*text).to_owned(),
                lead_organization_code: lead(organization),
                due_on: due.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day)),
                recorded_by: SYNTHETIC_SOURCE.to_owned(),
                recorded_at: held_at,
            })
            .collect(),
        open_points: (1..)
            .zip(*points)
            .map(|(number, (text, organization))| OpenPoint {
                id: sample_id("open point", &format!("{period}/{number}")),
                briefing_id: id,
                number,
                text: (*text).to_owned(),
                lead_organization_code: lead(organization),
                recorded_by: SYNTHETIC_SOURCE.to_owned(),
                recorded_at: held_at,
            })
            .collect(),
    }
}
