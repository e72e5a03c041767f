//! One TEMP view per kind, named like the kind, with a column per field: what reports and filters read.
//! Made at every open from the kinds the app knows, so a new field needs no migration.

use crate::away::AT_HOME;
use crate::error::{Result, StoreError};
use crate::open::Store;
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};

/// Columns every view has before the fields of its kind.
const COLUMNS: &str = "space, id, title, updated";
/// Names a kind may not have, because a TEMP view would hide the table.
const TABLES: &[&str] = &[
    "own",
    "pack",
    "entry",
    "ruling",
    "draft",
    "mark",
    "document",
    "record",
    "record_search",
    "record_ref",
    "away",
];

/// Makes the views. Errors: `db` for a kind or field whose name is not plain.
pub(crate) fn make(connection: &Connection, kinds: &[(&str, &[&str])]) -> Result<()> {
    for (kind, fields) in kinds {
        if !plain(kind) || TABLES.contains(kind) || !fields.iter().all(|field| plain(field)) {
            return Err(StoreError::Db(format!("the kind {kind} cannot be a view")));
        }
        let mut sql = format!("CREATE TEMP VIEW \"{kind}\" AS SELECT {COLUMNS}");
        for field in *fields {
            sql.push_str(&format!(
                ", json_extract(body, '$.\"{field}\"') AS \"{field}\""
            ));
        }
        sql.push_str(&format!(
            " FROM main.record r WHERE kind = '{kind}' AND deleted IS NULL AND merged_into IS NULL AND {AT_HOME}"
        ));
        connection.execute_batch(&sql)?;
    }
    Ok(())
}

/// Lower-case letters, digits, `_`: safe inside quotes and readable in SQL.
fn plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Store {
    /// Runs one reading statement of the program's own (never text a person typed) over the views and tables.
    /// `values` fill `?1`, `?2` …: null, booleans, numbers and text. Blobs come back as lower-case hex, 16-byte ones as ids.
    ///
    /// Errors: `db` when the statement would write.
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Map<String, Value>>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        if !statement.readonly() {
            return Err(StoreError::Db("only reading is allowed here".into()));
        }
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params_from_iter(values.iter().map(to_sql)))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut line = Map::new();
            for (ix, name) in names.iter().enumerate() {
                line.insert(name.clone(), from_sql(row.get_ref(ix)?));
            }
            found.push(line);
        }
        Ok(found)
    }
}

/// A JSON scalar as SQLite keeps it inside JSON; anything else as its text.
pub(crate) fn to_sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(yes) => Sql::Integer(i64::from(*yes)),
        Value::Number(n) => n
            .as_i64()
            .map_or_else(|| Sql::Real(n.as_f64().unwrap_or(0.0)), Sql::Integer),
        Value::String(text) => Sql::Text(text.clone()),
        other => Sql::Text(other.to_string()),
    }
}

fn from_sql(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::from(n),
        ValueRef::Real(n) => Value::from(n),
        ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => <[u8; 16]>::try_from(bytes).map_or_else(
            |_| Value::from(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()),
            |id| Value::from(toso_domain::id::RecordId::from_bytes(id).to_string()),
        ),
    }
}
