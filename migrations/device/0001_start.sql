-- The device's database, first shape. No earlier app exists.
-- Ids are 16 raw bytes, hashes 32, booleans 0 or 1, times milliseconds since 1970 by this device's clock.

-- ---------------------------------------------------------------- truth

-- Small named values of the app (current epoch, the hub's last vector …).
CREATE TABLE own (
    name  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One signed pack, its bytes as received or sealed. `body` stands last so that reading the rest skips its pages.
CREATE TABLE pack (
    no          INTEGER PRIMARY KEY,
    space       BLOB    NOT NULL CHECK (length(space) = 16),
    head        BLOB    NOT NULL CHECK (length(head) = 16),
    device      BLOB    NOT NULL CHECK (length(device) = 32),
    epoch       BLOB    NOT NULL CHECK (length(epoch) = 16),
    seq         INTEGER NOT NULL,
    valid       INTEGER NOT NULL,
    arrived     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    sig         BLOB    NOT NULL CHECK (length(sig) = 64),
    header      BLOB    NOT NULL,
    body        BLOB    NOT NULL,
    UNIQUE (space, head)
) STRICT;
CREATE INDEX pack_by_arrival ON pack (space, arrived);

-- What became of each entry of each pack: verdict 0 pending, 1 accepted, 2 refused, 3 hole, 4 purged.
CREATE TABLE entry (
    pack     INTEGER NOT NULL REFERENCES pack (no) ON DELETE CASCADE,
    ix       INTEGER NOT NULL,
    document BLOB    NOT NULL CHECK (length(document) = 16),
    kind     TEXT    NOT NULL,
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    verdict  INTEGER NOT NULL,
    why      TEXT    NOT NULL,
    PRIMARY KEY (pack, ix)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_document ON entry (document);
CREATE INDEX entry_by_hash ON entry (hash);
CREATE INDEX entry_hole ON entry (pack) WHERE verdict = 3;

-- Signed statements of the commune's authority. `space` is null when the whole commune is meant.
CREATE TABLE ruling (
    id     BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind   TEXT NOT NULL,
    space  BLOB,
    signed BLOB NOT NULL
) STRICT;

-- A local change not yet sealed into a pack, with the patch it came from.
CREATE TABLE draft (
    space    BLOB    NOT NULL CHECK (length(space) = 16),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    document BLOB    NOT NULL CHECK (length(document) = 16),
    kind     TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    remakes  BLOB    NOT NULL,
    raw      BLOB    NOT NULL,
    patch    BLOB    NOT NULL,
    PRIMARY KEY (space, hash)
) STRICT;
CREATE INDEX draft_by_place ON draft (space, place);
CREATE INDEX draft_by_document ON draft (document);

-- How far the journal is taken in, where this file believes it lives, and signs of restore or damage not yet acted on.
CREATE TABLE mark (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    journal  BLOB    NOT NULL,
    frame    INTEGER NOT NULL,
    link     BLOB    NOT NULL,
    identity BLOB    NOT NULL,
    signs    TEXT    NOT NULL
) STRICT;

-- -------------------------------------------------------------- derived

-- Saved Automerge bytes; `whole` is 0 while some are missing here and the document is read-only.
CREATE TABLE document (
    no    INTEGER PRIMARY KEY,
    id    BLOB    NOT NULL CHECK (length(id) = 16),
    space BLOB    NOT NULL CHECK (length(space) = 16),
    whole INTEGER NOT NULL,
    saved BLOB    NOT NULL,
    UNIQUE (id, space)
) STRICT;

-- What screens read: one row per document that could be projected, under the document's `no`.
CREATE TABLE record (
    no          INTEGER PRIMARY KEY REFERENCES document (no) ON DELETE CASCADE,
    id          BLOB    NOT NULL,
    space       BLOB    NOT NULL,
    kind        TEXT    NOT NULL,
    sort_vi     BLOB    NOT NULL,
    deleted     TEXT,
    merged_into BLOB,
    updated     INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    subtitle    TEXT    NOT NULL,
    clashes     TEXT    NOT NULL,
    unreadable  TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    fold        TEXT    NOT NULL
) STRICT;
CREATE INDEX record_by_sort ON record (kind, sort_vi, id, space);
CREATE INDEX record_by_space ON record (space, kind, sort_vi, id);
CREATE INDEX record_clash ON record (space) WHERE clashes <> '{}';

-- Words of `fold` (lower case, no marks, nothing sensitive), never a second copy of the text.
-- secure-delete: a word of an erased person leaves the index at once, not at some later merge.
CREATE VIRTUAL TABLE record_search USING fts5 (
    fold, content = 'record', content_rowid = 'no', prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO record_search (record_search, rank) VALUES ('secure-delete', 1);

-- Which record names which.
CREATE TABLE record_ref (
    no     INTEGER NOT NULL REFERENCES record (no) ON DELETE CASCADE,
    field  TEXT    NOT NULL,
    target BLOB    NOT NULL,
    PRIMARY KEY (no, field, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_ref_target ON record_ref (target, field);
