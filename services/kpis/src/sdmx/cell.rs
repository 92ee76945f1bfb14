//! Cells of a CSV (RFC 4180).

/// Adds a cell to a line.
pub fn push(line: &mut String, cell: &str) {
    let is_plain = !cell.contains([',', '"', '\n', '\r']) && cell.trim() == cell;
    if is_plain {
        line.push_str(cell);
    } else {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    }
}

/// A line of cells.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        push(&mut line, cell);
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(
            line(["tỷ đồng", "", "E;B", "a,b", "say \"x\"", "two\nlines", " edge"]),
            "tỷ đồng,,E;B,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\" edge\"\r\n"
        );
    }
}
