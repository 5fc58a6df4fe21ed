-- Nothing changes or deletes what the log says, not even this service.
CREATE TRIGGER `changes_no_update` BEFORE UPDATE ON `changes` BEGIN
  SELECT RAISE(ABORT, 'the log of changes is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `changes_no_delete` BEFORE DELETE ON `changes` BEGIN
  SELECT RAISE(ABORT, 'the log of changes is append-only');
END;
