//! A phone and the hub in an exchange: either is killed at any moment of it, and on its own.

use crate::alone::{new_id, visit};
use crate::ledger::Ledger;
use crate::served::{Page, Served};
use crate::stand::Stand;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use toso_tests::binary::program;
use toso_tests::proof;
use toso_tests::sim::random::Dice;

/// Turns of a plain test; each kills once or twice.
const SHORT: u64 = 700;
/// After so many turns everybody starts anew.
const PER_STAND: u64 = 60;
/// An exchange takes about so long.
const EXCHANGE: usize = 70_000;
/// The hub opens in about so long.
const OPENS: usize = 40_000;

/// Hub, Lan's phone as a program, Páo who looks at what the hub has.
struct World {
    stand: Stand,
    lan: Option<(Served, Page)>,
    ledger: Ledger,
    /// Records that Lan's phone said the hub holds.
    kept: BTreeSet<String>,
    seen: BTreeSet<String>,
    kills: u64,
}

#[test]
fn what_the_hub_said_it_keeps_is_there_after_hub_and_phone_died_in_the_exchange() {
    let mut sum = (0, 0);
    let mut world: Option<World> = None;
    for turn in proof::turns(SHORT) {
        if turn % PER_STAND == 0 {
            add(&mut sum, world.take());
        }
        let world = world.get_or_insert_with(World::new);
        let mut dice = Dice::of(0x0007_06e7, turn);
        if let Err(what) = world.one(&mut dice) {
            panic!(
                "turn {turn}: {what}; again: PROOF_FROM={turn} cargo nextest run -p toso-tests -E 'binary(kills)' exchange"
            );
        }
    }
    add(&mut sum, world);
    let (kills, checked) = sum;
    proof::tell(
        "kills",
        &[("kills", kills), ("saves_checked", checked), ("lost", 0)],
    );
    println!("{kills} kills, {checked} saves and receipts looked for and found");
}

fn add(sum: &mut (u64, u64), world: Option<World>) {
    let (kills, checked) = world.map_or((0, 0), World::end);
    *sum = (sum.0 + kills, sum.1 + checked);
}

impl World {
    fn new() -> Self {
        Self {
            stand: Stand::new(),
            kills: 0,
            lan: None,
            ledger: Ledger::default(),
            kept: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    fn one(&mut self, dice: &mut Dice) -> Result<(), String> {
        self.open()?;
        self.work(dice)?;
        if dice.chance(30) {
            return self.hub_alone(dice);
        }
        self.kills += 1;
        let moment = Duration::from_micros(dice.below(EXCHANGE) as u64);
        let hub_dies = dice.chance(60);
        let (mut served, mut page) = self.lan.take().unwrap();
        let hub = &mut self.stand.hub;
        let told = std::thread::scope(|scope| {
            let exchange = scope.spawn(|| page.call("sync.run", &json!({})));
            std::thread::sleep(moment);
            if hub_dies {
                hub.kill().unwrap();
            } else {
                served.kill();
            }
            exchange.join().unwrap()
        });
        if let Some(Err(error)) = &told
            && error["error"]["code"] != "offline"
        {
            return Err(format!("the exchange ended with {error}"));
        }
        if hub_dies {
            self.lan = Some((served, page));
            // What it said is read before anybody could give it again.
            self.look()?;
            self.hub_starts(dice)
        } else {
            self.open()
        }?;
        self.others_have_what_is_kept()
    }

    /// Lan opens her phone, if it is not open, and looks.
    fn open(&mut self) -> Result<(), String> {
        if self.lan.is_none() {
            let mut served = Served::start(&self.stand.lan);
            let page = served.page().ok_or("the phone does not open")?;
            self.lan = Some((served, page));
            self.look()?;
        }
        Ok(())
    }

    /// Everything saved is there; what is called kept is remembered.
    fn look(&mut self) -> Result<(), String> {
        let visits = self.lan.as_mut().unwrap().1.visits();
        let kept = visits.iter().filter(|(_, (_, sync))| sync == "kept");
        self.kept.extend(kept.map(|(id, _)| id.clone()));
        self.ledger.check(
            &visits
                .into_iter()
                .map(|(id, (note, _))| (id, note))
                .collect(),
        )
    }

    fn work(&mut self, dice: &mut Dice) -> Result<(), String> {
        let page = &mut self.lan.as_mut().unwrap().1;
        for _ in 0..=dice.below(3) {
            let (id, note) = (new_id(dice), format!("ghi chú {}", dice.roll()));
            self.ledger.tries(&id, &note);
            let told = page.call("record.create", &visit(&self.stand.team, &id, &note));
            told.ok_or_else(|| format!("no answer, unharmed: {}", page.last))?
                .map_err(|e| e.to_string())?;
            self.ledger.saved(&id, &note);
        }
        Ok(())
    }

    /// The hub is killed while nobody speaks to it, or while it starts.
    fn hub_alone(&mut self, dice: &mut Dice) -> Result<(), String> {
        self.kills += 1;
        self.stand.hub.kill().map_err(|e| e.to_string())?;
        self.hub_starts(dice)?;
        self.others_have_what_is_kept()
    }

    fn hub_starts(&mut self, dice: &mut Dice) -> Result<(), String> {
        if dice.chance(30) {
            self.kills += 1;
            let mut hub = Command::new(program("toso-hub"))
                .args([
                    "serve",
                    "--listen",
                    self.stand.hub.url.strip_prefix("http://").unwrap(),
                ])
                .arg("--data")
                .arg(self.stand.path("hub"))
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_micros(dice.below(OPENS) as u64));
            hub.kill().unwrap();
            hub.wait().unwrap();
        }
        self.stand.hub.serve().map_err(|e| e.to_string())
    }

    /// Páo asks before Lan's phone could give anything again.
    fn others_have_what_is_kept(&mut self) -> Result<(), String> {
        let new: Vec<String> = self.kept.difference(&self.seen).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        self.stand.pao.sync().map_err(|e| format!("Páo: {e}"))?;
        for id in new {
            self.stand
                .pao
                .get(&id)
                .map_err(|_| format!("{id}: kept and gone"))?;
            self.seen.insert(id);
            self.ledger.checked += 1;
        }
        Ok(())
    }

    /// Everything once more from the beginning: whole exchanges, then all are equal and sound.
    fn end(mut self) -> (u64, u64) {
        self.open().unwrap();
        self.lan.as_mut().unwrap().1.done("sync.run", &json!({}));
        self.look().unwrap();
        assert_eq!(self.kept.len(), self.ledger.len(), "all is kept in the end");
        self.others_have_what_is_kept().unwrap();
        self.stand.office.sync().unwrap();
        for id in &self.kept {
            self.stand.office.get(id).unwrap();
        }
        self.stand.hub.kill().unwrap();
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let hub = self.stand.path("hub");
        let found = toso_hub::doctor::doctor(&hub, i64::try_from(now).unwrap()).unwrap();
        assert!(found.are_well(), "{found:?}");
        self.lan = None;
        crate::stand::is_sound(&self.stand.lan);
        (self.kills, self.ledger.checked)
    }
}
