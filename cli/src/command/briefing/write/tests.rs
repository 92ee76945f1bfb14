//! What each writer makes of texts that look like markup, of numbers and dates, of nothing.

use std::io::Cursor;

use calamine::{Data, DataType as _, Reader as _, Xlsx};

use super::Format;
use crate::client::Language;
use crate::command::briefing::document::{Cell, Column, Document, Section, Table};

const NASTY: &str = "a|b\n=1+1 *x* <script>alert('&')</script> [y](z) `c` \\";

fn document(language: Language) -> Document {
    let table = Table {
        sheet: "Bảng: [1]".into(),
        title: "Bảng".into(),
        columns: vec![Column::text("Tên".into()), Column::number("Số".into())],
        rows: vec![
            vec![Cell::Text(NASTY.into()), Cell::number(Some(1234.5), 1)],
            vec![Cell::Text("=HYPERLINK(\"http://x\")".into()), Cell::count(0)],
            vec![Cell::text(None::<String>), Cell::count(None)],
            vec![Cell::Text("00004".into()), Cell::share(Some(0.755))],
            vec![Cell::Blank, Cell::Date("2026-11-22".parse().expect("a day"))],
            vec![Cell::Text("+x".into()), Cell::Moment("2026-11-22T08:30:00".parse().expect("a moment"))],
        ],
        note: Some("Ghi *chú*.".into()),
        ..Table::default()
    };
    let empty =
        Table {
            sheet: "bảng   1 ".into(), title: "Trống".into(), empty: "Không có dòng.".into(), ..Table::default()
        };
    Document {
        language,
        title: "Giao ban <1>".into(),
        made: "2026-11-23T08:00:00".parse().expect("a moment"),
        subtitle: "Tuần 47".into(),
        facts: vec![("Lập".into(), "A & B".into())],
        warnings: vec!["Thiếu".into()],
        sections: vec![Section {
            title: "I. Mục".into(),
            warnings: vec!["Cũ".into()],
            notes: vec!["Đến <hết>".into()],
            tables: vec![table, empty],
        }],
    }
}

fn text(format: Format, language: Language) -> String {
    String::from_utf8(format.write(&document(language)).expect("written")).expect("a text")
}

#[test]
fn markdown_has_no_markup_of_the_data() {
    let expected = r#"# Giao ban \<1\>

**Tuần 47**

- **Lập:** A \& B

> **Lưu ý:** Thiếu

## I. Mục

> **Lưu ý:** Cũ

Đến \<hết\>

### Bảng

| Tên | Số |
| --- | ---: |
| a\|b =1+1 \*x\* \<script\>alert('\&')\</script\> \[y\](z) \`c\` \\ | 1.234,5 |
| =HYPERLINK("http://x") | 0 |
| — | — |
| 00004 | 75,5% |
|  | 22/11/2026 |
| +x | 08:30 ngày 22/11/2026 |

Ghi \*chú\*.

### Trống

Không có dòng.
"#;
    assert_eq!(text(Format::Md, Language::Vietnamese), expected);
}

#[test]
fn a_page_has_no_elements_of_the_data_and_needs_nothing_else() {
    let page = text(Format::Html, Language::English);
    for expected in [
        "<html lang=\"en\">",
        "<title>Giao ban &lt;1&gt; – Tuần 47</title>",
        "<dt>Lập</dt>\n<dd>A &amp; B</dd>",
        "<p class=\"warning\">Thiếu</p>",
        "<p class=\"basis\">Đến &lt;hết&gt;</p>",
        "<td>a|b =1+1 *x* &lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt; [y](z) `c` \\</td>\n<td class=\"number\">1,234.5</td>",
        "<td>—</td>\n<td class=\"number\">—</td>",
        "<td>00004</td>\n<td class=\"number\">75.5%</td>",
        "<td></td>\n<td class=\"number\">22 Nov 2026</td>",
        "<h3>Trống</h3>\n<p>Không có dòng.</p>",
        "@page",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    for absent in ["<script", "src=", "href=", "url(", "@import", "http://www"] {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
}

#[test]
fn a_workbook_has_typed_cells_and_no_formulas() {
    let bytes = Format::Xlsx.write(&document(Language::Vietnamese)).expect("written");
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["Tổng quan", "Bảng   1", "bảng   1 2"]);
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).expect("a sheet").used_cells().next().is_none(), "{name}");
    }
    let range = book.worksheet_range("Bảng   1").expect("a sheet");
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let place = rows.iter().position(|row| row[0] == Data::String("Tên".into())).expect("a header");
    // What is to be known of the table comes before its header.
    let before: Vec<String> = rows[..place].iter().map(|row| row[0].to_string()).collect();
    assert_eq!(before, ["Bảng", "Tuần 47 · I. Mục", "Cũ", "Thiếu", "Đến <hết>", "Ghi *chú*.", ""]);
    let [nasty, formula, missing, code, blank, plus] = &rows[place + 1..] else { panic!("{rows:?}") };
    assert_eq!(nasty[..], [Data::String(NASTY.replace('\n', " ")), Data::Float(1234.5)]);
    assert_eq!(formula[..], [Data::String("=HYPERLINK(\"http://x\")".into()), Data::Float(0.0)]);
    assert_eq!(missing[..], [Data::String("—".into()), Data::String("—".into())]);
    assert_eq!(code[..], [Data::String("00004".into()), Data::Float(0.755)]);
    // 22 November 2026 is the day 46348 of the workbook.
    let time = |data: &Data| data.get_datetime().expect("a time").as_f64();
    assert_eq!((time(&blank[1]), time(&plus[1])), (46348.0, 46348.0 + 8.5 / 24.0));
    let empty = book.worksheet_range("bảng   1 2").expect("a sheet");
    assert!(empty.rows().any(|row| row[0] == Data::String("Không có dòng.".into())));
    let overview = book.worksheet_range("Tổng quan").expect("a sheet");
    assert!(overview.rows().any(|row| row[..2] == [Data::String("Lập".into()), Data::String("A & B".into())]));
}

#[test]
fn the_extension_names_the_format() {
    for (name, format) in [
        ("a.md", Some(Format::Md)),
        ("a.b.HTML", Some(Format::Html)),
        ("x/giao-ban.xlsx", Some(Format::Xlsx)),
        ("a.pdf", None),
        ("md", None),
    ] {
        assert_eq!(Format::of_name(name.as_ref()), format, "{name}");
    }
}
