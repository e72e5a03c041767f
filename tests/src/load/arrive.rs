//! The crowd at the hub: everybody once within a window, then everybody again and again.

use crate::device::told;
use crate::figures::Figures;
use crate::stand::{Stand, resident};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use toso_tests::sim::random::Dice;

/// How often the hub's memory is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Between two exchanges of one device while it works.
const ROUND: Duration = Duration::from_secs(20);

/// Everybody comes back, spread over the window.
pub(crate) async fn come_back(stand: &mut Stand, window: Duration) -> anyhow::Result<Figures> {
    crowd(stand, window, Duration::ZERO).await
}

/// Everybody writes a record and exchanges, round after round.
pub(crate) async fn work_on(stand: &mut Stand, time: Duration) -> anyhow::Result<Figures> {
    crowd(stand, ROUND.min(time), time).await
}

/// Each device starts at some moment of `window` and goes on for `time`.
async fn crowd(stand: &mut Stand, window: Duration, time: Duration) -> anyhow::Result<Figures> {
    let figures = Arc::new(Mutex::new(Figures::default()));
    let began = Instant::now();
    let mut dice = Dice::new(7);
    let mut tasks = tokio::task::JoinSet::new();
    for (team, mut device) in std::mem::take(&mut stand.devices) {
        let at = window.mul_f64(f64::from(dice.below(10_000) as u32) / 10_000.0);
        let figures = Arc::clone(&figures);
        tasks.spawn_local(async move {
            tokio::time::sleep(at).await;
            loop {
                if !time.is_zero() && device.writes(team, 1).is_err() {
                    note(&figures, |all| all.failed.push("not saved".to_owned()));
                }
                let done = loop {
                    let from = Instant::now();
                    match device.syncs().await {
                        Err(error) if error.code == "later" => {
                            note(&figures, |all| all.later += 1);
                            let wait = error.retry_after.unwrap_or(1).clamp(1, 30);
                            tokio::time::sleep(Duration::from_secs(wait)).await;
                        }
                        done => break done.map(|()| from.elapsed()),
                    }
                };
                note(&figures, |all| match done {
                    Ok(took) => all.note(took),
                    Err(error) => all.failed.push(told(&error).to_string()),
                });
                if began.elapsed() + ROUND > time {
                    return (team, device);
                }
                tokio::time::sleep(ROUND).await;
            }
        });
    }
    let pid = stand.pid();
    let look = Arc::clone(&figures);
    let looking = tokio::task::spawn_local(async move {
        loop {
            let now = pid.and_then(|pid| resident(pid).ok()).unwrap_or_default();
            note(&look, |all| all.most_kb = all.most_kb.max(now));
            tokio::time::sleep(LOOK).await;
        }
    });
    while let Some(done) = tasks.join_next().await {
        stand.devices.push(done?);
    }
    looking.abort();
    // In the order of their teams, as they were.
    stand.devices.sort_by_key(|(team, _)| *team);
    let figures = std::mem::take(&mut *figures.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(figures)
}

fn note(figures: &Mutex<Figures>, what: impl FnOnce(&mut Figures)) {
    what(&mut figures.lock().unwrap_or_else(PoisonError::into_inner));
}
