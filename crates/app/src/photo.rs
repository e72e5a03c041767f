//! A photo is made anew before it is kept: turned as it was held, small enough to send, and without anything but the
//! picture. Where it was taken, with what and when stands in its metadata, and none of that is copied.

use crate::error::{CallError, Called};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longest side of a kept photo, pixels.
const SIDE: u32 = 1_600;
/// Longest side of a photo that is looked at, pixels.
const SIDE_MAX: u32 = 20_000;
/// Pixels of a photo that is looked at: cheap phones take 12 to 50 million.
const PIXELS_MAX: u64 = 50_000_000;
/// Bytes a decoder may ask for: three a pixel, and what it needs beside.
const ALLOC_MAX: u64 = 176 << 20;
/// Quality of a kept photo, 1 to 100, unless it is too large then.
const QUALITY: u8 = 80;
/// Bytes of a kept photo, sealed, at most: three hundred of them still go over a village's network.
pub(crate) const BYTES_MAX: usize = 195_000;
/// Longest side and quality (1 to 100), tried in turn until a photo is small enough; the last is taken as it comes.
const STEPS: [(u32, u8); 6] = [
    (SIDE, 70),
    (SIDE, 60),
    (1_280, 60),
    (1_280, 50),
    (1_024, 50),
    (800, 40),
];
/// Longest side of a picture in a list, pixels.
pub(crate) const SMALL: u32 = 320;
/// Its quality.
const SMALL_QUALITY: u8 = 70;

/// A photo as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Photo {
    /// A JPEG without metadata.
    pub(crate) jpeg: Vec<u8>,
    /// Pixels across.
    pub(crate) width: u32,
    /// Pixels down.
    pub(crate) height: u32,
}

/// The form of a file, told by its first bytes, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Photo(ImageFormat),
    Pdf,
}

impl Form {
    /// `None` for what is neither a photo we can make anew nor a PDF: kept as it is, it might say where it was taken.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        let format = image::guess_format(bytes).ok()?;
        let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
        known.contains(&format).then_some(Self::Photo(format))
    }
}

/// Pixels across and down of a kept photo; `None` for anything else.
pub(crate) fn size_of(jpeg: &[u8]) -> Option<(u32, u32)> {
    let reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    reader.into_dimensions().ok()
}

/// Makes a photo anew. Its size is looked at before anything is decoded.
///
/// Errors: `photo_too_large`, `photo_unreadable`.
pub(crate) fn anew(bytes: &[u8], format: ImageFormat) -> Called<Photo> {
    // The decoders are other people's; what makes one panic is an unreadable photo and no more.
    let made = catch_unwind(AssertUnwindSafe(|| make(bytes, format)));
    made.unwrap_or_else(|_| Err(CallError::new("photo_unreadable")))
}

/// A kept photo no larger than `side` on its longer side, to be shown.
///
/// Errors: `photo_unreadable`.
pub(crate) fn shown(jpeg: &[u8], side: u32) -> Called<Photo> {
    let side = side.clamp(16, SIDE);
    let made = catch_unwind(AssertUnwindSafe(|| {
        let picture = upright(jpeg, ImageFormat::Jpeg, side)?;
        encoded(&on_white(picture), SMALL_QUALITY)
    }));
    made.unwrap_or_else(|_| Err(CallError::new("photo_unreadable")))
}

fn make(bytes: &[u8], format: ImageFormat) -> Called<Photo> {
    let mut plain = on_white(upright(bytes, format, SIDE)?);
    let mut made = encoded(&plain, QUALITY)?;
    for (side, quality) in STEPS {
        if made.jpeg.len() <= BYTES_MAX {
            break;
        }
        if plain.width().max(plain.height()) > side {
            plain = DynamicImage::from(plain).thumbnail(side, side).into_rgb8();
        }
        made = encoded(&plain, quality)?;
    }
    Ok(made)
}

/// Decoded within bounds, turned as it was held, at most `side` on its longer side.
fn upright(bytes: &[u8], format: ImageFormat, side: u32) -> Called<DynamicImage> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(ALLOC_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| told(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > ALLOC_MAX {
        return Err(CallError::new("photo_too_large"));
    }
    let turn = decoder.orientation().map_err(|error| told(&error))?;
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| told(&error))?;
    let mut small = if width.max(height) > side {
        picture.thumbnail(side, side)
    } else {
        picture
    };
    small.apply_orientation(turn);
    Ok(small)
}

fn encoded(plain: &RgbImage, quality: u8) -> Called<Photo> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality)
        .encode_image(plain)
        .map_err(|error| told(&error))?;
    Ok(Photo {
        jpeg,
        width: plain.width(),
        height: plain.height(),
    })
}

/// A JPEG knows no glass: what shows through is shown on white.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let glass = picture.into_rgba8();
    let mut plain = RgbImage::new(glass.width(), glass.height());
    for (to, from) in plain.pixels_mut().zip(glass.pixels()) {
        let [r, g, b, a] = from.0.map(u32::from);
        let over = |c: u32| u8::try_from((c * a + 255 * (255 - a)) / 255).unwrap_or(255);
        to.0 = [over(r), over(g), over(b)];
    }
    plain
}

fn told(error: &image::ImageError) -> CallError {
    CallError::new(match error {
        image::ImageError::Limits(_) => "photo_too_large",
        _ => "photo_unreadable",
    })
}
