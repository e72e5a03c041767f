-- Records that count in another space (hand-over). An earlier app refuses the file; it would count them twice.

-- ---------------------------------------------------------------- derived

-- One instance of a record whose home, by the rulings held, is another space: no list, search or count shows it.
CREATE TABLE away (
    space BLOB NOT NULL CHECK (length(space) = 16),
    id    BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (space, id)
) STRICT, WITHOUT ROWID;
