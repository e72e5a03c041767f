//! `cargo xtask demo`: the invented commune on a real hub, left running or played as a story.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use toso_app::clock::{Clock, SystemClock};
use toso_domain::time::LocalDate;
use toso_tests::quick::QUICK;

use anyhow::{Context, bail};
use toso_store::Cost;
use toso_tests::demo::{self, Hub, Screen, World};

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
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--check"] => {
            let folder = tempfile::tempdir()?;
            demo::check(folder.path(), &hub, QUICK, &mut say)
        }
        ["--stop"] => {
            say(if stop(&folder)? {
                "the demo is stopped"
            } else {
                "no demo is running"
            });
            Ok(())
        }
        ["--offline"] => {
            end(&running(&folder)?.first().cloned().unwrap_or_default())?;
            say("the hub is off: the devices have no network now");
            Ok(())
        }
        ["--online"] => online(&folder, &hub),
        [] => leave(&folder, built, &hub, Shown::Screens),
        ["--window"] => leave(&folder, built, &hub, Shown::Window),
        ["--terminal"] => leave(&folder, built, &hub, Shown::Terminal),
        _ => bail!("only --check, --stop, --offline, --online, --window or --terminal"),
    }
}

/// How a person meets the devices.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// All three in a browser.
    Screens,
    /// Lan's in a window that opens; the others in a browser.
    Window,
    /// By the command line: a profile that is shown elsewhere would be in use.
    Terminal,
}

/// Makes it anew and leaves the hub and the screens running.
fn leave(folder: &Path, built: &Path, program: &Path, how: Shown) -> anyhow::Result<()> {
    let began = Instant::now();
    stop(folder)?;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let mut world = World::begin(folder, program, Cost::DEVICE, &mut say)?;
    let today = LocalDate::from_millis(SystemClock.now());
    say(&demo::days_before(&mut world, today)?);
    let url = world.hub.url.clone();
    let households = world.households();
    let household = households.first().context("no household")?.clone();
    let pid = world.hub.leave().context("the hub does not run")?;
    let mut pids = vec![pid];
    // The three let go of their profiles, so that screens or commands may take them.
    drop((world.office, world.lan, world.pao));
    let home = shown(folder.to_owned());
    say(&format!(
        "\nready after {:.0} s. The hub runs at {url} (process {pid}, log in {home}/hub.log).",
        began.elapsed().as_secs_f64()
    ));
    if how == Shown::Terminal {
        terminal(&shown(built.join("toso")), &home, &household);
    } else {
        let mut links = Vec::new();
        for name in ["Lan", "Páo", "Hoa"] {
            if how == Shown::Window && name == "Lan" {
                pids.push(window(&built.join("toso-window"), folder)?);
                continue;
            }
            let log = folder.join(format!("{name}.log"));
            let screen = Screen::serve(&built.join("toso"), &folder.join(name), &log)?;
            links.push((name, screen.link.clone()));
            pids.extend(screen.leave());
        }
        screens(&links, how);
    }
    std::fs::write(folder.join(URL), url)?;
    note(folder, &pids)
}

/// Opens the window on Lan's profile and leaves it; its process number.
fn window(program: &Path, folder: &Path) -> anyhow::Result<u32> {
    let log = std::fs::File::create(folder.join("window.log"))?;
    let mut command = Command::new(program);
    command.arg("--profile").arg(folder.join("Lan"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let left = command.spawn().context("the window does not start")?;
    Ok(left.id())
}

fn note(folder: &Path, pids: &[u32]) -> anyhow::Result<()> {
    let lines: Vec<String> = pids.iter().map(u32::to_string).collect();
    Ok(std::fs::write(folder.join(PIDS), lines.join("\n"))?)
}

/// The network is back: the hub of the demo that was left runs again at its address.
fn online(folder: &Path, program: &Path) -> anyhow::Result<()> {
    let mut pids = running(folder)?;
    let url = std::fs::read_to_string(folder.join(URL)).context("no demo was left here")?;
    if pids.first().is_some_and(|pid| is_ours(pid)) {
        say("the hub is on");
        return Ok(());
    }
    let pid = Hub::again(program, folder, &url)?
        .leave()
        .context("the hub does not run")?;
    if let Some(first) = pids.first_mut() {
        *first = pid.to_string();
    }
    std::fs::write(folder.join(PIDS), pids.join("\n"))?;
    say("the hub is on again: the devices have a network");
    Ok(())
}

fn shown(path: PathBuf) -> String {
    let top = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&top)
        .unwrap_or(&path)
        .display()
        .to_string()
}

fn screens(links: &[(&str, String)], how: Shown) {
    if how == Shown::Window {
        say(&format!(
            "\nCửa sổ vừa mở là máy của chị Lan / the window that opened is Lan's phone\n    mở khóa / unlock: {}",
            demo::PIN
        ));
    }
    say("\nMở trong trình duyệt trên máy này / Open in a browser on this machine:\n");
    for (name, link) in links {
        let (who, secret) = match *name {
            "Hoa" => ("chị Hoa, cán bộ xã / the office", demo::OFFICE_SECRET),
            "Lan" => ("chị Lan, thành viên / a member", demo::PIN),
            _ => ("anh Páo, thành viên / a member", demo::PIN),
        };
        say(&format!(
            "    {who}\n    {link}\n    mở khóa / unlock: {secret}\n"
        ));
    }
    say("Thử / Try:
    1. Tắt mạng rồi ghi một lượt thăm / cut the network, then record a visit:   cargo xtask demo --offline
    2. Sửa tên cùng một chủ hộ ở máy Lan và máy Páo / change one head's name on both phones
    3. Có mạng lại, bấm Gửi về xã ngay ở cả hai / network back, then send:      cargo xtask demo --online
    4. Mở Đồng bộ: hai bản khác nhau, chọn bản đúng / open Sync: both versions are there, choose one
    5. Ở máy văn phòng: Thiết bị, Mời máy mới / at the office: Devices, invite a new one

    cargo xtask demo --terminal  the same commune by commands
    cargo xtask demo --check     the whole story, played without a person
    cargo xtask demo --stop      stop it all");
}

fn terminal(toso: &str, home: &str, household: &str) {
    say(&format!(
        "Three devices, each a folder: {home}/Lan, {home}/Páo (PIN {pin}) and {home}/Hoa, the office ({secret}).

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
        pin = demo::PIN,
        secret = demo::OFFICE_SECRET,
    ));
}

/// Numbers of the processes that were left, one a line, the hub's first.
const PIDS: &str = "demo.pids";
/// Where its hub listens.
const URL: &str = "hub.url";

fn running(folder: &Path) -> anyhow::Result<Vec<String>> {
    let pids = std::fs::read_to_string(folder.join(PIDS)).context("no demo was left here")?;
    Ok(pids.lines().map(str::to_owned).collect())
}

/// Whether that number is still one of our programs.
fn is_ours(pid: &str) -> bool {
    let named = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    named
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("toso"))
}

/// Asks one of our programs to end, and waits. Whether it ran.
fn end(pid: &str) -> anyhow::Result<bool> {
    if pid.is_empty() || !is_ours(pid) {
        return Ok(false);
    }
    Command::new("kill").arg(pid).status()?;
    while is_ours(pid) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Ok(true)
}

/// Ends what an earlier demo left, each by its number. Whether there was any.
fn stop(folder: &Path) -> anyhow::Result<bool> {
    let Ok(pids) = running(folder) else {
        return Ok(false);
    };
    let mut any = false;
    for pid in &pids {
        any |= end(pid)?;
    }
    std::fs::remove_file(folder.join(PIDS))?;
    Ok(any)
}
