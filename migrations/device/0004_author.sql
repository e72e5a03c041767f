-- A device's own packs are found without reading everybody's. An earlier app refuses the file; it would read it well.

-- Asked for with every list and every exchange: on the PC of a whole commune own packs are few among thousands.
CREATE INDEX pack_by_author ON pack (space, device);
