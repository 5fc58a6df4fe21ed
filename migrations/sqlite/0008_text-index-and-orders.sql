CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
DROP INDEX `projects_investment`;--> statement-breakpoint
DROP INDEX `projects_updated`;--> statement-breakpoint
DROP INDEX `projects_signed`;--> statement-breakpoint
DROP INDEX `projects_started`;--> statement-breakpoint
DROP INDEX `projects_production`;--> statement-breakpoint
CREATE INDEX `projects_by_code` ON `projects` (`code`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_name` ON `projects` (`name`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_investment` ON `projects` (`investment_yuan`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_creation` ON `projects` (`created_at`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_update` ON `projects` (`updated_at`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_signing` ON `projects` (`signed_on`,`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_start` ON `projects` ((case when "started_on" is null then '' else "started_on" end),`id`) WHERE archived_at is null;--> statement-breakpoint
CREATE INDEX `projects_by_production` ON `projects` ((case when "production_on" is null then '' else "production_on" end),`id`) WHERE archived_at is null;--> statement-breakpoint
-- Grams of names, by hand: drizzle knows no virtual tables. What is looked for is no word, so nothing but spaces may part grams.
CREATE VIRTUAL TABLE `project_grams` USING fts5(grams, id UNINDEXED, content='', contentless_delete=1, contentless_unindexed=1, detail=none, tokenize='ascii');--> statement-breakpoint
CREATE VIRTUAL TABLE `enterprise_grams` USING fts5(grams, id UNINDEXED, content='', contentless_delete=1, contentless_unindexed=1, detail=none, tokenize='ascii');
