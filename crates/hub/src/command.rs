//! The command line: JSON on standard output, people's words on standard error, exit 0, 1 or 2.

use crate::clock::{Clock, machine};
use crate::config::Config;
use crate::error::{Done, HubError};
use crate::folder::Folder;
use crate::hub::{Bounds, Hub};
use crate::recovery::RecoveryKey;
use crate::serve::{Limits, Listen, serve};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use toso_domain::id::RecordId;

/// Máy chủ của một xã: nơi các máy gặp nhau / A commune's hub: the meeting place of its devices
#[derive(Debug, Parser)]
#[command(name = "toso-hub", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tạo máy chủ mới trong một thư mục trống / Make a new hub in an empty folder
    Init {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Tên xã, ví dụ "Xã Mường Lống" / The commune's name
        #[arg(long)]
        name: String,
        /// Tệp cấu hình TOML, được chép vào thư mục / TOML settings, copied into the folder
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Chạy máy chủ / Run the hub
    Serve {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Địa chỉ nghe; cổng 0 chọn cổng trống / Address to listen on; port 0 takes a free one
        #[arg(long, env = "TOSO_HUB_LISTEN")]
        listen: Option<SocketAddr>,
        /// Địa chỉ ghi trong mã mời / Address given out in invitations
        #[arg(long, env = "TOSO_HUB_URL")]
        url: Option<String>,
        /// Có proxy phía trước lo TLS / A proxy in front does TLS
        #[arg(long)]
        behind_proxy: bool,
    },
    /// Sao lưu ra một tệp mã hóa, ảnh vào thư mục toso-hub-files bên cạnh, cả khi đang chạy / Back up into an encrypted file, photos into the folder toso-hub-files beside it, also while running
    Backup {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Tệp mới / New file
        file: PathBuf,
    },
    /// Phục hồi từ bản sao lưu; cần khóa phục hồi / Restore a backup; needs the recovery key
    Restore {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Bản sao lưu / The backup
        file: PathBuf,
    },
    /// Kiểm tra dữ liệu, hoặc một bản sao lưu / Check the data, or a backup
    Check {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Bản sao lưu; cần khóa phục hồi / A backup; needs the recovery key
        file: Option<PathBuf>,
    },
    /// Cấp mã quản trị mới khi mất máy duy nhất của cán bộ; máy chủ phải dừng / Make a new administrator's code after
    /// the only staff device was lost; the hub must be stopped
    StaffCode {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Bản ghi của thành viên, nếu có / The member's record, if there is one
        #[arg(long)]
        member: Option<RecordId>,
    },
    /// Nhận một tệp mang tay; máy chủ phải đang dừng / Take a carried file; the hub must not be running
    Take {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Tệp mang tay / The carried file
        file: PathBuf,
    },
    /// Ghi tệp mang tay cho nơi không có mạng / Write a carried file for where no network goes
    Give {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
        /// Tệp mới / New file
        file: PathBuf,
    },
    /// Đổi khóa của xã; máy chủ phải đang dừng / Change the commune's key; the hub must not be running
    NewKey {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
    },
    /// Xem máy chủ có gì chưa ổn, không sửa gì / Say what is not as it should be, changing nothing
    Doctor {
        /// Thư mục dữ liệu / Data folder
        #[arg(long)]
        data: PathBuf,
    },
}

/// Runs the program with the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let told = crate::help::with_version(Line::command()).try_get_matches();
    let line = match told.and_then(|told| Line::from_arg_matches(&told)) {
        Ok(line) => line,
        Err(told) => {
            // Help and version go to standard output and are no failure; wrong usage is 2.
            drop(told.print());
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2));
        }
    };
    match carry_out(line.command, &machine()) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(value)) => {
            say(&value);
            ExitCode::SUCCESS
        }
        Err(e) => {
            let mut text = e.to_json();
            if let Some(hint) = text
                .pointer_mut("/error/hint")
                .filter(|_| !e.detail.is_empty())
            {
                // The operator sees what a device is not told.
                *hint = Value::String(format!("{} ({})", e.hint(), e.detail));
            }
            tell(&text.to_string());
            ExitCode::from(1)
        }
    }
}

fn carry_out(command: Command, clock: &Clock) -> Done<Option<Value>> {
    match command {
        Command::Init { data, name, config } => {
            let text = config.map(std::fs::read_to_string).transpose()?;
            if let Some(text) = &text {
                Config::read(text)?;
            }
            let made = crate::init::init(&data, &name, text.as_deref(), clock)?;
            tell(
                "Cất khóa phục hồi (recovery_key) ở nơi an toàn: nó chỉ hiện một lần, và không có nó thì không mở được bản sao lưu.",
            );
            tell(
                "Keep recovery_key in a safe place: it is shown once, and no backup opens without it.",
            );
            Ok(Some(json!(made)))
        }
        Command::Serve {
            data,
            listen,
            url,
            behind_proxy,
        } => {
            let config = Config::load(&Folder::new(&data).config())?;
            let bounds = config.bounds();
            let address = listen
                .or(config.listen)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8420)));
            let print = config.proxy_print.as_deref().map(|hex| {
                toso_sync::id::HubKey::from_hex(hex)
                    .map(|print| print.0)
                    .ok_or(HubError::with("bad_config", "proxy_print"))
            });
            let listen = Listen {
                address,
                proxy_print: print.transpose()?,
                behind_proxy: behind_proxy || config.behind_proxy,
                url: url.or(config.url),
                metrics: config.metrics.token,
                limits: Limits::default(),
            };
            run_server(&data, listen, bounds, clock).map(|()| None)
        }
        Command::Backup { data, file } => Ok(Some(json!(crate::backup::backup(&data, &file)?))),
        Command::Restore { data, file } => {
            let report = crate::backup::restore(&data, &file, &recovery_key()?, clock())?;
            Ok(Some(json!(report)))
        }
        Command::Check { data, file: None } => Ok(Some(json!(crate::backup::check(&data)?))),
        Command::Check {
            data,
            file: Some(file),
        } => {
            let report = crate::backup::check_file(&data, &file, &recovery_key()?)?;
            Ok(Some(json!(report)))
        }
        Command::StaffCode { data, member } => {
            let made = crate::staff_code::staff_code(&data, member, clock)?;
            tell(
                "Mã này cho toàn quyền quản trị trong một giờ, dùng một lần. Ghi danh xong, hãy thu hồi máy đã mất (device.revoke).",
            );
            tell(
                "This code gives full rights, once, within the hour. After enrolling, revoke the lost device (device.revoke).",
            );
            Ok(Some(json!(made)))
        }
        Command::Take { data, file } => Ok(Some(crate::carry::take(&data, &file, clock())?)),
        Command::Give { data, file } => Ok(Some(crate::carry::give(&data, &file, clock())?)),
        Command::NewKey { data } => {
            let key = crate::succession::succeed(&data, clock())?;
            tell("Sao lưu lại ngay: bản sao lưu cũ chỉ có khóa cũ.");
            tell("Make a new backup now: older ones hold the old key only.");
            Ok(Some(json!({ "hub_id": key.to_string() })))
        }
        Command::Doctor { data } => {
            let found = crate::doctor::doctor(&data, clock())?;
            if found.are_well() {
                return Ok(Some(json!(found)));
            }
            say(&json!(found));
            Err(HubError::new("unwell"))
        }
    }
}

/// What is logged unless `TOSO_LOG` says otherwise. The library of documents opens a span for every one it loads, which
/// nobody reads.
const LOG: &str = "info,automerge=off,hexane=off";

fn run_server(data: &Path, listen: Listen, bounds: Bounds, clock: &Clock) -> Done<()> {
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("TOSO_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(LOG)),
        )
        .init();
    if listen.behind_proxy {
        tell(
            "CHÚ Ý: --behind-proxy: máy chủ nói HTTP thường; proxy phía trước phải lo TLS và không ai khác được tới cổng này.",
        );
        tell(
            "NOTE: --behind-proxy: the hub speaks plain HTTP; the proxy in front must do TLS, and nobody else may reach this port.",
        );
    }
    if listen.address.ip().is_unspecified() && listen.url.is_none() {
        tell(
            "CHÚ Ý: chưa có --url: mã mời sẽ ghi địa chỉ mà điện thoại không tới được. Ví dụ: --url https://192.168.1.5:8420",
        );
        tell(
            "NOTE: no --url: invitations will name an address phones cannot reach. Example: --url https://192.168.1.5:8420",
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let hub = Hub::open(data, clock.clone())?;
        hub.hold_to(bounds)?;
        // Before anybody can know where it listens: from then on it may be asked to stop.
        let mut stop = Stop::listen()?;
        let mut running = serve(hub, listen).await?;
        say(&json!({ "listening": running.url }));
        tokio::select! {
            ended = running.ended() => return ended,
            () = stop.asked() => {}
        }
        tracing::info!("stopping");
        running.stop().await
    })
}

/// SIGTERM, or Ctrl+C.
struct Stop {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
    #[cfg(unix)]
    int: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Done<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            term: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            int: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}

/// From `TOSO_RECOVERY_KEY`, or asked for.
fn recovery_key() -> Done<RecoveryKey> {
    if let Ok(text) = std::env::var("TOSO_RECOVERY_KEY") {
        return RecoveryKey::read(&text);
    }
    if !std::io::stdin().is_terminal() {
        return Err(HubError::new("no_recovery_key"));
    }
    tell("Khóa phục hồi / Recovery key:");
    let mut text = String::new();
    std::io::stdin().read_line(&mut text)?;
    RecoveryKey::read(&text)
}

/// One line of JSON for scripts.
fn say(value: &Value) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{value}").and_then(|()| out.flush()));
}

/// A line for people.
fn tell(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}
