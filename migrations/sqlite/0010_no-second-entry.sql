-- An `INSERT OR REPLACE` deletes what it replaces without asking the triggers for deletions.
CREATE TRIGGER `changes_no_replace` BEFORE INSERT ON `changes`
  WHEN EXISTS (SELECT 1 FROM `changes` WHERE `seq` = NEW.`seq`) BEGIN
  SELECT RAISE(ABORT, 'the log of changes is append-only');
END;
