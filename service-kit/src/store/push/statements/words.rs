//! `CHECK` constraints in words, so that who pushes reads what is accepted and not the database's condition.

use tabular::Words;

/// What a condition accepts, PostgreSQL writes it (`pg_get_expr`), if it has one of the general forms. `field` gives the
/// name of a column's field. A condition of another form needs a refusal of the kind.
pub fn words(expression: &str, field: impl Fn(&str) -> String) -> Option<Words> {
    let expression = bare(expression);
    if let Some(column) = call(expression, "platform.is_code_set") {
        return is_name(column)
            .then(|| Words::new("a list in which each value stands once", "danh sách không lặp giá trị"));
    }
    one_of(expression)
        .or_else(|| range(expression))
        .or_else(|| columns(expression, &field))
        .or_else(|| implied(expression, &field))
        .or_else(|| both_or_neither(expression, &field))
}

/// `kind = ANY (ARRAY['A'::text, 'B'::text])`
fn one_of(expression: &str) -> Option<Words> {
    let (column, list) = expression.split_once(" = ANY (ARRAY[")?;
    let values: Option<Vec<&str>> = list.strip_suffix("])")?.split(", ").map(text).collect();
    is_name(column).then_some(())?;
    let values = values?.join(", ");
    Some(Words::new(values.clone(), values))
}

/// Bounds on one number or on the length of one text: `(share > (0)::numeric) AND (share <= (1)::numeric)`
fn range(expression: &str) -> Option<Words> {
    let bounds: Option<Vec<(&str, &str, &str)>> = parts(expression, " AND ").into_iter().map(bound).collect();
    let bounds = bounds?;
    let (subject, ..) = *bounds.first()?;
    bounds.iter().all(|(other, ..)| *other == subject).then_some(())?;
    let of = |wanted: &str| bounds.iter().find(|(_, sign, _)| *sign == wanted).map(|(.., number)| *number);
    let (unit_en, unit_vi) = if call(subject, "length").is_some() { (" characters", " ký tự") } else { ("", "") };
    let (en, vi) = match (of(">="), of(">"), of("<="), of("<"), of("<>")) {
        (Some(least), None, Some(most), None, None) => (format!("{least} to {most}"), format!("từ {least} đến {most}")),
        (None, Some(over), Some(most), None, None) => {
            (format!("more than {over}, up to {most}"), format!("lớn hơn {over}, không quá {most}"))
        }
        (Some(least), None, None, Some(under), None) => {
            (format!("{least} or more, less than {under}"), format!("từ {least}, nhỏ hơn {under}"))
        }
        (Some(least), None, None, None, None) => (format!("{least} or more"), format!("từ {least} trở lên")),
        (None, Some(over), None, None, None) => (format!("more than {over}"), format!("lớn hơn {over}")),
        (None, None, Some(most), None, None) => (format!("up to {most}"), format!("không quá {most}")),
        (None, None, None, Some(under), None) => (format!("less than {under}"), format!("nhỏ hơn {under}")),
        (None, None, None, None, Some(not)) => (format!("a number other than {not}"), format!("số khác {not}")),
        _ => return None,
    };
    Some(Words::new(en + unit_en, vi + unit_vi))
}

/// Two columns: `valid_to > valid_from`
fn columns(expression: &str, field: &impl Fn(&str) -> String) -> Option<Words> {
    let (left, sign, right) = compared(expression)?;
    (is_name(left) && is_name(right)).then_some(())?;
    let (left, right) = (field(left), field(right));
    let (en, vi) = match sign {
        ">" => ("after", "sau"),
        ">=" => ("not before", "không trước"),
        "<" => ("before", "trước"),
        "<=" => ("not after", "không sau"),
        "<>" => ("other than", "khác"),
        _ => return None,
    };
    Some(Words::new(format!("`{left}` {en} `{right}`"), format!("`{left}` {vi} `{right}`")))
}

/// `(answered_by IS NULL) OR (answered_on IS NOT NULL)`, `(status <> 'REJECTED'::text) OR (reason IS NOT NULL)`
fn implied(expression: &str, field: &impl Fn(&str) -> String) -> Option<Words> {
    let [without, then] = parts(expression, " OR ")[..] else { return None };
    let needed = field(name(then.strip_suffix(" IS NOT NULL")?)?);
    if let Some(stated) = without.strip_suffix(" IS NULL") {
        let stated = field(name(stated)?);
        let en = format!("with `{stated}` also `{needed}`");
        return Some(Words::new(en, format!("có `{stated}` thì phải có `{needed}`")));
    }
    let (column, sign, value) = compared(without)?;
    let (column, value) = (field(name(column)?), text(value)?);
    (sign == "<>").then_some(())?;
    let en = format!("with `{column}` {value} also `{needed}`");
    Some(Words::new(en, format!("`{column}` là {value} thì phải có `{needed}`")))
}

/// `(status = 'MERGED'::text) = (primary_code IS NOT NULL)`
fn both_or_neither(expression: &str, field: &impl Fn(&str) -> String) -> Option<Words> {
    let (left, right) = expression.split_once(") = (")?;
    let (column, sign, value) = compared(left.strip_prefix('(')?)?;
    let needed = field(name(right.strip_suffix(" IS NOT NULL)")?)?);
    let (column, value) = (field(name(column)?), text(value)?);
    (sign == "=").then_some(())?;
    let en = format!("`{needed}` when `{column}` is {value}, and only then");
    Some(Words::new(en, format!("có `{needed}` khi và chỉ khi `{column}` là {value}")))
}

/// A subject, a sign and a number.
fn bound(expression: &str) -> Option<(&str, &str, &str)> {
    let (subject, sign, number) = compared(expression)?;
    (is_name(subject) || call(subject, "length").is_some_and(is_name)).then_some(())?;
    let number = value(number);
    number.parse::<f64>().is_ok().then_some((subject, sign, number))
}

fn compared(expression: &str) -> Option<(&str, &str, &str)> {
    [" >= ", " <= ", " <> ", " > ", " < ", " = "].into_iter().find_map(|sign| {
        let (left, right) = expression.split_once(sign)?;
        Some((left, sign.trim(), right))
    })
}

/// The parts of a chain of one operator, without their brackets; the whole when there is one part.
fn parts<'a>(expression: &'a str, operator: &str) -> Vec<&'a str> {
    expression.split(operator).map(bare).collect()
}

/// The argument of a function.
fn call<'a>(expression: &'a str, function: &str) -> Option<&'a str> {
    expression.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
}

/// Without the brackets around the whole.
fn bare(expression: &str) -> &str {
    let mut expression = expression.trim();
    while let Some(inner) = expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        let mut depth = 0_i32;
        let is_whole = inner.chars().all(|one| {
            depth += i32::from(one == '(') - i32::from(one == ')');
            depth >= 0
        });
        if !is_whole {
            break;
        }
        expression = inner.trim();
    }
    expression
}

/// The value of a literal without brackets, casts and quotes: of `('-90'::integer)::double precision` it is `-90`.
fn value(mut literal: &str) -> &str {
    loop {
        let inner = bare(literal);
        let inner = inner.rsplit_once("::").map_or(inner, |(inner, _)| inner);
        if inner == literal {
            return literal.trim_matches('\'');
        }
        literal = inner;
    }
}

/// The value of a literal that is a word.
fn text(literal: &str) -> Option<&str> {
    let value = value(literal);
    (!value.is_empty() && value.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_'))
        .then_some(value)
}

fn name(expression: &str) -> Option<&str> {
    is_name(expression).then_some(expression)
}

fn is_name(expression: &str) -> bool {
    expression.starts_with(|one: char| one.is_ascii_lowercase())
        && expression.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_general_forms_have_words() {
        for (expression, en, vi) in [
            ("(area > (0)::numeric)", "more than 0", "lớn hơn 0"),
            ("(graves > 0)", "more than 0", "lớn hơn 0"),
            ("(amount >= (0)::numeric)", "0 or more", "từ 0 trở lên"),
            ("(amount <> (0)::numeric)", "a number other than 0", "số khác 0"),
            ("((share > (0)::numeric) AND (share <= (1)::numeric))", "more than 0, up to 1", "lớn hơn 0, không quá 1"),
            ("((c >= 0.1) AND (c <= (10)::numeric))", "0.1 to 10", "từ 0.1 đến 10"),
            (
                "((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))",
                "-90 to 90",
                "từ -90 đến 90",
            ),
            ("((length(note) >= 1) AND (length(note) <= 4000))", "1 to 4000 characters", "từ 1 đến 4000 ký tự"),
            ("(length(uri) <= 2000)", "up to 2000 characters", "không quá 2000 ký tự"),
            ("(kind = ANY (ARRAY['CITY'::text, 'WARD'::text]))", "CITY, WARD", "CITY, WARD"),
            ("platform.is_code_set(codes)", "a list in which each value stands once", "danh sách không lặp giá trị"),
            ("(valid_to > valid_from)", "`VALID_TO` after `VALID_FROM`", "`VALID_TO` sau `VALID_FROM`"),
            ("(parent_code <> code)", "`PARENT_CODE` other than `CODE`", "`PARENT_CODE` khác `CODE`"),
            ("((by IS NULL) OR (day IS NOT NULL))", "with `BY` also `DAY`", "có `BY` thì phải có `DAY`"),
            (
                "((status <> 'REJECTED'::text) OR (reason IS NOT NULL))",
                "with `STATUS` REJECTED also `REASON`",
                "`STATUS` là REJECTED thì phải có `REASON`",
            ),
            (
                "((status = 'MERGED'::text) = (primary_code IS NOT NULL))",
                "`PRIMARY_CODE` when `STATUS` is MERGED, and only then",
                "có `PRIMARY_CODE` khi và chỉ khi `STATUS` là MERGED",
            ),
        ] {
            assert_eq!(words(expression, str::to_uppercase), Some(Words::new(en, vi)), "{expression}");
        }
        for expression in
            ["(code ~ '^[0-9]{5}$'::text)", "(a OR b)", "((x > 0) AND (y < 1))", "kpis.has_begun(period, at)"]
        {
            assert_eq!(words(expression, str::to_uppercase), None, "{expression}");
        }
    }
}
