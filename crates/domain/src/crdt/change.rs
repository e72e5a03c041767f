//! Changes, operations and values in our own words: what the rest of the product sees of the library.

use crate::prescan::Caps;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// Longest text of one field, in bytes of UTF-8.
pub const MAX_TEXT: usize = 16 * 1024;
/// Longest byte string of one field.
pub const MAX_BYTES: usize = 64;
/// Unix seconds of the last second of the year 9999: no change is written later. Far times overflow the differences in
/// which the library stores them, and the record could then not be saved by anybody.
pub const MAX_TIME: i64 = 253_402_300_799;

macro_rules! hex_name {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Reads what is shown; `None` when it is not one.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut bytes = [0; $len];
                if text.len() != 2 * $len || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return None;
                }
                for (at, byte) in bytes.iter_mut().enumerate() {
                    let pair = text.get(2 * at..2 * at + 2)?;
                    *byte = u8::from_str_radix(pair, 16).ok()?;
                }
                Some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hex_name!(
    /// Names one change: SHA-256 of its type byte, length and body. Shown as lower hex.
    ChangeHash,
    32
);
hex_name!(
    /// Names the writer of changes: one device in one space in one epoch. Shown as lower hex.
    Actor,
    16
);

/// Why foreign bytes, or an own write, were not taken. The code is stable and safe to show and log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{code}")]
pub struct Refusal {
    /// One of `size`, `bomb`, `malformed`, `canonical`, `shape`, `dep`, `start_op`, `seq`, `actor`, `pred`, `kind`,
    /// `role`, `key`, `panic`, `apply`.
    pub code: &'static str,
}

impl Refusal {
    pub(crate) const fn new(code: &'static str) -> Self {
        Self { code }
    }
}

/// The value of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Answered with nothing; not the same as a missing key.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number, also a date or a count.
    Int(i64),
    /// A measured number; finite in every accepted change.
    Float(f64),
    /// Any text, at most [`MAX_TEXT`] bytes.
    Text(String),
    /// At most [`MAX_BYTES`] bytes, such as a salt.
    Bytes(Vec<u8>),
}

impl Scalar {
    /// As JSON: bytes become lower hex text, a float that is not finite becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Bytes(value) => value
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into(),
        }
    }

    /// From JSON; `None` for an array, an object, or a whole number outside 64 signed bits. Text never becomes bytes.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::Null => Some(Self::Null),
            serde_json::Value::Bool(value) => Some(Self::Bool(*value)),
            serde_json::Value::Number(value) if value.is_u64() || value.is_i64() => {
                value.as_i64().map(Self::Int)
            }
            serde_json::Value::Number(value) => value.as_f64().map(Self::Float),
            serde_json::Value::String(value) => Some(Self::Text(value.clone())),
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
        }
    }

    /// Appends a form in which two values are equal exactly when their bytes are.
    pub(crate) fn hash_into(&self, out: &mut Sha256) {
        let mut field = |tag: u8, bytes: &[u8]| {
            out.update([tag]);
            out.update((bytes.len() as u64).to_be_bytes());
            out.update(bytes);
        };
        match self {
            Self::Null => field(0, &[]),
            Self::Bool(value) => field(1, &[u8::from(*value)]),
            Self::Int(value) => field(2, &value.to_be_bytes()),
            Self::Float(value) => field(3, &value.to_bits().to_be_bytes()),
            Self::Text(value) => field(4, value.as_bytes()),
            Self::Bytes(value) => field(5, value),
        }
    }
}

/// What a save changes: key to new value, `None` removes the key.
pub type Patch = BTreeMap<String, Option<Scalar>>;

/// Names one operation: its place in the document's count and who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    /// From 1, greater than that of every operation its writer had seen.
    pub counter: u64,
    /// Who wrote it.
    pub actor: Actor,
}

/// One write of one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// The field.
    pub key: String,
    /// The new value; `None` removes the key.
    pub write: Option<Scalar>,
    /// The versions of this key it takes the place of.
    pub pred: Vec<OpId>,
}

/// One change of one document, checked for form but not yet against any history.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its name.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Its place among that actor's changes of this document, from 1.
    pub seq: u64,
    /// Counter of its first operation; the others follow without gaps.
    pub start_op: u64,
    /// The changes it was written upon.
    pub deps: Vec<ChangeHash>,
    /// Unix seconds by the author's clock, 1970 to 9999, to be shown only.
    pub time: i64,
    /// Its operations, at least one.
    pub ops: Vec<Op>,
    /// The bytes it travels and is kept as.
    pub raw: Vec<u8>,
}

impl Change {
    /// Counter of its last operation.
    #[must_use]
    pub fn max_op(&self) -> u64 {
        self.start_op
            .saturating_add(self.ops.len() as u64)
            .saturating_sub(1)
    }
}

/// One of the concurrent values of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The value.
    pub value: Scalar,
    /// The change that wrote it.
    pub change: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// Unix seconds by the writer's clock, to be shown only.
    pub time: i64,
}

/// Refuses a key that is not 1 to 64 bytes long.
pub(crate) fn check_key(key: &str) -> Result<(), Refusal> {
    if key.is_empty() || key.len() as u64 > Caps::V1.key {
        Err(Refusal::new("key"))
    } else {
        Ok(())
    }
}

/// Refuses a value over its cap, or a float that is not finite.
pub(crate) fn check_value(value: &Scalar) -> Result<(), Refusal> {
    let fits = match value {
        Scalar::Null | Scalar::Bool(_) | Scalar::Int(_) => true,
        Scalar::Float(value) => value.is_finite(),
        Scalar::Text(value) => value.len() <= MAX_TEXT,
        Scalar::Bytes(value) => value.len() <= MAX_BYTES,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::new("kind"))
    }
}

/// Dependencies first; of those that could come next, the smallest hash.
pub(crate) fn causal(mut all: HashMap<ChangeHash, Change>) -> Vec<Change> {
    let mut waiting: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut dependants: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
    let mut ready = BTreeSet::new();
    for (hash, change) in &all {
        let missing = change.deps.iter().filter(|dep| all.contains_key(dep));
        let mut count = 0;
        for dep in missing {
            dependants.entry(*dep).or_default().push(*hash);
            count += 1;
        }
        if count == 0 {
            ready.insert(*hash);
        } else {
            waiting.insert(*hash, count);
        }
    }
    let mut order = Vec::with_capacity(all.len());
    while let Some(next) = ready.pop_first() {
        for dependant in dependants.remove(&next).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(&dependant) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(dependant);
                }
            }
        }
        order.extend(all.remove(&next));
    }
    order
}
