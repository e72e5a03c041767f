//! QR codes as pictures: drawn for another's camera, and seen by this device's own. What stands in one is nobody's business:
//! it goes into no log, and nothing but what a form shows leaves this folder.

mod quiet;
pub mod scan;

use crate::app::App;
use crate::error::{CallError, Called};
use crate::phone::NotGiven;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};
use rxing::common::HybridBinarizer;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8Source, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toso_domain::qr::{self, Kind};
use zeroize::Zeroizing;

/// Bytes of a text that is drawn at most: more makes squares too small for a cheap camera.
const TEXT_MAX: usize = 1024;
/// Pixels of a picture that is looked at, at most.
const PIXELS_MAX: usize = 1_500_000;
/// Shades between dark and light under which there is nothing to be seen but the camera's own noise.
const SHADES_MIN: usize = 16;

/// Input of `qr.draw`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// What to draw, at most 1,024 bytes.
    pub text: String,
}

impl std::fmt::Debug for Draw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draw(…)")
    }
}

/// A QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Drawn {
    /// Squares on a side.
    pub size: usize,
    /// From above, `1` for dark and `0` for light; the light border, four squares wide, is not in it.
    pub rows: Vec<String>,
}

/// `qr.draw`. A seventh of the squares may be unreadable (level M).
///
/// # Errors
/// `too_large`; `bad_input` for no text.
pub(crate) fn draw(input: &Draw) -> Called<Drawn> {
    if input.text.is_empty() {
        return Err(CallError::new("bad_input").with("text", "empty"));
    }
    if input.text.len() > TEXT_MAX {
        return Err(CallError::new("too_large"));
    }
    let code = QrCode::with_error_correction_level(&input.text, EcLevel::M)
        .map_err(|_| CallError::new("internal"))?;
    let size = code.width();
    let rows = code.to_colors();
    let rows = rows.chunks(size).map(|row| {
        let squares = row.iter();
        squares
            .map(|square| if *square == Color::Dark { '1' } else { '0' })
            .collect()
    });
    Ok(Drawn {
        size,
        rows: rows.collect(),
    })
}

/// Input of `qr.read`, `qr.card`, `qr.receipt`, `qr.vietqr` and `qr.address`.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    /// Pixels across.
    pub width: u32,
    /// Pixels down; at most 1,500,000 in all.
    pub height: u32,
    /// How light each pixel is, a byte each, row by row from above, in base 64.
    pub grey: String,
    /// The phone looks with its own scanner, until it sees a code or `phone.stop`: then there is no picture here.
    pub scanner: bool,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seen(…)")
    }
}

/// The text of an invitation.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Text {
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(…)")
    }
}

/// `qr.read`
///
/// # Errors
/// `other_qr` for everything but an invitation, which is told as its kind alone; those of [`text_of`].
pub(crate) fn read(app: &App, input: &Seen) -> Called<Text> {
    if_invitation(&text_of(app, input)?)
}

fn if_invitation(text: &str) -> Called<Text> {
    match qr::kind(text) {
        Kind::Invitation => Ok(Text {
            text: text.to_owned(),
        }),
        other => Err(CallError::new("other_qr").with("is", other.code())),
    }
}

/// What stands in the code that the phone's scanner saw, or that of a picture.
///
/// # Errors
/// `no_scanner`, `camera_denied`, `cancelled`; those of [`text_in`].
fn text_of(app: &App, input: &Seen) -> Called<Zeroizing<String>> {
    if !input.scanner {
        if input.width == 0 && input.height == 0 && input.grey.is_empty() {
            return Err(CallError::new("bad_input").with("what", "a picture, or scanner"));
        }
        return text_in(input).map(Zeroizing::new);
    }
    let phone = app.phone().ok_or_else(|| CallError::new("no_scanner"))?;
    phone.scan().map_err(NotGiven::of_camera)
}

/// What stands in the code of a picture.
///
/// # Errors
/// `no_qr` when none is found or it cannot be read; `too_large`; `bad_input` when the bytes are not as many as the pixels.
fn text_in(input: &Seen) -> Called<String> {
    let wrong = || CallError::new("bad_input").with("grey", "width × height bytes in base64");
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or(usize::MAX);
    let pixels = side(input.width).saturating_mul(side(input.height));
    if pixels > PIXELS_MAX || input.grey.len() > PIXELS_MAX.div_ceil(3) * 4 {
        return Err(CallError::new("too_large"));
    }
    let grey = STANDARD.decode(&input.grey).map_err(|_| wrong())?;
    if grey.len() != pixels {
        return Err(wrong());
    }
    // The library was made for pictures of a camera: what else it may meet it may panic at.
    let look = |grey: &[u8]| {
        let found = quiet::attempt(|| look(grey, input.width, input.height));
        found.flatten().filter(|text| !text.is_empty())
    };
    let text = look(&grey).or_else(|| {
        let mut clearer = smooth(&grey, side(input.width));
        stretch(&mut clearer);
        look(&clearer)
    });
    text.ok_or_else(|| CallError::new("no_qr"))
}

/// Each pixel as light as it and those around it are: a cheap camera in the dusk strews specks over the edges that are
/// looked for.
fn smooth(grey: &[u8], width: usize) -> Vec<u8> {
    let rows: Vec<&[u8]> = grey.chunks_exact(width.max(1)).collect();
    let around = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
    let mut out = Vec::with_capacity(grey.len());
    for y in 0..rows.len() {
        let near = rows.get(around(y, rows.len())).unwrap_or_default();
        let mut columns = vec![0_usize; width];
        for row in near {
            for (sum, pixel) in columns.iter_mut().zip(*row) {
                *sum += usize::from(*pixel);
            }
        }
        out.extend((0..width).map(|x| {
            let columns = columns.get(around(x, width)).unwrap_or_default();
            let count = (columns.len() * near.len()).max(1);
            u8::try_from(columns.iter().sum::<usize>() / count).unwrap_or(u8::MAX)
        }));
    }
    out
}

/// Makes the darkest black and the lightest white, a hundredth of the pixels aside: a code worn pale, or seen through a
/// glare, lies within few shades. Where all is of one shade nothing is made of it.
fn stretch(grey: &mut [u8]) {
    let mut counts = [0_usize; 256];
    for pixel in grey.iter() {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let aside = grey.len() / 100;
    let passed = |counts: &mut dyn Iterator<Item = &usize>| {
        let mut sum = 0;
        let few = |count: &&usize| {
            sum += **count;
            sum <= aside
        };
        counts.take_while(few).count()
    };
    let low = passed(&mut counts.iter());
    let high = 255_usize.saturating_sub(passed(&mut counts.iter().rev()));
    if high < low + SHADES_MIN {
        return;
    }
    for pixel in grey {
        let above = usize::from(*pixel).clamp(low, high) - low;
        *pixel = u8::try_from(above * 255 / (high - low)).unwrap_or(u8::MAX);
    }
}

fn look(grey: &[u8], width: u32, height: u32) -> Option<String> {
    let source = Luma8Source::new_with_slice(grey, width, height).ok()?;
    let mut picture = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let found = QrReader.decode_with_hints(&mut picture, &hints).ok()?;
    Some(found.getText().to_owned())
}

#[cfg(test)]
mod tests;
