-- An index only: a hub of the shape before could read this file, and refuses it all the same.
-- What is set aside of one device is summed up before more of it is taken.
CREATE INDEX pack_void ON pack (device) WHERE valid = 0;
