//! Help in both languages: clap's own words too.

use clap::{Arg, ArgAction, Command};

const TEMPLATE: &str =
    "{before-help}{about-with-newline}\nCách dùng / Usage: {usage}\n\n{all-args}{after-help}";

/// The command and all below it, every heading in Vietnamese and English.
pub(crate) fn in_both_languages(command: Command) -> Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("Hướng dẫn / Print help");
    command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .help_template(TEMPLATE)
        .subcommand_help_heading("Lệnh / Commands")
        .arg(help)
        .mut_args(|arg| {
            let heading = if arg.is_positional() {
                "Tham số / Arguments"
            } else {
                "Tùy chọn / Options"
            };
            arg.help_heading(heading)
        })
        .mut_subcommands(in_both_languages)
}

/// `--version`, once at the top.
pub(crate) fn with_version(command: Command) -> Command {
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("Phiên bản / Print version");
    in_both_languages(command.disable_version_flag(true).arg(version))
}
