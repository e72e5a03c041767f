//! Names of records and spaces: UUIDs, wrapped so that one is never passed for the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From 16 bytes, any value.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Version 7: 48 bits of `millis` (Unix, shows when it was made; fine here) and the given random bytes.
            #[must_use]
            pub fn v7(millis: i64, random: [u8; 10]) -> Self {
                let millis = u64::try_from(millis).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// Version 5 of a natural key, so that two creators meet in one document.
            #[must_use]
            pub fn v5(namespace: &RecordId, name: &str) -> Self {
                Self(Uuid::new_v5(&namespace.0, name.as_bytes()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text.trim()).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    };
}

id!(
    /// Names one record. With its space it names one document.
    RecordId
);
id!(
    /// Names one space; equal to the id of its `team` or `unit` record.
    SpaceId
);

impl From<RecordId> for SpaceId {
    fn from(record: RecordId) -> Self {
        Self(record.0)
    }
}

impl From<SpaceId> for RecordId {
    fn from(space: SpaceId) -> Self {
        Self(space.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_bytes() {
        let id = RecordId::v7(1_790_000_000_000, [7; 10]);
        assert_eq!(id.to_string().parse::<RecordId>().unwrap(), id);
        assert_eq!(RecordId::from_bytes(*id.as_bytes()), id);
        assert_eq!(SpaceId::from(id).to_string(), id.to_string());
    }

    #[test]
    fn two_creators_of_one_natural_key_meet() {
        let team = RecordId::v7(1, [1; 10]);
        assert_eq!(RecordId::v5(&team, "Páo"), RecordId::v5(&team, "Páo"));
        assert_ne!(RecordId::v5(&team, "Páo"), RecordId::v5(&team, "Lan"));
    }
}
