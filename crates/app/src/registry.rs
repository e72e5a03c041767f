//! The words of every error code. Codes are never reused; a test fails when one of any crate has no words.

use toso_domain::label;

/// What people read of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What happened, in Vietnamese.
    pub message: String,
    /// What to do, in Vietnamese.
    pub hint: String,
    /// What happened, in English.
    pub message_en: String,
    /// What to do, in English.
    pub hint_en: String,
}

/// The words of a code; a code this build does not know (a newer hub's) is told as such, with the code.
#[must_use]
pub fn words(code: &str) -> Words {
    let of = |language, part: &str| {
        label::find(language, &format!("error.{code}.{part}")).map(str::to_owned)
    };
    Words {
        message: of("vi", "message").unwrap_or_else(|| format!("Lỗi chưa biết ({code})")),
        hint: of("vi", "hint").unwrap_or_else(|| "Cập nhật ứng dụng rồi thử lại.".to_owned()),
        message_en: of("en", "message").unwrap_or_else(|| format!("Unknown error ({code})")),
        hint_en: of("en", "hint").unwrap_or_else(|| "Update the app and try again.".to_owned()),
    }
}
