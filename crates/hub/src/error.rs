//! Why the hub did not do something: a stable code, and words for people in Vietnamese and English.

use toso_sync::pack::Bad;
use toso_sync::replica::Fault;
use toso_sync::shelf::ShelfError;

/// A refusal or a failure. `code` is stable; `detail` is for the operator's log and never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct HubError {
    /// Stable code.
    pub code: &'static str,
    /// For the operator.
    pub detail: String,
}

/// Result of something the hub was asked.
pub type Done<T> = Result<T, HubError>;

impl HubError {
    /// An error without detail.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }

    /// An error with a detail for the operator.
    #[must_use]
    pub fn with(code: &'static str, detail: impl std::fmt::Display) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }

    /// One sentence in Vietnamese, then in English.
    #[must_use]
    pub fn message(&self) -> String {
        let (_, vi, en, _) = words(self.code);
        format!("{vi} / {en}")
    }

    /// What the person may do about it; empty when nothing helps but asking.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        words(self.code).3
    }

    /// `{"error":{"code","message","hint"}}`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "error": {
            "code": self.code, "message": self.message(), "hint": self.hint(),
        }})
    }
}

impl From<ShelfError> for HubError {
    fn from(e: ShelfError) -> Self {
        Self {
            code: e.code,
            detail: e.detail,
        }
    }
}

impl From<Fault> for HubError {
    fn from(e: Fault) -> Self {
        Self {
            code: e.code,
            detail: e.detail,
        }
    }
}

impl From<Bad> for HubError {
    fn from(e: Bad) -> Self {
        Self::new(e.code)
    }
}

impl From<std::io::Error> for HubError {
    fn from(e: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        let code = match e.kind() {
            Kind::NotFound => "not_found",
            Kind::AlreadyExists => "exists",
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => "read_only",
            Kind::StorageFull | Kind::QuotaExceeded => "disk_full",
            _ => "io",
        };
        Self::with(code, e.kind())
    }
}

/// Code, Vietnamese, English, what to do.
pub(crate) type Words = (&'static str, &'static str, &'static str, &'static str);

fn words(code: &str) -> Words {
    let all = WORDS.iter().chain(crate::carry::WORDS);
    all.into_iter()
        .find(|row| row.0 == code)
        .copied()
        .unwrap_or((
            "",
            "Máy chủ không làm được việc này",
            "The hub could not do this",
            "",
        ))
}

const WORDS: &[Words] = &[
    (
        "exists",
        "Đã có dữ liệu ở đây",
        "Something is here already",
        "Chọn thư mục trống hoặc tên khác / Choose an empty folder or another name",
    ),
    (
        "not_found",
        "Không tìm thấy",
        "Not found",
        "Xem lại tên và đường dẫn / Check the name and the path",
    ),
    (
        "no_hub",
        "Thư mục này chưa có máy chủ",
        "There is no hub in this folder",
        "toso-hub init --data DIR --name TÊN",
    ),
    (
        "in_use",
        "Một tiến trình khác đang dùng thư mục này",
        "Another process uses this folder",
        "Dừng toso-hub serve trước / Stop toso-hub serve first",
    ),
    (
        "read_only",
        "Không được phép ghi",
        "Writing is not allowed",
        "Xem quyền của thư mục / Check the folder's permissions",
    ),
    (
        "disk_full",
        "Ổ đĩa đầy",
        "The disk is full",
        "Giải phóng chỗ trống / Free some space",
    ),
    (
        "key_open",
        "Tệp khóa hub.key người khác đọc được",
        "Others can read the key file hub.key",
        "chmod 600 hub.key",
    ),
    (
        "wrong_key",
        "Khóa không mở được cơ sở dữ liệu",
        "The key does not open the database",
        "Phục hồi từ bản sao lưu / Restore from a backup",
    ),
    (
        "db_damaged",
        "Cơ sở dữ liệu bị hỏng",
        "The database is damaged",
        "Phục hồi từ bản sao lưu / Restore from a backup",
    ),
    (
        "db_newer",
        "Dữ liệu của bản toso-hub mới hơn",
        "The data is of a newer toso-hub",
        "Cập nhật toso-hub / Update toso-hub",
    ),
    (
        "folder_open",
        "Người khác vào được thư mục dữ liệu",
        "Others can enter the data folder",
        "chmod 700 DIR",
    ),
    (
        "log_behind",
        "Tệp rulings.log thiếu quyết định đã ký",
        "The file rulings.log lacks signed rulings",
        "Khởi động lại máy chủ để ghi bù / Restart the hub: it writes what is missing",
    ),
    (
        "clock_behind",
        "Đồng hồ của máy chạy chậm",
        "The machine's clock is behind",
        "Bật đồng bộ giờ (NTP) / Turn time synchronisation (NTP) on",
    ),
    (
        "unwell",
        "Có điều chưa ổn",
        "Something is not as it should be",
        "Xem findings ở kết quả / See the findings in the output",
    ),
    (
        "audit_broken",
        "Nhật ký kiểm tra bị sửa",
        "The audit trail was changed",
        "",
    ),
    (
        "bad_config",
        "Tệp cấu hình không đọc được",
        "The configuration cannot be read",
        "",
    ),
    (
        "bad_backup",
        "Không phải bản sao lưu của Tổ Số, hoặc bị hỏng",
        "Not a backup of Tổ Số, or damaged",
        "Thử bản khác / Try another one",
    ),
    (
        "wrong_recovery_key",
        "Khóa phục hồi không đúng",
        "The recovery key is wrong",
        "Khóa do toso-hub init in ra một lần / toso-hub init printed it once",
    ),
    (
        "no_recovery_key",
        "Cần khóa phục hồi",
        "The recovery key is needed",
        "TOSO_RECOVERY_KEY=… ",
    ),
    (
        "cannot_listen",
        "Không mở được địa chỉ này",
        "This address cannot be opened",
        "Chọn cổng khác / Choose another port",
    ),
    (
        "code_wrong",
        "Mã không đúng",
        "The code is not right",
        "Xem lại từng ký tự / Check every character",
    ),
    (
        "wrong_tls",
        "Thiết bị thấy chứng thư của máy khác",
        "The device saw another server's certificate",
        "Kiểm tra địa chỉ và proxy / Check the address and the proxy",
    ),
    (
        "code_used",
        "Mã đã được dùng",
        "The code was used already",
        "Xin cán bộ mã mới / Ask staff for a new code",
    ),
    (
        "code_expired",
        "Mã đã hết hạn",
        "The code has expired",
        "Xin cán bộ mã mới / Ask staff for a new code",
    ),
    (
        "too_many",
        "Thử sai quá nhiều lần",
        "Too many wrong tries",
        "Xin cán bộ mã mới / Ask staff for a new code",
    ),
    (
        "too_often",
        "Gửi quá nhanh",
        "Asked too often",
        "Đợi một lát / Wait a moment",
    ),
    (
        "check_number",
        "Số kiểm tra không khớp",
        "The check number does not match",
        "Đọc lại số trên máy mới; nếu vẫn khác, đừng duyệt / Read the number on the new device again; if it still differs, do not approve",
    ),
    (
        "no_such_device",
        "Không có thiết bị này",
        "There is no such device",
        "",
    ),
    (
        "not_pending",
        "Thiết bị này không chờ duyệt",
        "This device does not wait for approval",
        "",
    ),
    (
        "not_allowed",
        "Vai trò của bạn không được làm việc này",
        "Your role may not do this",
        "",
    ),
    (
        "bad_token",
        "Phiên đã hết",
        "The session is over",
        "Ứng dụng tự mở phiên mới / The app opens a new one",
    ),
    (
        "revoked",
        "Thiết bị đã bị thu hồi",
        "The device was revoked",
        "Gặp cán bộ xã / See the commune's staff",
    ),
    (
        "cert_expired",
        "Chứng nhận của thiết bị đã hết hạn",
        "The device's certificate has expired",
        "Xin cán bộ mã mới / Ask staff for a new code",
    ),
    (
        "unknown_device",
        "Máy chủ chưa biết thiết bị này",
        "The hub does not know this device",
        "",
    ),
    ("bad_sig", "Chữ ký không đúng", "The signature is wrong", ""),
    (
        "bad_challenge",
        "Phiên mở quá chậm",
        "The session was opened too slowly",
        "Thử lại / Try again",
    ),
    (
        "no_such_member",
        "Xã không có thành viên này",
        "The commune has no such member",
        "Đồng bộ trước, rồi mời / Sync first, then invite",
    ),
    (
        "no_space",
        "Xã không có tổ này",
        "The commune has no such team",
        "Đồng bộ trước, rồi mời / Sync first, then invite",
    ),
    (
        "not_revoked",
        "Thiết bị này chưa bị thu hồi",
        "This device is not revoked",
        "",
    ),
    (
        "version",
        "Phiên bản ứng dụng không hợp",
        "The app's version does not fit",
        "Cập nhật ứng dụng / Update the app",
    ),
    (
        "malformed",
        "Không đọc được yêu cầu",
        "The request cannot be read",
        "",
    ),
    (
        "bad_input",
        "Thiếu hoặc sai dữ liệu",
        "Input is missing or wrong",
        "",
    ),
    (
        "no_such_call",
        "Không có lệnh này",
        "There is no such call",
        "",
    ),
    (
        "too_large",
        "Yêu cầu quá lớn",
        "The request is too large",
        "",
    ),
    (
        "timeout",
        "Quá lâu",
        "It took too long",
        "Thử lại / Try again",
    ),
    (
        "db_busy",
        "Cơ sở dữ liệu đang bận",
        "The database is busy",
        "Thử lại / Try again",
    ),
];
