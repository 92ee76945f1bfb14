//! `ioc briefing`: the document has the figures of GraphQL, for who may see them, in both languages and all formats.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use calamine::{Data, DataType as _, Reader as _, Xlsx, open_workbook};
use e2e::{Process, SECRET, credential, run};
use serde_json::{Value, json};
use service_kit::{Principal, Role};
use sqlx::{ConnectOptions, PgPool};

use crate::hanoi::hanoi;

async fn up(pool: &PgPool, data: &Path) -> Result<Process> {
    let url = hanoi(pool).await?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &data.to_string_lossy()];
    Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await
}

fn key(role: Role, areas: &[&str]) -> String {
    let areas = areas.iter().map(|&area| area.to_owned()).collect();
    let principal = Principal { subject: Some("office".into()), roles: vec![role], areas, ..Principal::default() };
    credential(SECRET, &principal)
}

/// Runs the command for the week 47.
async fn briefing(platform: &Process, token: &str, more: &[&str]) -> Result<String> {
    let arguments = [&["briefing", "--period", "2026-W47", "--url", &platform.address], more].concat();
    run(&arguments, &[("IOC_TOKEN", token)]).await
}

/// The cells of a row of a Markdown table.
fn row<'t>(text: &'t str, first: &str) -> Vec<&'t str> {
    let line = text.lines().find(|line| line.starts_with(&format!("| {first} |")));
    let line = line.unwrap_or_else(|| panic!("no {first} in {text}"));
    line.trim_matches('|').split('|').map(str::trim).collect()
}

/// A count as it is written in Vietnamese.
fn vietnamese(count: i64) -> String {
    let digits = count.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(".")
}

#[sqlx::test(migrations = false)]
async fn a_document_has_the_figures_of_graphql_in_both_languages_and_all_formats(pool: PgPool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let platform = up(&pool, folder.path()).await?;
    let operator = key(Role::Ioc, &[]);

    let plain = "{
        week: taskStats(period: \"2026-W47\", asOf: \"2026-11-22\") { totals { total overdue reminders unansweredReminders onTime { value } } }
        before: taskStats(period: \"2026-W46\", asOf: \"2026-11-15\") { totals { total overdue } }
        feedback: feedbackStats(period: \"2026-W47\", asOf: \"2026-11-22\") { totals { received overdue } }
        land: clearanceStats(asOf: \"2026-11-22\") { totals { parcels } }
        alerts(asOf: \"2026-11-22\") { totalCount }
    }";
    let plain = platform.ask(plain, Value::Null, Some(&operator)).await?.data();
    let number =
        |path: &str| plain.pointer(path).and_then(Value::as_i64).unwrap_or_else(|| panic!("{path} in {plain}"));
    let stored: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM feedback.feedback WHERE deleted_at IS NULL \
         AND submitted_at >= '2026-11-16 00:00+07' AND submitted_at < '2026-11-23 00:00+07'",
    )
    .fetch_one(&pool)
    .await?;
    assert_eq!(number("/feedback/totals/received"), stored);

    let text = briefing(&platform, &operator, &["--author", "Văn phòng | UBND"]).await?;
    assert!(text.starts_with(
        "# Báo cáo tổng hợp phục vụ giao ban – Thành phố Hà Nội\n\n**Tuần 47 năm 2026 (16/11/2026 đến 22/11/2026)**"
    ));
    assert!(text.contains("- **Người lập:** Văn phòng \\| UBND\n"), "{text}");
    assert!(text.contains("- **Nguồn dữ liệu im lặng:** không có\n"), "{text}");
    for (first, now, before) in [
        ("Tổng số nhiệm vụ trong kỳ", "/week/totals/total", "/before/totals/total"),
        ("Quá hạn", "/week/totals/overdue", "/before/totals/overdue"),
    ] {
        assert_eq!(
            row(&text, first)[1..4],
            ["nhiệm vụ", &vietnamese(number(now)), &vietnamese(number(before))],
            "{first}"
        );
    }
    assert_eq!(
        row(&text, "Văn bản đôn đốc chưa được trả lời")[2],
        vietnamese(number("/week/totals/unansweredReminders"))
    );
    assert_eq!(row(&text, "Tiếp nhận trong kỳ")[2], vietnamese(stored));
    assert_eq!(row(&text, "Tổng số thửa đất phải thu hồi")[2], vietnamese(number("/land/totals/parcels")));
    // Nothing was due in the week, so there is no rate; it is not 0.
    assert!(plain["week"]["totals"]["onTime"]["value"].is_null(), "{plain}");
    assert_eq!(row(&text, "Tỷ lệ đúng hạn theo thời hạn hiện hành")[2], "—");
    assert!(text.contains("Hoàn thành giải ngân theo kế hoạch vốn của năm"), "{text}");
    assert!(
        text.contains("### Kết luận của kỳ giao ban trước")
            && text.contains("Xử lý dứt điểm các điểm ùn tắc giao thông")
    );
    let code =
        |word: &str| word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') && word.contains('_');
    let codes: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| code(word)).collect();
    assert!(codes.is_empty(), "{codes:?}");

    let english = briefing(&platform, &operator, &["--language", "en"]).await?;
    assert_eq!(row(&english, "Overdue")[1..3], ["tasks", &number("/week/totals/overdue").to_string()]);
    let alerts = format!("on records that the credential may see: {}.", number("/alerts/totalCount"));
    assert!(
        english.contains("**Week 47 of 2026 (16 Nov 2026 to 22 Nov 2026)**") && english.contains(&alerts),
        "{english}"
    );

    for (language, period) in [("vi", "Tuần 47 năm 2026"), ("en", "Week 47 of 2026")] {
        let page = folder.path().join(format!("{language}.html"));
        briefing(&platform, &operator, &["--language", language, "--out", &page.to_string_lossy()]).await?;
        let page = std::fs::read_to_string(page)?;
        assert!(
            page.starts_with("<!DOCTYPE html>")
                && page.contains(&format!("<html lang=\"{language}\">"))
                && page.contains(period)
        );

        let book = folder.path().join(format!("{language}.xlsx"));
        briefing(&platform, &operator, &["--language", language, "--out", &book.to_string_lossy()]).await?;
        let mut book: Xlsx<_> = open_workbook(book)?;
        let (sheet, overdue) = if language == "vi" { ("Nhiệm vụ", "Quá hạn") } else { ("Tasks", "Overdue") };
        let range = book.worksheet_range(sheet)?;
        let found = range.rows().find(|row| row[0] == Data::String(overdue.into())).expect("a row");
        assert_eq!(found[2].as_i64(), Some(number("/week/totals/overdue")), "{found:?}");
        for name in book.sheet_names() {
            assert!(book.worksheet_formula(&name)?.used_cells().next().is_none(), "{name} has formulas");
        }
    }
    Ok(())
}

/// All changes since the begin of the week, counted by the day on which they happened.
async fn changes_of_the_week(platform: &Process, token: &str) -> Result<(i64, BTreeSet<String>)> {
    let query =
        "query($after: String) { changesSince(instant: \"2026-11-15T16:59:59.999999Z\", first: 500, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { at dataset kind code } } }";
    let (mut count, mut slipped, mut after) = (0, BTreeSet::new(), Value::Null);
    loop {
        let answer = platform.ask(query, json!({ "after": after }), Some(token)).await?.data();
        let page = &answer["changesSince"];
        for change in page["nodes"].as_array().expect("nodes") {
            let text = |field: &str| change[field].as_str().unwrap_or_default();
            let at: chrono::DateTime<chrono::Utc> = text("at").parse()?;
            if at >= "2026-11-22T17:00:00Z".parse::<chrono::DateTime<chrono::Utc>>()? {
                continue;
            }
            count += i64::from(text("dataset") == "FEEDBACK" && text("kind") == "MOVED");
            if text("dataset") == "TASKS" && text("kind") == "SLIPPED" {
                slipped.insert(text("code").to_owned());
            }
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok((count, slipped));
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[sqlx::test(migrations = false)]
async fn changes_are_those_of_the_period_and_a_key_shows_what_its_holder_may_see(pool: PgPool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let platform = up(&pool, folder.path()).await?;
    let operator = key(Role::Ioc, &[]);

    let text = briefing(&platform, &operator, &[]).await?;
    let (moved, slipped) = changes_of_the_week(&platform, &operator).await?;
    assert!(moved > 0 && !slipped.is_empty());
    assert_eq!(row(&text, "Phản ánh, kiến nghị")[2], vietnamese(moved));
    let told: BTreeSet<String> = text
        .lines()
        .filter(|line| line.contains("| Nhiệm vụ | Lùi thời hạn |"))
        .map(|line| line.split('|').nth(4).unwrap_or_default().trim().to_owned())
        .collect();
    assert_eq!(told, slipped);

    sqlx::raw_sql(
        "UPDATE platform.source SET cadence_hours = 1, name = 'Kho | bạc' WHERE code = 'sample';
         UPDATE platform.source_kind SET last_receipt_at = last_receipt_at - interval '2 days' WHERE source = 'sample'",
    )
    .execute(&pool)
    .await?;
    let text = briefing(&platform, &operator, &[]).await?;
    assert!(text.contains("- **Nguồn dữ liệu im lặng:** Kho \\| bạc (lần gửi gần nhất: "), "{text}");
    assert!(text.contains("> **Lưu ý:** Số liệu có thể đã cũ; nguồn dữ liệu im lặng: Kho \\| bạc"), "{text}");

    // A ward sees its own tasks, no briefings and no list of sources; the measures are those of the city.
    let ward = key(Role::Ward, &["00004"]);
    let own = briefing(&platform, &ward, &[]).await?;
    assert_eq!(row(&own, "Quá hạn"), row(&text, "Quá hạn"));
    for expected in [
        "> **Lưu ý:** Không thể hiện: kết luận giao ban và nội dung chuyển kỳ sau; các kỳ giao ban trước; nguồn dữ liệu. Khóa dùng để lập không có quyền xem.",
        "phường, xã; địa bàn: Phường Ba Đình",
        "- **Nguồn dữ liệu im lặng:** sample (lần gửi gần nhất: ",
        "Danh sách ít hơn chỉ số tổng hợp: khóa không được quyền xem các nhiệm vụ còn lại.",
    ] {
        assert!(own.contains(expected), "{expected} in {own}");
    }
    assert!(!own.contains("Hoàn thành giải ngân theo kế hoạch vốn") && own.len() < text.len());
    Ok(())
}

#[sqlx::test(migrator = "migrations::MIGRATOR")]
async fn bad_input_is_refused_with_what_is_accepted_and_writes_nothing(pool: PgPool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let url = pool.connect_options().to_url_lossy().to_string();
    let arguments = ["up", "--listen", "127.0.0.1:0", "--data-dir", &folder.path().to_string_lossy()];
    let platform = Process::start(&arguments, &[("DATABASE_URL", &url), ("IOC_SECRET", SECRET)]).await?;
    let out = folder.path().join("out.md");
    let file = out.to_string_lossy();
    let address = platform.address.as_str();
    for (arguments, token, expected) in [
        (vec!["--period", "2026-W60", "--url", address], "x", "2026 has no ISO week 60; accepted: W01 to W53"),
        (vec!["--period", "2026-W47", "--url", address, "--format", "doc"], "x", "[possible values: md, html, xlsx]"),
        (vec!["--period", "2990-W01", "--url", address], "x", "accepted: a period that has begun"),
        (vec!["--period", "2026-W47", "--url", address], "wrong", "UNAUTHENTICATED"),
        (vec!["--period", "2026-W47", "--url", "http://127.0.0.1:9"], "x", "no answer from http://127.0.0.1:9"),
    ] {
        let arguments = [&["briefing", "--out", &file], &arguments[..]].concat();
        let said = run(&arguments, &[("IOC_TOKEN", token)]).await.expect_err("refused").to_string();
        assert!(said.contains(expected), "{expected} in {said}");
        assert!(!out.exists());
    }
    Ok(())
}
