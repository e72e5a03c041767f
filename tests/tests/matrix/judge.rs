//! Runs every cell and says which are not as their row says.

use crate::calls::{self, SPOILS, Target};
use crate::routes;
use crate::state::{self, Hub};
use crate::table::{NONE, SCOPES, Table, WHO};
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// Places whose records somebody may read: what is written elsewhere is in no answer.
fn holds(who: &str, scope: &str) -> bool {
    match who {
        "member" | "lead" => matches!(scope, "own" | "commune"),
        "staff" | "admin" | "leader" => scope != "elsewhere",
        "stranger" => scope == "elsewhere",
        _ => false,
    }
}

/// An answer: `ok`, `sees` when what was asked for is in it, or the code of a refusal; and its words.
pub struct Answer {
    pub outcome: String,
    pub words: String,
}

impl Answer {
    pub fn good(words: String, mark: &str) -> Self {
        let sees = words.contains(mark);
        let outcome = if sees { "sees" } else { "ok" }.to_owned();
        Self { outcome, words }
    }

    fn is_good(&self) -> bool {
        matches!(self.outcome.as_str(), "ok" | "sees")
    }
}

/// One walk through a table.
struct Judge<'a> {
    table: &'a Table,
    world: World,
    hubs: [Hub; 2],
    /// The last state of each person's device, and of the hubs.
    devices: BTreeMap<&'static str, Vec<[u8; 32]>>,
    held: [[u8; 32]; 2],
    wrong: Vec<String>,
    cells: u64,
}

type Ask = fn(&mut World, &str, &str, &'static str, &Target) -> Answer;

impl<'a> Judge<'a> {
    fn new(table: &'a Table) -> Self {
        let world = World::new();
        let hubs = [Hub::open(&world.here.data), Hub::open(&world.there.data)];
        Self {
            table,
            devices: BTreeMap::new(),
            held: hubs.each_ref().map(Hub::state),
            hubs,
            world,
            wrong: Vec::new(),
            cells: 0,
        }
    }

    fn row(&mut self, name: &str, scope: &'static str, ask: Ask) {
        let mut found = Vec::new();
        for who in WHO {
            let told = self.cell(name, scope, who, ask);
            found.push(told.outcome);
        }
        let row: Vec<&str> = WHO
            .iter()
            .map(|who| self.table.cell(name, scope, who))
            .collect();
        if found != row {
            self.wrong.push(format!(
                "{name} {scope} {}\n   but the row says {}",
                found.join(" "),
                row.join(" ")
            ));
        }
    }

    fn cell(&mut self, name: &str, scope: &'static str, who: &'static str, ask: Ask) -> Answer {
        let place = if scope == NONE { "own" } else { scope };
        let good = matches!(self.table.cell(name, scope, who), "ok" | "sees");
        let target = if good {
            self.world.fresh(name, place)
        } else {
            self.world.target(place)
        };
        if !good {
            if calls::exchanges(name) {
                drop(self.world.people[who].call("sync.run", Value::Null));
            }
            self.look(who);
        }
        let answer = ask(&mut self.world, name, scope, who, &target);
        self.cells += 1;
        let place = format!("{name} {scope} {who}");
        if !good && !answer.is_good() && self.look(who) {
            self.wrong.push(format!(
                "{place}: refused as {}, and something changed",
                answer.outcome
            ));
        }
        for other in SCOPES.iter().filter(|other| !holds(who, other)) {
            if answer.words.contains(self.world.places[other].mark) {
                self.wrong
                    .push(format!("{place}: tells of {other}: {}", answer.words));
            }
        }
        // Ids of teams are known to all in the commune, and 128 random bits to everybody else: an exchange may say which
        // it has, for a device forgets a space that was given up.
        let exchange = name.starts_with("/v1/sync");
        if scope != NONE && !answer.is_good() && !holds(who, scope) && !exchange {
            let nowhere = target.nowhere(self.world.no_code());
            let none = ask(&mut self.world, name, scope, who, &nowhere);
            let plain = |answer: &Answer, target: &Target| {
                let names = target.names();
                names
                    .iter()
                    .fold(answer.words.clone(), |words, name| words.replace(name, "…"))
            };
            if plain(&answer, &target) != plain(&none, &nowhere) {
                self.wrong.push(format!(
                    "{place}: {} but of nothing {}",
                    answer.words, none.words
                ));
            }
        }
        answer
    }

    /// Whether somebody's device or a hub is in another state than when it was last looked at.
    fn look(&mut self, who: &'static str) -> bool {
        let device = state::of_device(&self.world, &self.world.people[who]);
        let held = self.hubs.each_ref().map(Hub::state);
        let same = self.devices.get(who) == Some(&device) && self.held == held;
        self.devices.insert(who, device);
        self.held = held;
        !same
    }

    fn done(self) -> u64 {
        let wrong = self.wrong;
        assert!(
            wrong.is_empty(),
            "{} cells are wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        self.cells
    }
}

/// Every call of a device.
pub fn calls(table: &Table, names: &[String]) -> u64 {
    let mut judge = Judge::new(table);
    for name in names {
        for scope in table.scopes(name) {
            judge.row(name, scope, call);
        }
    }
    judge.done()
}

fn call(world: &mut World, name: &str, _: &str, who: &'static str, target: &Target) -> Answer {
    let somebody = &world.people[who];
    let copy = SPOILS.contains(&name).then(|| {
        let folder = world.folder.path().join("copy");
        somebody.copy(&folder)
    });
    let input = calls::input(name, target);
    match copy.as_ref().unwrap_or(somebody).call(name, input) {
        Ok(told) => Answer::good(told.to_string(), &target.mark),
        Err(error) => Answer {
            outcome: error.code.clone(),
            words: error.to_json().to_string(),
        },
    }
}

/// Every route of the hub.
pub fn routes(table: &Table, names: &[String]) -> u64 {
    let mut judge = Judge::new(table);
    for name in names {
        for scope in table.scopes(name) {
            judge.row(name, scope, routes::ask);
        }
    }
    judge.done()
}
