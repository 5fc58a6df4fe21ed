CREATE TABLE `changes` (
	`seq` integer PRIMARY KEY NOT NULL,
	`entity` text NOT NULL,
	`entity_id` text NOT NULL,
	`action` text NOT NULL,
	`actor` text NOT NULL,
	`request_id` text,
	`at` text NOT NULL,
	`fields` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `changes_entity` ON `changes` (`entity`,`entity_id`,`seq`);--> statement-breakpoint
CREATE TABLE `enterprises` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`social_credit_code` text,
	`country` text,
	`province` text,
	`search_text` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `enterprises_social_credit_code` ON `enterprises` (`social_credit_code`);--> statement-breakpoint
CREATE INDEX `enterprises_name` ON `enterprises` (`name`,`id`);--> statement-breakpoint
CREATE TABLE `events` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`series` text,
	`edition` integer,
	`host_city` text,
	`starts_on` text NOT NULL,
	`ends_on` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `funds_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`received_on` text NOT NULL,
	`amount_yuan` integer NOT NULL,
	`note` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `funds_entries_project` ON `funds_entries` (`project_id`,`received_on`,`amount_yuan`);--> statement-breakpoint
CREATE TABLE `industries` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`parent_code` text,
	FOREIGN KEY (`parent_code`) REFERENCES `industries`(`code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `industries_parent` ON `industries` (`parent_code`);--> statement-breakpoint
CREATE TABLE `project_investors` (
	`project_id` text NOT NULL,
	`position` integer NOT NULL,
	`enterprise_id` text NOT NULL,
	PRIMARY KEY(`project_id`, `position`),
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`enterprise_id`) REFERENCES `enterprises`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `project_investors_enterprise` ON `project_investors` (`enterprise_id`,`project_id`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`description` text,
	`event_code` text,
	`level` text NOT NULL,
	`region_code` text,
	`zone_code` text,
	`industry_code` text,
	`lead_investor_id` text,
	`owner` text,
	`contract_amount` text,
	`contract_currency` text,
	`investment_yuan` integer NOT NULL,
	`investment_estimated` integer NOT NULL,
	`contracted_funds_yuan` integer,
	`signed_on` text NOT NULL,
	`registered_on` text,
	`started_on` text,
	`completed_on` text,
	`production_on` text,
	`suspended_on` text,
	`resumed_on` text,
	`terminated_on` text,
	`agreed_start_on` text,
	`agreed_production_on` text,
	`note` text,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`archived_at` text,
	`search_text` text NOT NULL,
	FOREIGN KEY (`event_code`) REFERENCES `events`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_code`) REFERENCES `regions`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`zone_code`) REFERENCES `zones`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`industry_code`) REFERENCES `industries`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`lead_investor_id`) REFERENCES `enterprises`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_code` ON `projects` (`code`);--> statement-breakpoint
CREATE INDEX `projects_investment` ON `projects` (`investment_yuan`,`id`);--> statement-breakpoint
CREATE INDEX `projects_updated` ON `projects` (`updated_at`,`id`);--> statement-breakpoint
CREATE INDEX `projects_signed` ON `projects` (`signed_on`,`id`);--> statement-breakpoint
CREATE INDEX `projects_started` ON `projects` ((case when "started_on" is null then '' else "started_on" end),`id`);--> statement-breakpoint
CREATE INDEX `projects_production` ON `projects` ((case when "production_on" is null then '' else "production_on" end),`id`);--> statement-breakpoint
CREATE INDEX `projects_region` ON `projects` (`region_code`,`signed_on`,`id`);--> statement-breakpoint
CREATE INDEX `projects_zone` ON `projects` (`zone_code`,`signed_on`,`id`);--> statement-breakpoint
CREATE INDEX `projects_industry` ON `projects` (`industry_code`,`signed_on`,`id`);--> statement-breakpoint
CREATE INDEX `projects_lead_investor` ON `projects` (`lead_investor_id`,`signed_on`,`id`);--> statement-breakpoint
CREATE INDEX `projects_statistics` ON `projects` (`event_code`,`signed_on`,`id`,`archived_at`,`level`,`region_code`,`zone_code`,`industry_code`,`lead_investor_id`,`investment_yuan`,`investment_estimated`,`contracted_funds_yuan`,`registered_on`,`started_on`,`completed_on`,`production_on`,`suspended_on`,`resumed_on`,`terminated_on`,`agreed_start_on`,`agreed_production_on`);--> statement-breakpoint
CREATE TABLE `rankings` (
	`enterprise_id` text NOT NULL,
	`list` text NOT NULL,
	`year` integer NOT NULL,
	`rank` integer,
	PRIMARY KEY(`enterprise_id`, `list`, `year`),
	FOREIGN KEY (`enterprise_id`) REFERENCES `enterprises`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `regions` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`parent_code` text,
	FOREIGN KEY (`parent_code`) REFERENCES `regions`(`code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `regions_parent` ON `regions` (`parent_code`);--> statement-breakpoint
CREATE TABLE `revision` (
	`id` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `zones` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`level` text NOT NULL,
	`region_code` text,
	FOREIGN KEY (`region_code`) REFERENCES `regions`(`code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `zones_region` ON `zones` (`region_code`);