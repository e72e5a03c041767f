//! Reminders of what is due, planned ahead and shown by the phone: the app need not run, and no network is asked.

use crate::app::App;
use crate::due;
use crate::error::{CallError, Called};
use crate::house::{self, today};
use crate::lease;
use crate::phone::{NotGiven, Reminder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toso_domain::time::utc_text;
use toso_store::{Assigned, Houses};

/// Days ahead that are planned: who does not open the app for longer has lost nothing but the reminder.
const DAYS: i64 = 14;
/// The hour the phone tells: before the first door.
const HOUR: u32 = 7;

/// Input of `reminder.set`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// False takes back all that was planned.
    pub on: bool,
    /// Lets the phone ask its owner whether it may.
    #[serde(default)]
    pub ask: bool,
    /// What it says of one thing to do.
    pub one: String,
    /// What it says of more, with `{count}` in it.
    pub many: String,
}

/// What was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Planned {
    /// Reminders ahead.
    pub count: usize,
}

/// `reminder.set`
///
/// # Errors
/// `no_reminders` where there is no phone, `reminders_denied`; `locked`.
pub(crate) fn set(app: &App, input: &Set) -> Called<Planned> {
    let phone = app.phone().ok_or_else(|| told(NotGiven::Missing))?;
    if !input.on {
        phone.remind(&[]).map_err(told)?;
        return Ok(Planned { count: 0 });
    }
    if !phone.may_remind(input.ask) {
        return Err(told(NotGiven::Denied));
    }
    let days = days(app)?;
    let all: Vec<Reminder> = days
        .into_iter()
        .map(|(at, count)| Reminder {
            at: utc_text(at),
            line: if count == 1 {
                input.one.clone()
            } else {
                input.many.replace("{count}", &count.to_string())
            },
        })
        .collect();
    phone.remind(&all).map_err(told)?;
    Ok(Planned { count: all.len() })
}

fn told(not_given: NotGiven) -> CallError {
    CallError::new(match not_given {
        NotGiven::Denied => "reminders_denied",
        _ => "no_reminders",
    })
}

/// How many things are due on each day ahead, by the time its reminder is shown.
fn days(app: &App) -> Called<BTreeMap<i64, usize>> {
    app.desk(|desk| {
        lease::lists(desk.device, desk.now)?;
        let (now, day) = (desk.now, today(desk));
        let me = house::me(desk)?;
        let houses = Houses {
            assigned: vec![Assigned::To(me.clone())],
            ..Houses::default()
        };
        let mine = desk.device.copy.shelf.store.houses(&houses)?.items;
        let (before, last) = due::by(desk, &me, &mine, day.plus_days(DAYS))?;
        let mut days = BTreeMap::new();
        for one in before.iter().chain(&last) {
            let at = one.on.at_hour(HOUR);
            if at > now {
                *days.entry(at).or_insert(0) += 1;
            }
        }
        Ok(days)
    })
}
