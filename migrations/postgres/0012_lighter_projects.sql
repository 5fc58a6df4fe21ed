DROP INDEX "projects_statistics";--> statement-breakpoint
CREATE INDEX "projects_event" ON "projects" USING btree ("event_code","signed_on","id");