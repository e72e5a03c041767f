-- What was done at a door is found without reading every visit. An earlier app refuses the file; it would read it well.

-- ---------------------------------------------------------------- derived

-- Read out of `body` when needed, kept only in the indexes below: the household a record names, its day, the day to come
-- again, and whether somebody was met (1) or not (0).
ALTER TABLE record ADD COLUMN door BLOB GENERATED ALWAYS AS
    (unhex(replace(json_extract(body, '$.household'), '-', ''))) VIRTUAL;
ALTER TABLE record ADD COLUMN day TEXT GENERATED ALWAYS AS
    (json_extract(body, '$.day')) VIRTUAL;
ALTER TABLE record ADD COLUMN next_on TEXT GENERATED ALWAYS AS
    (coalesce(json_extract(body, '$.next_visit_on'), json_extract(body, '$.follow_up_on'))) VIRTUAL;
ALTER TABLE record ADD COLUMN met INTEGER GENERATED ALWAYS AS
    (json_extract(body, '$.contact') IN ('gap_chu_ho', 'gap_thanh_vien')) VIRTUAL;

-- Live records at a door by kind, the newest last.
CREATE INDEX record_door ON record (door, kind, day, id)
    WHERE door IS NOT NULL AND deleted IS NULL AND merged_into IS NULL;
-- What was merged into a record.
CREATE INDEX record_merged ON record (merged_into) WHERE merged_into IS NOT NULL;

-- Refused entries are few, and asked for with every list.
CREATE INDEX entry_refused ON entry (pack) WHERE verdict = 2;
