//! What the catalog of the database says of a kind's table.

use sqlx::{PgConnection, Row};

use super::statements::{Catalog, Check, Unique};
use crate::push::PushKind;

/// Columns that the engine fills.
const FILLED: [&str; 7] = ["id", "source", "external_id", "version", "observed_at", "recorded_at", "deleted_at"];

/// Reads the catalog.
///
/// # Errors
/// The error of the database.
pub async fn read(db: &mut PgConnection, kind: &PushKind) -> Result<Catalog, sqlx::Error> {
    let columns = sqlx::query(
        "SELECT a.attname::text AS name, a.attnotnull AND NOT a.atthasdef AS needed, platform.not_state($1::text::regclass) AS not_state
         FROM pg_attribute AS a
         WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum",
    )
    .bind(kind.table)
    .fetch_all(&mut *db)
    .await?;
    let checks = sqlx::query(
        "SELECT conname::text AS name, pg_get_expr(conbin, conrelid) AS expression,
                (SELECT attname::text FROM pg_attribute AS a WHERE a.attrelid = conrelid AND a.attnum = conkey[1]) AS column
         FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'c' ORDER BY conname",
    )
    .bind(kind.table)
    .fetch_all(&mut *db)
    .await?;
    let uniques = sqlx::query(
        "SELECT c.relname::text AS name, pg_get_expr(i.indpred, i.indrelid) AS predicate,
                ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.place) AS types,
                ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.place) AS columns,
                ARRAY(SELECT pg_get_expr(d.adbin, d.adrelid) FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                      LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> '' ORDER BY k.place) AS generated
         FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
         WHERE i.indrelid = $1::text::regclass AND i.indisunique AND i.indexprs IS NULL ORDER BY c.relname",
    )
    .bind(kind.table)
    .fetch_all(&mut *db)
    .await?;
    let mut catalog = Catalog::default();
    for column in &columns {
        let name: String = column.try_get("name")?;
        let is_filled = FILLED.contains(&name.as_str()) || kind.authors.contains(&name.as_str());
        let is_stated = kind.fields.iter().any(|field| field.column == name && field.field.required);
        if !is_filled && (column.try_get("needed")? || is_stated) {
            catalog.required.push(name.clone());
        }
        catalog.not_state = column.try_get("not_state")?;
        catalog.columns.push(name);
    }
    for check in &checks {
        let (name, expression, column) =
            (check.try_get("name")?, check.try_get("expression")?, check.try_get("column")?);
        catalog.checks.push(Check { name, expression, column });
    }
    for unique in &uniques {
        let columns: Vec<String> = unique.try_get("columns")?;
        let generated: Vec<Option<String>> = unique.try_get("generated")?;
        // Key and identity are found when the record is.
        let is_stated = |column: &String| kind.fields.iter().any(|field| field.column == column);
        let mut each = columns.iter().zip(&generated);
        let is_known = each.all(|(column, generated)| generated.is_some() || is_stated(column));
        if is_known && columns.iter().any(is_stated) && columns != [kind.key.column()] {
            let (name, types, predicate) =
                (unique.try_get("name")?, unique.try_get("types")?, unique.try_get("predicate")?);
            catalog.uniques.push(Unique { name, columns, generated, types, predicate });
        }
    }
    Ok(catalog)
}
