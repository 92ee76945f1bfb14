//! Tables with columns of their own, which their first line shows.

use std::io::Read;

/// Media type of SDMX-CSV 2.0.
const SDMX: &str = "application/vnd.sdmx.data+csv; version=2.0.0";

/// Longest beginning of a file that is looked at, in bytes.
const HEAD: u64 = 4 << 10;

/// The media type that the first line of a CSV shows, if it is not a table of the fields of a kind.
pub fn media_type(content: impl Read) -> Option<&'static str> {
    let mut head = Vec::new();
    // What cannot be read or decompressed is told by the server.
    let _ = content.take(HEAD).read_to_end(&mut head);
    let text = String::from_utf8_lossy(&head);
    let line = text.trim_start_matches('\u{feff}').lines().next()?;
    let cells: Vec<&str> = line.split([',', ';', '\t', '|']).map(|cell| cell.trim().trim_matches('"')).collect();
    // A file of failed rows has its reasons before the other columns.
    let place = cells.iter().take(2).position(|cell| *cell == "STRUCTURE" || cell.starts_with("STRUCTURE["))?;
    cells[place..].contains(&"STRUCTURE_ID").then_some(SDMX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sdmx_is_known_by_its_first_line() {
        for head in [
            "STRUCTURE,STRUCTURE_ID,ACTION,FREQ\n",
            "STRUCTURE[;],STRUCTURE_ID,ACTION,FREQ\r\ndataflow",
            "\u{feff}STRUCTURE;STRUCTURE_ID;ACTION",
            "\u{feff}\"Lỗi / Errors\",STRUCTURE[;],STRUCTURE_ID,ACTION",
        ] {
            assert_eq!(media_type(head.as_bytes()), Some(SDMX), "{head}");
        }
        for head in [
            "",
            "externalId,indicator,area\n",
            "STRUCTURE,name\n",
            "STRUCTURED,STRUCTURE_ID\n",
            "a,b,STRUCTURE,STRUCTURE_ID",
        ] {
            assert_eq!(media_type(head.as_bytes()), None, "{head}");
        }
    }
}
