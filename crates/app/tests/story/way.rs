//! The network between a device and the hub, which a story may hold: requests of exchanges then wait on it.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// A story that goes wrong ends all the same.
const PATIENCE: Duration = Duration::from_secs(20);
const TICK: Duration = Duration::from_millis(5);

/// The network.
#[derive(Default)]
pub struct Way {
    state: Mutex<Held>,
    moved: Condvar,
}

#[derive(Default)]
struct Held {
    held: bool,
    /// Requests that are let through all the same.
    passes: usize,
    waiting: usize,
}

impl Way {
    fn change(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.state.lock().unwrap());
        self.moved.notify_all();
    }

    /// From now on, or no longer, requests get no further than this.
    pub fn hold(&self, held: bool) {
        self.change(|way| way.held = held);
    }

    /// Waits until a request stands here.
    pub fn until_asked(&self) {
        let way = self.state.lock().unwrap();
        let alone = |way: &mut Held| way.waiting == 0 || way.passes > 0;
        let (_way, waited) = self.moved.wait_timeout_while(way, PATIENCE, alone).unwrap();
        assert!(!waited.timed_out(), "nobody asked");
    }

    /// Lets one request through.
    pub fn let_one_through(&self) {
        self.change(|way| way.passes += 1);
    }

    /// Waits to be let through; false when that was given up.
    pub fn pass(&self, stopped: &dyn Fn() -> bool) -> bool {
        self.change(|way| way.waiting += 1);
        let mut way = self.state.lock().unwrap();
        let mut waited = Duration::ZERO;
        while way.held && way.passes == 0 && !stopped() && waited < PATIENCE {
            way = self.moved.wait_timeout(way, TICK).unwrap().0;
            waited += TICK;
        }
        let through = !way.held || way.passes > 0;
        way.passes = way.passes.saturating_sub(1);
        way.waiting -= 1;
        drop(way);
        self.moved.notify_all();
        through
    }
}
