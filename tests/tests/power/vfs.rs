//! A layer between SQLite (below SQLCipher's codec) and the disk: remembers writes and syncs of one folder, and fails when
//! it is told to.
#![allow(
    unsafe_code,
    reason = "SQLite's file layer is a table of C functions; ours calls the system's own and adds a list"
)]

use rusqlite::ffi;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError};

/// One thing that happened, in order.
#[derive(Debug, Clone)]
pub enum Op {
    /// Bytes were written to the write-ahead log (`true`) or the database.
    Write(bool, usize, Vec<u8>),
    Truncate(bool, usize),
    /// All before it, of that file, is on the disk.
    Sync(bool),
    Note(Note),
}

/// What the story says in between.
#[derive(Debug, Clone)]
pub enum Note {
    /// A save of this text for this record begins.
    Begin(u32, String),
    /// The journal is synced up to this length.
    Frame(usize),
    /// The save was acknowledged.
    Saved,
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Read,
    Write,
    Sync,
}

/// From the n-th on, or only the n-th, this kind of call fails with this code.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    pub what: What,
    pub at: u64,
    pub code: c_int,
    pub on: bool,
}

#[derive(Default)]
struct Layer {
    folder: Option<PathBuf>,
    /// Open files of the folder, by the address of SQLite's handle; true for the write-ahead log.
    files: BTreeMap<usize, bool>,
    log: Vec<Op>,
    counts: [u64; 3],
    fault: Option<Fault>,
}

static LAYER: Mutex<Option<Layer>> = Mutex::new(None);
/// The system's functions and ours, for the database (which is locked) and for the log (which is not): two tables.
static BELOW: [OnceLock<Methods>; 2] = [const { OnceLock::new() }; 2];
static ABOVE: [OnceLock<Methods>; 2] = [const { OnceLock::new() }; 2];
static SYSTEM: OnceLock<usize> = OnceLock::new();

/// Tables of functions: never changed once made.
struct Methods(ffi::sqlite3_io_methods);
// SAFETY: only pointers to functions and a number.
unsafe impl Send for Methods {}
// SAFETY: as above.
unsafe impl Sync for Methods {}

/// One story at a time in a process: the layer is the process's own.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    static ONCE: Once = Once::new();
    ONCE.call_once(register);
    guard
}

/// From now on, files of this folder that are opened are watched.
pub fn watch(folder: &Path) {
    let folder = std::fs::canonicalize(folder).unwrap();
    let layer = Layer {
        folder: Some(folder),
        ..Layer::default()
    };
    *LAYER.lock().unwrap() = Some(layer);
}

/// What happened since [`watch`]. What is opened from now on, to look at, is watched no more: it would fill the memory.
pub fn log() -> Vec<Op> {
    with(|layer| {
        layer.folder = None;
        std::mem::take(&mut layer.log)
    })
}

pub fn note(note: Note) {
    with(|layer| layer.log.push(Op::Note(note)));
}

/// Sets or lifts a fault, and counts from here.
pub fn fail(fault: Option<Fault>) {
    with(|layer| {
        layer.fault = fault;
        layer.counts = [0; 3];
    });
}

/// How often each kind of call was made since [`fail`].
pub fn counts() -> [u64; 3] {
    with(|layer| layer.counts)
}

fn with<T: Default>(work: impl FnOnce(&mut Layer) -> T) -> T {
    let mut layer = LAYER.lock().unwrap_or_else(PoisonError::into_inner);
    layer.as_mut().map(work).unwrap_or_default()
}

fn register() {
    // SAFETY: SQLite's own table of the system's layer, copied; the copy lives as long as the process.
    unsafe {
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        assert!(!system.is_null());
        SYSTEM.get_or_init(|| system as usize);
        let mut ours = *system;
        ours.zName = c"watched".as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.xOpen = Some(open);
        assert_eq!(
            ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1),
            ffi::SQLITE_OK
        );
    }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the arguments are SQLite's, handed on; what the system's layer put into the handle is read after it said yes.
    unsafe {
        let system = SYSTEM.get().copied().unwrap_or(0) as *mut ffi::sqlite3_vfs;
        let told = (*system).xOpen.map_or(ffi::SQLITE_CANTOPEN, |open| {
            open(system, name, file, flags, out)
        });
        if told != ffi::SQLITE_OK || name.is_null() {
            return told;
        }
        let path = PathBuf::from(CStr::from_ptr(name).to_string_lossy().into_owned());
        let ours = with(|layer| {
            let inside = path.parent() == layer.folder.as_deref();
            let wal = path.to_string_lossy().ends_with("-wal");
            inside.then(|| {
                layer.files.insert(file as usize, wal);
                usize::from(wal)
            })
        });
        if let Some(table) = ours {
            let below = BELOW[table].get_or_init(|| Methods(*(*file).pMethods));
            let above = ABOVE[table].get_or_init(|| {
                let mut methods = below.0;
                methods.xClose = Some(close);
                methods.xRead = Some(read);
                methods.xWrite = Some(write);
                methods.xTruncate = Some(truncate);
                methods.xSync = Some(sync);
                Methods(methods)
            });
            (*file).pMethods = &raw const above.0;
        }
        told
    }
}

/// Counts a call on a watched file: the file, and the code to fail with.
fn meets(file: *mut ffi::sqlite3_file, what: What) -> (Option<bool>, Option<c_int>) {
    with(|layer| {
        let wal = layer.files.get(&(file as usize)).copied();
        if wal.is_none() {
            return (None, None);
        }
        let count = &mut layer.counts[what as usize];
        *count += 1;
        let fault = layer.fault.filter(|fault| fault.what == what);
        let fault = fault.filter(|f| *count == f.at || f.on && *count > f.at);
        (wal, fault.map(|fault| fault.code))
    })
}

fn happened(wal: Option<bool>, op: impl FnOnce(bool) -> Op) {
    if let Some(wal) = wal {
        with(|layer| layer.log.push(op(wal)));
    }
}

fn below(wal: bool) -> ffi::sqlite3_io_methods {
    BELOW[usize::from(wal)].get().unwrap().0
}

fn is_wal(file: *mut ffi::sqlite3_file) -> bool {
    // A handle that was opened under an earlier watch is gone from the list; no story leaves one open.
    with(|layer| layer.files.get(&(file as usize)).copied()).unwrap()
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let wal = is_wal(file);
    let _ = with(|layer| layer.files.remove(&(file as usize)));
    // SAFETY: handed on.
    unsafe { below(wal).xClose.unwrap()(file) }
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    n: c_int,
    at: i64,
) -> c_int {
    if let (_, Some(code)) = meets(file, What::Read) {
        return code;
    }
    // SAFETY: handed on.
    unsafe { below(is_wal(file)).xRead.unwrap()(file, to, n, at) }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    n: c_int,
    at: i64,
) -> c_int {
    let (wal, fault) = meets(file, What::Write);
    if let Some(code) = fault {
        return code;
    }
    // SAFETY: SQLite says that so many bytes stand there.
    let bytes =
        unsafe { std::slice::from_raw_parts(from.cast::<u8>(), usize::try_from(n).unwrap()) };
    happened(wal, |wal| {
        Op::Write(wal, usize::try_from(at).unwrap(), bytes.to_vec())
    });
    // SAFETY: handed on.
    unsafe { below(is_wal(file)).xWrite.unwrap()(file, from, n, at) }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, to: i64) -> c_int {
    let (wal, fault) = meets(file, What::Write);
    if let Some(code) = fault {
        return code;
    }
    happened(wal, |wal| Op::Truncate(wal, usize::try_from(to).unwrap()));
    // SAFETY: handed on.
    unsafe { below(is_wal(file)).xTruncate.unwrap()(file, to) }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    let (wal, fault) = meets(file, What::Sync);
    if let Some(code) = fault {
        return code;
    }
    // SAFETY: handed on.
    let told = unsafe { below(is_wal(file)).xSync.unwrap()(file, flags) };
    if told == ffi::SQLITE_OK {
        happened(wal, Op::Sync);
    }
    told
}
