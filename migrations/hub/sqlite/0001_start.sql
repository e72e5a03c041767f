-- The hub's database, first shape. No earlier hub exists.
-- Ids are 16 raw bytes, keys and hashes 32, booleans 0 or 1, times milliseconds since 1970 by this hub's clock.

-- ---------------------------------------------------------------- secrets

-- What only this hub knows: the authority's key, the server's TLS key, who may read its backups.
CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- truth

-- Small named values of the protocol.
CREATE TABLE own (
    name  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One signed pack, its bytes as received. `body` stands last so that reading the rest skips its pages.
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
-- `logged` is 1 once the ruling also stands in the log beside this file; receipts need not.
CREATE TABLE ruling (
    id     BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind   TEXT NOT NULL,
    space  BLOB,
    logged INTEGER NOT NULL,
    signed BLOB NOT NULL
) STRICT;
CREATE INDEX ruling_unlogged ON ruling (id) WHERE logged = 0;

-- ---------------------------------------------------------------- the door

-- One-time codes. The code itself is not here: `lookup` finds the row, `secret` is a hash that proves who typed it.
CREATE TABLE code (
    lookup     BLOB    PRIMARY KEY,
    secret     BLOB    NOT NULL,
    member     BLOB    NOT NULL CHECK (length(member) = 16),
    roles      TEXT    NOT NULL,
    spaces     BLOB    NOT NULL,
    all_spaces INTEGER NOT NULL,
    at_once    INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    used_by    BLOB
) STRICT, WITHOUT ROWID;

-- Devices that proved a code and wait for staff to compare check numbers.
CREATE TABLE pending (
    device       BLOB    PRIMARY KEY CHECK (length(device) = 32),
    lookup       BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    check_number TEXT    NOT NULL,
    asked_at     INTEGER NOT NULL,
    refused      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens by their hash.
CREATE TABLE token (
    hash    BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    device  BLOB    NOT NULL CHECK (length(device) = 32),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_device ON token (device);
CREATE INDEX token_by_expiry ON token (expires);

-- When a device was last here.
CREATE TABLE seen (
    device BLOB    PRIMARY KEY CHECK (length(device) = 32),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what at the door. Each row's `link` is a hash over the one before it and its own content.
CREATE TABLE audit (
    no     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    actor  BLOB    NOT NULL,
    action TEXT    NOT NULL,
    object TEXT    NOT NULL,
    result TEXT    NOT NULL,
    link   BLOB    NOT NULL CHECK (length(link) = 32)
) STRICT;

-- -------------------------------------------------------------- derived

-- Saved Automerge bytes; `whole` is 0 while some are missing here.
CREATE TABLE document (
    space BLOB    NOT NULL CHECK (length(space) = 16),
    id    BLOB    NOT NULL CHECK (length(id) = 16),
    kind  TEXT    NOT NULL,
    whole INTEGER NOT NULL,
    saved BLOB    NOT NULL,
    PRIMARY KEY (space, id)
) STRICT;
