-- Nothing changes or deletes what the log says, not even this service.
CREATE FUNCTION "refuse_changing_the_log"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log of changes is append-only';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "changes_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "changes"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_changing_the_log"();
