//! `toso`: the app from a terminal. JSON on standard output; what people read, and errors, on standard error.

mod help;
#[cfg(feature = "serve")]
mod serve;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::{Value, json};
use std::io::{BufRead, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use toso_app::calls::{CALLS, Needs};
use toso_app::{App, CallError, Called, Parts, call};

/// Documents are many small allocations: see docs/performance.md.
#[cfg(feature = "serve")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tổ Số: ghi chép của tổ công nghệ số cộng đồng, không cần mạng.
/// Records of community digital teams, offline first.
///
/// Mã PIN hoặc mật khẩu được hỏi, hoặc lấy từ biến TOSO_PIN.
/// The PIN or passphrase is asked for, or taken from TOSO_PIN.
///
/// Mã thoát 0 xong, 1 bị từ chối hoặc lỗi, 2 gõ sai. Exit 0 done, 1 refused or failed, 2 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "toso", version, verbatim_doc_comment)]
struct Arguments {
    /// Thư mục hồ sơ / Folder of the profile
    #[arg(long, value_name = "DIR")]
    profile: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ghi danh thiết bị này với máy chủ của xã / Enrol this device with the commune's hub
    Enrol {
        /// Địa chỉ máy chủ / Address of the hub
        #[arg(long, value_name = "URL")]
        hub: String,
        /// Mã một lần do cán bộ cấp / One-time code given by staff
        #[arg(long)]
        code: String,
        /// Tên thiết bị / What you call this device
        #[arg(long)]
        name: String,
    },
    /// Chạy một lệnh với dữ liệu JSON, hoặc - để đọc từ đầu vào / Run a call with JSON, or - to read it from input
    Call {
        /// Tên lệnh / Name of the call
        name: String,
        /// Dữ liệu vào / Input
        #[arg(default_value = "{}")]
        input: String,
    },
    /// Liệt kê các lệnh, mỗi dòng một lệnh / List the calls, one a line
    Calls,
    /// Đồng bộ với máy chủ / Sync with the hub
    Sync,
    /// Mở cả ứng dụng cho trình duyệt trên máy này / Serve the whole app to a browser on this machine
    ///
    /// Dòng đầu cho địa chỉ để mở (open) và mã; hồ sơ được mở sẵn nếu có TOSO_PIN, nếu không thì trình duyệt hỏi.
    /// The first line tells what to open and the token; with TOSO_PIN the profile is opened, else the browser asks.
    #[cfg(feature = "serve")]
    #[command(verbatim_doc_comment)]
    Serve {
        /// Địa chỉ nghe, chỉ trên máy này; cổng 0 chọn cổng trống / Address on this machine; port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
    },
    /// Ghi dữ liệu ra tệp mang tay / Write a carried file
    Export {
        /// Tệp mới / The new file
        file: PathBuf,
        /// Mang tới máy chủ, dù chưa biết máy nào khác / To be carried to the hub, though no other device is known
        #[arg(long)]
        for_hub: bool,
    },
    /// Nhận dữ liệu từ tệp mang tay / Take a carried file
    Import {
        /// Tệp / The file
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    // Clap ends wrong usage with 2 and --help with 0.
    let matches = help::with_version(Arguments::command()).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match run(&arguments) {
        Ok(lines) => {
            let mut out = std::io::stdout().lock();
            let told = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
            exit(told.is_ok())
        }
        Err(error) => {
            drop(writeln!(std::io::stderr(), "{}", error.to_json()));
            exit(false)
        }
    }
}

fn exit(well: bool) -> ExitCode {
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run(arguments: &Arguments) -> Called<Vec<Value>> {
    if let Command::Calls = arguments.command {
        let line = |call: &toso_app::calls::Call| {
            json!({ "name": call.name, "needs": call.needs, "doc": call.doc.trim(),
                "input": (call.input)(), "output": (call.output)() })
        };
        return Ok(CALLS.iter().map(line).collect());
    }
    let parts = Parts::of_this_machine(arguments.profile.clone())?;
    #[cfg(feature = "serve")]
    if let Command::Serve { listen } = arguments.command {
        if std::env::var_os("TOSO_PIN").is_none() {
            return serve::run(App::of_home(parts), listen).map(|()| Vec::new());
        }
        // The secret is that of the folder's own profile, whoever used the device last.
        let app = App::new(parts);
        let profile = call(&app, "profile.state", json!({}))?;
        if profile.get("state").and_then(Value::as_str) == Some("locked") {
            unlock(&app)?;
        }
        return serve::run(app, listen).map(|()| Vec::new());
    }
    let app = App::new(parts);
    let told = match &arguments.command {
        Command::Enrol { hub, code, name } => {
            let input = json!({ "url": hub, "code": code, "name": name, "pin": pin(true)? });
            call(&app, "enrol.start", input)
        }
        Command::Call { name, input } => {
            let input = if input == "-" {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|_| CallError::new("bad_input"))?;
                text
            } else {
                input.clone()
            };
            let input = serde_json::from_str(&input)
                .map_err(|_| CallError::new("bad_input").with("what", "not JSON"))?;
            let known = CALLS.iter().find(|call| call.name == name);
            if known.is_some_and(|call| call.needs != Needs::Nothing) {
                unlock(&app)?;
            }
            call(&app, name, input)
        }
        Command::Sync => unlock(&app).and_then(|()| call(&app, "sync.run", json!({}))),
        Command::Export {
            file,
            for_hub: true,
        } => unlock(&app).and_then(|()| app.export_for_hub(file)),
        Command::Export { file, .. } => unlock(&app).and_then(|()| app.export(file)),
        Command::Import { file } => unlock(&app).and_then(|()| app.import(file)),
        Command::Calls => Ok(Value::Null),
        #[cfg(feature = "serve")]
        Command::Serve { .. } => Ok(Value::Null),
    }?;
    Ok(vec![told])
}

fn unlock(app: &App) -> Called<()> {
    let profile = call(app, "profile.state", json!({}))?;
    if profile.get("state").and_then(Value::as_str) == Some("none") {
        return Err(CallError::new("no_profile"));
    }
    call(app, "profile.unlock", json!({ "pin": pin(false)? })).map(drop)
}

/// From `TOSO_PIN`, else asked for at the terminal. Never an argument: those show in lists of processes.
fn pin(new: bool) -> Called<String> {
    if let Ok(pin) = std::env::var("TOSO_PIN") {
        return Ok(pin);
    }
    let ask = if new {
        "Đặt mã PIN 6 số, cán bộ đặt mật khẩu từ 12 ký tự / Choose a 6-digit PIN, staff a passphrase of 12 or more: "
    } else {
        "Mã PIN hoặc mật khẩu / PIN or passphrase: "
    };
    let mut err = std::io::stderr();
    drop(err.write_all(ask.as_bytes()).and_then(|()| err.flush()));
    let mut line = String::new();
    // The terminal itself where there is one, since standard input may hold the call's JSON.
    let read = match std::fs::File::open("/dev/tty") {
        Ok(terminal) => std::io::BufReader::new(terminal).read_line(&mut line),
        Err(_) => std::io::stdin().lock().read_line(&mut line),
    };
    read.map_err(|_| CallError::new("pin_shape"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
