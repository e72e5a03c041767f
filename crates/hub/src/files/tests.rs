//! Files given in pieces, cut, turned bad, dropped.

use super::*;

const SPACE: SpaceId = SpaceId::from_bytes([7; 16]);

fn files() -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::new(&folder.path().join("files"), Secret([5; 32]));
    (folder, files)
}

fn photo() -> (FileHash, Vec<u8>) {
    let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_be_bytes).collect();
    (FileHash::of(SPACE, &bytes), bytes)
}

fn give(files: &Files, of: Of<'_>, size: u32, at: u32, bytes: &[u8]) -> Done<Standing> {
    files.give(of, &[], size, at, bytes)
}

fn standing(held: usize, size: usize, whole: bool) -> Standing {
    Standing {
        held: held as u32,
        size: size as u32,
        whole,
    }
}

#[test]
fn a_file_comes_in_pieces_of_any_length_and_is_read_whole() {
    let (folder, files) = files();
    let (name, bytes) = photo();
    let of = (SPACE, &name);
    let size = bytes.len() as u32;
    assert_eq!(files.standing(of).unwrap(), Standing::default());
    let mut at = 0;
    for length in [1, 70_000, 3, 0].into_iter().cycle() {
        let to = (at + length).min(bytes.len());
        let told = give(&files, of, size, at as u32, &bytes[at..to]).unwrap();
        at = to;
        assert_eq!(told, standing(at, bytes.len(), at == bytes.len()));
        // A range given twice, as after a lost answer, or one that leaves a gap, changes nothing.
        assert_eq!(give(&files, of, size, 0, &bytes[..1]).unwrap(), told);
        if at < bytes.len() {
            assert!(files.read(of).unwrap().is_none());
            assert_eq!(give(&files, of, size, at as u32 + 1, &[9]).unwrap(), told);
        } else {
            break;
        }
    }
    assert_eq!(files.read(of).unwrap().as_ref(), Some(&bytes));
    assert_eq!(files.all().unwrap(), [(SPACE, name)]);
    let on_disk = fs::read(files.path(of)).unwrap();
    assert!(!on_disk.windows(16).any(|w| w == &bytes[400..416]));
    assert!(!files.part(of).exists());
    drop(folder);
}

#[test]
fn a_piece_cut_short_by_a_crash_is_given_again() {
    let (_folder, files) = files();
    let (name, bytes) = photo();
    let of = (SPACE, &name);
    let size = bytes.len() as u32;
    give(&files, of, size, 0, &bytes[..1_000]).unwrap();
    give(&files, of, size, 1_000, &bytes[1_000..3_000]).unwrap();
    let all = fs::read(files.part(of)).unwrap();
    for length in (0..all.len()).step_by(11) {
        fs::write(files.part(of), &all[..length]).unwrap();
        let held = files.standing(of).unwrap().held as usize;
        assert!([0, 1_000, 3_000].contains(&held));
        let told = give(&files, of, size, held as u32, &bytes[held..4_000]).unwrap();
        assert_eq!(told, standing(4_000, bytes.len(), false), "cut at {length}");
    }
    let told = give(&files, of, size, 4_000, &bytes[4_000..]).unwrap();
    assert!(told.whole);
    assert_eq!(files.read(of).unwrap(), Some(bytes));
}

#[test]
fn what_is_not_what_its_name_says_is_not_kept() {
    let (_folder, files) = files();
    let (name, mut bytes) = photo();
    let of = (SPACE, &name);
    let size = bytes.len() as u32;
    bytes[5] ^= 1;
    give(&files, of, size, 0, &bytes[..1_000]).unwrap();
    let last = give(&files, of, size, 1_000, &bytes[1_000..]);
    assert_eq!(last.unwrap_err().code, "file_damaged");
    assert_eq!(files.standing(of).unwrap(), Standing::default());
    // One that turned bad on the disk is told, never given out.
    bytes[5] ^= 1;
    give(&files, of, size, 0, &bytes).unwrap();
    let mut sealed = fs::read(files.path(of)).unwrap();
    sealed[50] ^= 1;
    fs::write(files.path(of), sealed).unwrap();
    assert_eq!(files.read(of).unwrap_err().code, "file_damaged");
    files.drop_file(of).unwrap();
    files.drop_file(of).unwrap();
    assert!(files.all().unwrap().is_empty() && files.bytes().unwrap() == 0);
}

#[test]
fn a_backup_gets_what_it_lacks_and_loses_what_was_erased_and_does_not_bring_it_back() {
    let (folder, files) = files();
    let beside = Files::new(&folder.path().join("backup"), Secret([5; 32]));
    let (name, bytes) = photo();
    let other = FileHash::of(SPACE, b"other");
    let of = (SPACE, &name);
    let size = bytes.len() as u32;
    give(&files, of, size, 0, &bytes).unwrap();
    give(&files, (SPACE, &other), 5, 0, b"other").unwrap();
    assert_eq!(files.back_up(&beside).unwrap(), 2);
    assert_eq!(files.back_up(&beside).unwrap(), 2);
    assert_eq!(beside.read(of).unwrap(), Some(bytes.clone()));
    assert_eq!(beside.check().unwrap(), 2);
    files.erase_file(of).unwrap();
    assert!(files.is_erased(of) && files.read(of).unwrap().is_none());
    // Taken back before the next backup, it stays gone; and the next backup loses it.
    assert_eq!(beside.copy_to(&files).unwrap(), 1);
    assert_eq!(files.back_up(&beside).unwrap(), 1);
    assert!(beside.read(of).unwrap().is_none());
    // A new machine that begins from it knows that too, and the one after that.
    let [new, newer] =
        ["new", "newer"].map(|name| Files::new(&folder.path().join(name), Secret([5; 32])));
    assert_eq!(beside.copy_to(&new).unwrap(), 1);
    assert_eq!(new.back_up(&newer).unwrap(), 1);
    assert!(new.is_erased(of) && newer.is_erased(of));
    // One that still had it loses it.
    fs::remove_file(new.gone(of)).unwrap();
    give(&new, of, size, 0, &bytes).unwrap();
    assert_eq!(beside.copy_to(&new).unwrap(), 1);
    assert!(new.is_erased(of) && new.read(of).unwrap().is_none());
    // Given again by who may, it is here by right.
    give(&files, of, size, 0, &bytes).unwrap();
    assert!(!files.is_erased(of));
    assert_eq!(files.back_up(&beside).unwrap(), 2);
    assert_eq!(beside.read(of).unwrap(), Some(bytes));
}

#[test]
fn a_file_given_where_its_record_counts_now_lies_where_its_name_was_made() {
    let (_folder, files) = files();
    let (name, bytes) = photo();
    let [home, third] = [8, 9].map(|n| SpaceId::from_bytes([n; 16]));
    let (size, of) = (bytes.len() as u32, (home, &name));
    files.give(of, &[], size, 0, &bytes[..1_000]).unwrap();
    let alone = files.give(of, &[third], size, 1_000, &bytes[1_000..]);
    assert_eq!(alone.unwrap_err().code, "file_damaged");
    files.erase_file(of).unwrap();
    let told = files.give(of, &[third, SPACE], size, 0, &bytes).unwrap();
    assert_eq!(told, standing(bytes.len(), bytes.len(), true));
    assert_eq!(files.all().unwrap(), [(SPACE, name)]);
    assert_eq!(files.lies_in(of, &[third, SPACE]), SPACE);
    assert_eq!(files.lies_in(of, &[third]), home);
    assert!(!files.is_erased(of));
}
