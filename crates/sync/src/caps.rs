//! Every cap on foreign bytes, in one table. Raising one is a protocol decision; lowering one may strand honest packs.

/// Version of header, rulings and gate this build speaks.
pub const VERSION: u32 = 1;
/// A pack on the wire or at rest: header, signature and compressed body together, bytes.
pub const PACK_BYTES: usize = 256 * 1024;
/// A pack header, bytes. It grows with the logs cited in `after`: about 75 bytes each.
pub const HEADER_BYTES: usize = 128 * 1024;
/// Entries in one pack.
pub const PACK_ENTRIES: usize = 500;
/// Raw changes of one pack after decompression, bytes; also the hard cap given to zstd.
pub const BODY_BYTES: usize = 1024 * 1024;
/// What an author puts into one pack before opening the next, raw bytes: half the cap, so that the index fits beside it.
pub const SEAL_BYTES: usize = 512 * 1024;
/// Positions in `after`, `closes`, a vector or a revocation; packs in `replaces`.
pub const POSITIONS: usize = 10_000;
/// Bytes of a kind's name.
pub const KIND_BYTES: usize = 40;
/// Old changes one entry may say it re-makes.
pub const REMAKES: usize = 5_000;
/// One ruling, signed bytes.
pub const RULING_BYTES: usize = 256 * 1024;
/// Rulings and receipts in one message: each costs a signature to check.
pub const RULINGS: usize = 5_000;
/// One request or answer of an exchange, bytes.
pub const MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// CBOR items in one message or header: an empty one is a byte on the wire, and two dozen in memory.
pub const ITEMS: usize = 200_000;
/// Packs given in one message, bytes: what one exchange holds in memory beside vector and digests (invariant I10).
pub const BATCH_BYTES: usize = 1024 * 1024;
/// Beside them, in one message: void packs given, healed bytes given, and rulings given, bytes of each. What does not fit
/// goes into the next one.
pub const SIDE_BYTES: usize = 512 * 1024;
/// Spaces in one message.
pub const SPACES: usize = 500;
/// Missing changes asked for or given at a time.
pub const HEALS: usize = 500;
/// Void packs the hub keeps for one device, bytes; past it the giver keeps them (`tray_full`).
pub const TRAY_BYTES: u64 = 64 * 1024 * 1024;
/// zstd window, as a power of two: a frame that asks for more is refused before it is unpacked.
pub const ZSTD_WINDOW_LOG: u32 = 21;
/// Bytes of one carried file.
pub const FILE_BYTES: u64 = 512 * 1024 * 1024;
/// Rulings in one carried file.
pub const FILE_RULINGS: usize = 200_000;
/// What the seals of one carried file may cost: lines of each section's age header, squared and added up. A commune of 200
/// teams, each with 60 readers, and 500 devices needs two thirds.
pub const FILE_EFFORT: u64 = 8_000_000;
