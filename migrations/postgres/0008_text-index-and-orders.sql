CREATE TABLE "settings" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"value" text collate "C" NOT NULL
);
--> statement-breakpoint
DROP INDEX "projects_investment";--> statement-breakpoint
DROP INDEX "projects_updated";--> statement-breakpoint
DROP INDEX "projects_signed";--> statement-breakpoint
DROP INDEX "projects_started";--> statement-breakpoint
DROP INDEX "projects_production";--> statement-breakpoint
CREATE INDEX "projects_by_code" ON "projects" USING btree ("code","id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_name" ON "projects" USING btree ("name","id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_investment" ON "projects" USING btree ("investment_yuan","id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_creation" ON "projects" USING btree ("created_at","id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_update" ON "projects" USING btree ("updated_at","id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_signing" ON "projects" USING btree ("signed_on","id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_start" ON "projects" USING btree ((case when "started_on" is null then '' else "started_on" end),"id") WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX "projects_by_production" ON "projects" USING btree ((case when "production_on" is null then '' else "production_on" end),"id") WHERE archived_at is null;--> statement-breakpoint
-- Grams of names, by hand, as on SQLite.
CREATE TABLE "project_grams" ("number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "id" text collate "C" NOT NULL, "grams" tsvector NOT NULL);--> statement-breakpoint
CREATE INDEX "project_grams_grams" ON "project_grams" USING gin ("grams");--> statement-breakpoint
CREATE TABLE "enterprise_grams" ("number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "id" text collate "C" NOT NULL, "grams" tsvector NOT NULL);--> statement-breakpoint
CREATE INDEX "enterprise_grams_grams" ON "enterprise_grams" USING gin ("grams");
