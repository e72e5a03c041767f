//! What a form takes from a QR code. Each call reads one kind of code, and of any other tells its kind alone, so that a card
//! held before the wrong form shows nothing of itself there.

use super::{Seen, text_of};
use crate::app::{App, Desk};
use crate::call::list::{self, ListInput};
use crate::error::{CallError, Called};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use toso_domain::id::{RecordId, SpaceId};
use toso_domain::qr::{self, vietqr::Wrong};
use toso_domain::text;
use toso_domain::time::LocalDate;
use toso_sync::key::sha256;

/// People with the same tag who are compared: more than strangers share one in a commune of a hundred thousand.
const SHARING: u32 = 50;

macro_rules! hidden {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}
hidden!(Card, Same, Receipt, VietQr, Address);

/// What an identity card says, for a yes.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Card {
    /// Name as printed, mostly in capitals.
    pub full_name: String,
    /// Day of birth; what of it is not known is the first.
    pub birth_date: LocalDate,
    /// How much of it the card says, a code of `birth_precision`.
    pub birth_precision: &'static str,
    /// `nam`, `nu`; null when the card says neither.
    pub gender: Option<&'static str>,
    /// Residence as printed, which may name a unit that is no more; null when there is none to show.
    pub address: Option<String>,
    /// Sixteen bits of a keyed hash of the number; null on a device that belongs to no commune yet.
    pub id_tag: Option<u16>,
    /// What the number says otherwise: `id_gender`, `id_year`; `id_place` for a province nobody knows. They only warn.
    pub doubts: Vec<&'static str>,
    /// People here who may be the same: their tag is, and their name or day of birth.
    pub same: Vec<Same>,
}

/// Somebody written down who may be the one on the card.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Same {
    /// Their record.
    pub id: RecordId,
    /// Its space.
    pub space: SpaceId,
    /// Their household, when it is written down.
    pub household: Option<RecordId>,
    /// Their name.
    pub title: String,
}

/// The receipt of a dossier.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Receipt {
    /// Code of the dossier, in capitals.
    pub code: String,
    /// Day the office took it, as the code says.
    pub received_on: LocalDate,
    /// That day is still to come by this device's clock: the code or the clock is wrong.
    pub ahead: bool,
}

/// A payment code that is whole.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VietQr {
    /// The bank, as people call it; null for one this version does not know.
    pub bank: Option<&'static str>,
    /// A VietQR, which every bank's app can pay; else a code of another network.
    pub napas: bool,
    /// Name of the shop, when the code has one.
    pub name: Option<String>,
    /// Made for one payment: no code that hangs at a shop.
    pub once: bool,
}

/// An address on the web.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Address {
    /// `http(s)://…`, at most 500 characters.
    pub url: String,
}

/// What else a code is.
fn other(payload: &str) -> CallError {
    CallError::new("other_qr").with("is", qr::kind(payload).code())
}

/// `qr.card`. The picture is looked at before the profile is asked for, which others wait for meanwhile.
///
/// # Errors
/// Those of [`text_of`], `other_qr`, `locked`.
pub(crate) fn card(app: &App, input: &Seen) -> Called<Card> {
    let payload = text_of(app, input)?;
    let read = qr::card::read(&payload).ok_or_else(|| other(&payload))?;
    let year = u16::try_from(read.birth_date.year()).ok();
    let mut card = Card {
        doubts: read.number.doubts(read.gender, year),
        full_name: read.name,
        birth_date: read.birth_date,
        birth_precision: read.birth_precision.code(),
        gender: read.gender,
        address: read.address,
        id_tag: None,
        same: Vec::new(),
    };
    app.desk(|desk| {
        if let Some(commune) = desk.device.commune()? {
            let tag = read.number.tag(&tag_key(commune));
            card.id_tag = Some(tag);
            card.same = same(desk, tag, &card)?;
        }
        Ok(card)
    })
}

/// What tags of a commune are made with: its id, which every device of it has and nobody else. Whoever holds its records may
/// try numbers, and is left with one in 65,536 of them.
fn tag_key(commune: SpaceId) -> [u8; 32] {
    sha256(&[b"toso id key 1", commune.as_bytes()])
}

/// People with this tag whose name or day of birth is the card's. None while the lease hides lists.
fn same(desk: &mut Desk<'_>, tag: u16, card: &Card) -> Called<Vec<Same>> {
    let input = ListInput {
        kind: Some("citizen".into()),
        filter: Map::from_iter([("id_tag".to_owned(), Value::from(tag))]),
        limit: Some(SHARING),
        ..ListInput::default()
    };
    let page = match list::list(desk, input) {
        Err(error) if error.code == "lease" => return Ok(Vec::new()),
        page => page?,
    };
    let alike = |fields: &Map<String, Value>| {
        let of = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        text::weak_fold(of("full_name")) == text::weak_fold(&card.full_name)
            || of("birth_date") == card.birth_date.to_string()
    };
    let found = page.items.into_iter().filter(|item| alike(&item.fields));
    let same = found.map(|item| Same {
        household: item
            .fields
            .get("household")
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok()),
        id: item.id,
        space: item.space,
        title: item.title,
    });
    Ok(same.collect())
}

/// `qr.receipt`
///
/// # Errors
/// Those of [`text_of`], `other_qr`, `locked`.
pub(crate) fn receipt(app: &App, input: &Seen) -> Called<Receipt> {
    let payload = text_of(app, input)?;
    let read = qr::receipt::read(&payload).ok_or_else(|| other(&payload))?;
    let today = app.desk(|desk| Ok(LocalDate::from_millis(desk.now)))?;
    Ok(Receipt {
        ahead: read.received_on > today,
        code: read.code,
        received_on: read.received_on,
    })
}

/// `qr.vietqr`
///
/// # Errors
/// `qr_damaged` when the checksum does not fit; Those of [`text_of`], `other_qr`.
pub(crate) fn vietqr(app: &App, input: &Seen) -> Called<VietQr> {
    let payload = text_of(app, input)?;
    let read = qr::vietqr::read(&payload).map_err(|wrong| match wrong {
        Wrong::Damaged => CallError::new("qr_damaged"),
        Wrong::Other => other(&payload),
    })?;
    Ok(VietQr {
        bank: read.bank,
        napas: read.napas,
        name: read.name,
        once: read.once,
    })
}

/// `qr.address`
///
/// # Errors
/// Those of [`text_of`], `other_qr`.
pub(crate) fn address(app: &App, input: &Seen) -> Called<Address> {
    let payload = text_of(app, input)?;
    let url = qr::address::read(&payload).ok_or_else(|| other(&payload))?;
    Ok(Address { url })
}
