//! Flags of observations as codes of SDMX's status of an observation (`CL_OBS_STATUS`).

use super::component::BETWEEN;
use crate::model::{ObservationFlag, ObservationStatus};

/// The code of a flag.
pub const fn code(flag: ObservationFlag) -> &'static str {
    match flag {
        ObservationFlag::Normal => "A",
        ObservationFlag::Provisional => "P",
        ObservationFlag::Estimated => "E",
        ObservationFlag::Forecast => "F",
        ObservationFlag::Missing => "O",
        ObservationFlag::Suppressed => "Q",
        ObservationFlag::Break => "B",
    }
}

/// The name of a flag in English and in Vietnamese.
pub const fn name(flag: ObservationFlag) -> (&'static str, &'static str) {
    match flag {
        ObservationFlag::Normal => ("Normal value", "Chính thức"),
        ObservationFlag::Provisional => ("Provisional value", "Sơ bộ"),
        ObservationFlag::Estimated => ("Estimated value", "Ước tính"),
        ObservationFlag::Forecast => ("Forecast value", "Dự báo"),
        ObservationFlag::Missing => ("Missing value", "Không có số liệu"),
        ObservationFlag::Suppressed => ("Missing value; suppressed", "Không công bố"),
        ObservationFlag::Break => ("Time series break", "Đứt chuỗi số liệu"),
    }
}

/// The name of a state of publication in English and in Vietnamese.
pub const fn state(status: ObservationStatus) -> (&'static str, &'static str) {
    match status {
        ObservationStatus::Draft => ("Draft", "Dự thảo"),
        ObservationStatus::Submitted => ("Submitted", "Đã trình"),
        ObservationStatus::Verified => ("Verified", "Đã thẩm định"),
        ObservationStatus::Published => ("Published", "Đã công bố"),
        ObservationStatus::Withdrawn => ("Withdrawn", "Đã rút"),
    }
}

/// The codes of flags, as a cell.
pub fn codes(flags: &[ObservationFlag]) -> String {
    let codes: Vec<&str> = flags.iter().map(|flag| code(*flag)).collect();
    codes.join(&BETWEEN.to_string())
}

/// The flags of a cell; the first code that is none.
pub fn flags(cell: &str) -> Result<Vec<ObservationFlag>, &str> {
    let mut found = Vec::new();
    for text in cell.split(BETWEEN).map(str::trim) {
        let flag = ObservationFlag::ALL.iter().copied().find(|flag| code(*flag) == text).ok_or(text)?;
        if !found.contains(&flag) {
            found.push(flag);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_a_code_of_its_own() {
        for flag in ObservationFlag::ALL {
            assert_eq!(flags(code(*flag)), Ok(vec![*flag]));
        }
        assert_eq!(flags("P; B;P"), Ok(vec![ObservationFlag::Provisional, ObservationFlag::Break]));
        assert_eq!(codes(&[ObservationFlag::Estimated, ObservationFlag::Break]), "E;B");
        // M says that a value cannot exist, which no observation of the platform says.
        assert_eq!(flags("A;M"), Err("M"));
        assert_eq!(flags("A;"), Err(""));
    }
}
