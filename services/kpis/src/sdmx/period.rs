//! Periods in SDMX.

/// Frequencies with their codes and names in English and in Vietnamese.
pub const FREQUENCIES: [(&str, &str, &str); 3] =
    [("A", "Annual", "Năm"), ("Q", "Quarterly", "Quý"), ("M", "Monthly", "Tháng")];

/// The code of the frequency of a period of the platform.
pub fn frequency(period: &str) -> &'static str {
    match period.len() {
        4 => "A",
        _ if period.contains('Q') => "Q",
        _ => "M",
    }
}

/// The period of the platform that a period of SDMX means: `2026` or `2026-A1`, `2026-Q1`, `2026-03` or `2026-M03`.
pub fn period(text: &str) -> Option<String> {
    let (year, rest) = text.split_at_checked(4)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) || year == "0000" {
        return None;
    }
    let month = rest.strip_prefix("-M").or_else(|| rest.strip_prefix('-'));
    match (rest, month) {
        ("" | "-A1", _) => Some(year.to_owned()),
        ("-Q1" | "-Q2" | "-Q3" | "-Q4", _) => Some(text.to_owned()),
        (_, Some(month)) => {
            let is_month = month.len() == 2 && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
            (is_month && !month.starts_with('+')).then(|| format!("{year}-{month}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_in_both_spellings() {
        for (text, read, code) in [
            ("2026", "2026", "A"),
            ("2026-A1", "2026", "A"),
            ("2026-Q4", "2026-Q4", "Q"),
            ("2026-03", "2026-03", "M"),
            ("2026-M12", "2026-12", "M"),
        ] {
            assert_eq!(period(text).as_deref(), Some(read), "{text}");
            assert_eq!(frequency(read), code, "{text}");
        }
        for wrong in [
            "", "26", "2026-", "2026-Q5", "2026-Q", "2026-13", "2026-00", "2026-M3", "2026-+3", "2026-W10", "2026-S1",
            "0000", "năm2026",
        ] {
            assert_eq!(period(wrong), None, "{wrong}");
        }
    }
}
