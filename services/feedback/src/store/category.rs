//! Categories and their attributes.

use std::collections::HashMap;

use service_kit::{BatchSource, Problem, Reader};
use sqlx::{PgExecutor, QueryBuilder};

use crate::model::{Category, CategoryAttribute};

/// Reads the categories: all, or those that are active.
///
/// # Errors
/// The problem of the statement.
pub async fn all(db: impl PgExecutor<'_>, active: bool) -> Result<Vec<Category>, Problem> {
    let sql = "SELECT c.* FROM feedback.category AS c WHERE c.is_active OR NOT $1 ORDER BY c.group_name, c.code";
    Ok(sqlx::query_as(sql).bind(active).fetch_all(db).await?)
}

/// Reads the attributes of a category, in their order.
///
/// # Errors
/// The problem of the statement.
pub async fn attributes(db: impl PgExecutor<'_>, category: &str) -> Result<Vec<CategoryAttribute>, Problem> {
    let sql = "SELECT a.* FROM feedback.category_attribute AS a WHERE a.category_code = $1 ORDER BY a.ordinal, a.code";
    Ok(sqlx::query_as(sql).bind(category).fetch_all(db).await?)
}

/// Codes of the categories in which something is asked.
///
/// # Errors
/// The problem of the statement.
pub async fn asking(db: impl PgExecutor<'_>) -> Result<Vec<String>, Problem> {
    Ok(sqlx::query_scalar("SELECT DISTINCT category_code FROM feedback.category_attribute").fetch_all(db).await?)
}

/// Bottleneck of the city that a category belongs to, if any.
///
/// # Errors
/// The problem of the statement.
pub async fn bottleneck(db: impl PgExecutor<'_>, category: &str) -> Result<Option<String>, Problem> {
    let sql = "SELECT c.bottleneck_code FROM feedback.category AS c JOIN directory.published_bottleneck AS b ON b.code = c.bottleneck_code WHERE c.code = $1";
    Ok(sqlx::query_scalar(sql).bind(category).fetch_optional(db).await?)
}

/// Loads categories by their codes.
#[derive(Debug)]
pub struct CategoryByCode(pub Reader);

impl BatchSource for CategoryByCode {
    type Key = String;
    type Value = Category;

    async fn load(&self, codes: Vec<String>) -> Result<HashMap<String, Category>, Problem> {
        let sql = "SELECT c.* FROM feedback.category AS c WHERE c.code = ANY($1)";
        let rows: Vec<Category> = sqlx::query_as(sql).bind(codes).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
    }
}

/// Loads the attributes of categories.
#[derive(Debug)]
pub struct AttributesOf(pub Reader);

impl BatchSource for AttributesOf {
    type Key = String;
    type Value = Vec<CategoryAttribute>;

    async fn load(&self, codes: Vec<String>) -> Result<HashMap<String, Vec<CategoryAttribute>>, Problem> {
        let mut sql =
            QueryBuilder::new("SELECT a.* FROM feedback.category_attribute AS a WHERE a.category_code = ANY(");
        sql.push_bind(codes).push(") ORDER BY a.category_code, a.ordinal, a.code");
        let mut found: HashMap<String, Vec<CategoryAttribute>> = HashMap::new();
        for row in sql.build_query_as::<CategoryAttribute>().fetch_all(&self.0).await? {
            found.entry(row.category_code.clone()).or_default().push(row);
        }
        Ok(found)
    }
}
