//! Where a door is, to a thousandth of a degree, about 100 m: enough to walk there in the right order, too coarse to tell a
//! house from its neighbour's, and all that is ever kept of what a phone knows about its place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// Thousandths of a degree on the ground, from south to north, in metres.
const STEP_M: f64 = 111.195;
/// South, north, west and east of Viet Nam with its islands, in degrees.
const SOUTH_NORTH: (f64, f64) = (6.0, 24.0);
const WEST_EAST: (f64, f64) = (102.0, 118.0);

/// A place in Viet Nam. Text and JSON form: `22.337,103.844`, latitude first, degrees of WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Location {
    /// Thousandths of a degree north.
    north: i32,
    /// Thousandths of a degree east.
    east: i32,
}

/// Text that names no place in Viet Nam. Code: `not_a_location`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not_a_location")]
pub struct NotALocation;

impl Location {
    /// Rounded from degrees; `None` outside Viet Nam, where no household of ours is.
    #[must_use]
    pub fn rounded(north: f64, east: f64) -> Option<Self> {
        let inside = |at: f64, (from, to): (f64, f64)| (from..=to).contains(&at);
        // Inside these bounds a thousandth fits an i32 many times.
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        let thousandths = |at: f64| (at * 1000.0).round() as i32;
        (inside(north, SOUTH_NORTH) && inside(east, WEST_EAST)).then(|| Self {
            north: thousandths(north),
            east: thousandths(east),
        })
    }

    /// How far apart, in metres, a hundred at least exact: as flat as a commune is.
    #[must_use]
    pub fn metres_to(self, other: Self) -> u32 {
        let apart = |a: i32, b: i32| f64::from(a) - f64::from(b);
        let middle = (f64::from(self.north) + f64::from(other.north)) / 2000.0;
        let up = apart(self.north, other.north) * STEP_M;
        let along = apart(self.east, other.east) * STEP_M * middle.to_radians().cos();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "no two places of Viet Nam are further apart than a u32 holds"
        )]
        let metres = up.hypot(along).round() as u32;
        metres
    }
}

impl FromStr for Location {
    type Err = NotALocation;

    /// Two numbers of degrees with any number of decimals, latitude first.
    fn from_str(text: &str) -> Result<Self, NotALocation> {
        let (north, east) = text.split_once(',').ok_or(NotALocation)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| NotALocation);
        Self::rounded(number(north)?, number(east)?).ok_or(NotALocation)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { north, east } = self;
        let part = |of: i32| (of / 1000, of % 1000);
        let ((n, nn), (e, ee)) = (part(*north), part(*east));
        write!(f, "{n}.{nn:03},{e}.{ee:03}")
    }
}

impl TryFrom<String> for Location {
    type Error = NotALocation;

    fn try_from(text: String) -> Result<Self, NotALocation> {
        text.parse()
    }
}

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.to_string()
    }
}

impl JsonSchema for Location {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Location".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "location"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Location {
        text.parse().unwrap()
    }

    #[test]
    fn what_a_phone_knows_is_rounded_before_anything_keeps_it() {
        let exact = Location::rounded(22.336_71, 103.843_96).unwrap();
        assert_eq!(exact.to_string(), "22.337,103.844");
        assert_eq!(at("22.33671, 103.84396"), exact);
        assert_eq!(at("9.005,105.1").to_string(), "9.005,105.100");
        let json = serde_json::to_string(&exact).unwrap();
        assert_eq!(serde_json::from_str::<Location>(&json).unwrap(), exact);
    }

    #[test]
    fn what_is_no_place_here_is_none() {
        for text in [
            "",
            "22.3",
            "22.3,",
            "103.844,22.337",
            "nan,104",
            "inf,104",
            "22,1e9",
            "0,0",
            "22.3,103.8,1",
        ] {
            assert_eq!(text.parse::<Location>(), Err(NotALocation), "{text}");
        }
    }

    #[test]
    fn distances_are_those_of_the_ground() {
        let (a, north, east) = (at("21,105"), at("21.01,105"), at("21,105.01"));
        assert_eq!(a.metres_to(a), 0);
        assert_eq!(a.metres_to(north), 1112);
        assert_eq!(a.metres_to(east), 1038);
        assert_eq!(east.metres_to(a), 1038);
        // Hà Giang to Cà Mau.
        let far = at("23.3,105.3").metres_to(at("8.6,104.7"));
        assert!((1_630_000..1_640_000).contains(&far), "{far}");
    }
}
