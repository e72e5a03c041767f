//! `cargo xtask demo`: the invented commune on a real hub, left running or played as a story.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use toso_store::Cost;
use toso_tests::demo::{self, World};

/// What one guess costs in the story, where nothing is worth guessing. The demo left for a person has the real cost.
const QUICK: Cost = Cost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

#[expect(clippy::print_stdout, reason = "a person reads it")]
fn say(line: &str) {
    println!("{line}");
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("FAILED  {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let here = std::env::current_exe()?;
    let built = here.parent().context("no folder")?;
    let hub = built.join("toso-hub");
    let folder = built.parent().context("no folder")?.join("demo");
    match std::env::args().nth(1).as_deref() {
        Some("--check") => {
            let folder = tempfile::tempdir()?;
            demo::check(folder.path(), &hub, QUICK, &mut say)
        }
        Some("--stop") => {
            say(if stop(&folder)? {
                "the demo's hub is stopped"
            } else {
                "no demo is running"
            });
            Ok(())
        }
        None => leave(&folder, built, &hub),
        Some(other) => bail!("{other}? Only --check or --stop"),
    }
}

/// Makes it anew and leaves the hub running.
fn leave(folder: &Path, built: &Path, program: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    stop(folder)?;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let mut world = World::begin(folder, program, Cost::DEVICE, &mut say)?;
    say(&demo::assign(&mut world)?);
    let url = world.hub.url.clone();
    let households = world.households();
    let household = households.first().context("no household")?;
    let pid = world.hub.leave().context("the hub does not run")?;
    std::fs::write(folder.join("hub.pid"), pid.to_string())?;
    let shown = |path: PathBuf| {
        let top = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(&top)
            .unwrap_or(&path)
            .display()
            .to_string()
    };
    let (toso, home) = (shown(built.join("toso")), shown(folder.to_owned()));
    say(&format!(
        "
ready after {:.0} s. The hub runs at {url} (process {pid}, log in {home}/hub.log).
Three devices, each a folder: {home}/Lan, {home}/Páo (PIN {pin}) and {home}/Hoa, the office ({secret}).

Try, offline or not:

    export TOSO_PIN={pin}
    {toso} --profile {home}/Páo call record.list '{{\"kind\":\"household\",\"filter\":{{\"assigned\":\"me\"}}}}'
    {toso} --profile {home}/Lan call search '{{\"text\":\"vu a\"}}'
    {toso} --profile {home}/Lan call record.get '{{\"id\":\"{household}\"}}'
    {toso} --profile {home}/Lan call record.save '{{\"id\":\"{household}\",\"patch\":{{\"head_name\":\"Vừ Bá Chò\"}}}}'
    {toso} --profile {home}/Páo call record.save '{{\"id\":\"{household}\",\"patch\":{{\"head_name\":\"Vừ Bá Trò\"}}}}'
    {toso} --profile {home}/Lan sync; {toso} --profile {home}/Páo sync
    {toso} --profile {home}/Páo call clash.list
    TOSO_PIN='{secret}' {toso} --profile {home}/Hoa call device.list
    {toso} --profile {home}/Lan calls

    cargo xtask demo --check     the whole story, played without a person
    cargo xtask demo --stop      stop the hub",
        began.elapsed().as_secs_f64(),
        pin = demo::PIN,
        secret = demo::OFFICE_SECRET,
    ));
    Ok(())
}

/// Ends the hub of an earlier demo, by its number, if that process is still a hub. Whether there was one.
fn stop(folder: &Path) -> anyhow::Result<bool> {
    let file = folder.join("hub.pid");
    let Ok(pid) = std::fs::read_to_string(&file) else {
        return Ok(false);
    };
    let named = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    let is_hub = named
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("toso-hub"));
    if is_hub {
        std::process::Command::new("kill").arg(&pid).status()?;
        while Path::new(&format!("/proc/{pid}")).exists() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
    std::fs::remove_file(file)?;
    Ok(is_hub)
}
