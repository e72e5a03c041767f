//! One act of help: to a citizen, to a household, or to somebody unnamed.

use crate::id::RecordId;
use crate::record::Kept;
use crate::schema::Problem;
use crate::time::LocalDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One act of help: to a citizen, to a household, or to somebody unnamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assistance {
    /// Visit it belongs to.
    #[schemars(extend("x-ref" = "visit"), extend("x-step" = 1))]
    pub visit: Option<RecordId>,
    /// Household.
    #[schemars(extend("x-ref" = "household"), extend("x-step" = 1))]
    pub household: Option<RecordId>,
    /// Person helped; none when unnamed.
    #[schemars(extend("x-ref" = "citizen"), extend("x-step" = 1))]
    pub citizen: Option<RecordId>,
    /// Village, when no household is named.
    #[schemars(extend("x-ref" = "unit"), extend("x-step" = 1))]
    pub village: Option<RecordId>,
    /// Age band of somebody unnamed.
    #[schemars(extend("x-catalog" = "age_band"), extend("x-step" = 1))]
    pub age_band: Option<String>,
    /// Gender of somebody unnamed.
    #[schemars(extend("x-catalog" = "gender"), extend("x-step" = 1))]
    pub gender: Option<String>,
    /// Day.
    #[schemars(extend("x-step" = 1))]
    pub day: LocalDate,
    /// With what.
    #[schemars(extend("x-catalog" = "assistance_category"), extend("x-step" = 1))]
    pub category: String,
    /// Public service, by its code.
    #[schemars(extend("x-catalog" = "procedure"), extend("x-when" = {"field":"category","in":["dvc"]}), extend("x-step" = 1))]
    pub procedure: Option<String>,
    /// App it was about.
    #[schemars(extend("x-catalog" = "app"), extend("x-when" = {"field":"category","in":["app_tinh","bhyt_so_suc_khoe","bhxh","thue_hkd","giao_duc","nong_nghiep","mang_xa_hoi"]}), extend("x-step" = 1))]
    pub app: Option<String>,
    /// Bank, wallet or operator.
    #[schemars(extend("x-catalog" = "provider"), extend("x-when" = {"field":"category","in":["tk_ngan_hang","vi_dien_tu","mobile_money","thanh_toan","qr_nhan_tien"]}), extend("x-step" = 1))]
    pub provider: Option<String>,
    /// Turn on duty it was given in.
    #[schemars(extend("x-ref" = "duty"), extend("x-step" = 2))]
    pub duty: Option<RecordId>,
    /// Where.
    #[schemars(extend("x-catalog" = "channel"), extend("x-step" = 2))]
    pub channel: Option<String>,
    /// On whose device.
    #[schemars(extend("x-catalog" = "device_used"), extend("x-step" = 2))]
    pub device_used: Option<String>,
    /// How much was done for the person.
    #[schemars(extend("x-catalog" = "help_level"), extend("x-step" = 2))]
    pub help_level: Option<String>,
    /// How it ended.
    #[schemars(extend("x-catalog" = "outcome"), extend("x-step" = 2))]
    pub outcome: String,
    /// Why it failed.
    #[schemars(extend("x-catalog" = "fail_reason"), extend("x-when" = {"field":"outcome","in":["khong_lam_duoc","bi_tu_choi","hen_lai"]}), extend("x-step" = 2))]
    pub fail_reason: Option<String>,
    /// Dossier code on the receipt.
    #[schemars(length(max = 60), extend("x-find" = true), extend("x-when" = {"field":"category","in":["dvc"]}), extend("x-scan" = "receipt"), extend("x-private" = "P2"), extend("x-step" = 2))]
    pub dossier_code: Option<String>,
    /// The fee was paid online; empty when there was none.
    #[schemars(extend("x-when" = {"field":"category","in":["dvc"]}), extend("x-step" = 2))]
    pub fee_paid_online: Option<bool>,
    /// Members who helped.
    #[schemars(extend("x-ref" = "member"), extend("x-merge" = "set"), extend("x-step" = 3))]
    #[serde(default)]
    pub members: BTreeSet<RecordId>,
    /// Minutes it took.
    #[schemars(range(min = 0, max = 600), extend("x-unit" = "phut"), extend("x-step" = 3))]
    pub minutes: Option<u16>,
    /// Day to ask again.
    #[schemars(extend("x-step" = 3))]
    pub follow_up_on: Option<LocalDate>,
    /// Note. Never a password or a one-time code.
    #[schemars(length(max = 2000), extend("x-private" = "P2"), extend("x-step" = 3))]
    pub note: Option<String>,
}

impl Kept for Assistance {
    fn doubts(&self) -> Vec<Problem> {
        let mut doubts = Vec::new();
        let nowhere = self.household.is_none() && self.citizen.is_none() && self.visit.is_none();
        if nowhere && self.village.is_none() {
            doubts.push(Problem::new("household", "nowhere"));
        }
        if self
            .dossier_code
            .as_deref()
            .is_some_and(|code| !dossier(code))
        {
            doubts.push(Problem::new("dossier_code", "doubtful_code"));
        }
        if self.follow_up_on.is_some_and(|next| next <= self.day) {
            doubts.push(Problem::new("follow_up_on", "too_early"));
        }
        doubts
    }
}

/// Looks like a dossier code of a one-stop office: units of two or three letters and digits joined by dots, the day as
/// `yymmdd`, a serial of four to six digits (`000.00.15.H37-250915-0007`). Provinces vary it, so this only warns.
pub(crate) fn dossier(code: &str) -> bool {
    let code = code.to_uppercase();
    let mut parts = code.trim().split('-');
    let (Some(units), Some(day), Some(serial), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let unit = |text: &str| {
        (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let date = match (day.get(4..6), day.get(2..4), day.get(..2)) {
        (Some(d), Some(m), Some(y)) if day.len() == 6 => {
            LocalDate::from_digits(&format!("{d}{m}20{y}"))
        }
        _ => None,
    };
    units.split('.').count() <= 6
        && units.split('.').all(unit)
        && date.is_some()
        && (4..=6).contains(&serial.len())
        && digits(serial)
}

#[cfg(test)]
mod tests {
    use super::dossier;

    #[test]
    fn dossier_codes_of_several_offices_are_known() {
        for good in [
            "000.00.15.H37-250915-0007",
            "H37.12-250915-0007",
            "G22.99.01-250915-0001",
            "h37.12-250915-000712",
        ] {
            assert!(dossier(good), "{good}");
        }
        for odd in [
            "",
            "250915-0007",
            "H37.12-251315-0007",
            "H37.12-250915",
            "H37.12-250915-7",
            "Páo-250915-0007",
        ] {
            assert!(!dossier(odd), "{odd}");
        }
    }
}
