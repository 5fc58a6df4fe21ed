CREATE TABLE `cluster_members` (
	`id` text PRIMARY KEY NOT NULL,
	`cluster_id` text NOT NULL,
	`enterprise_id` text NOT NULL,
	`role` text NOT NULL,
	`introduced_on` text NOT NULL,
	`left_on` text,
	`project_id` text,
	`note` text,
	FOREIGN KEY (`cluster_id`) REFERENCES `clusters`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`enterprise_id`) REFERENCES `enterprises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `cluster_members_cluster` ON `cluster_members` (`cluster_id`,`introduced_on`,`id`);--> statement-breakpoint
CREATE INDEX `cluster_members_enterprise` ON `cluster_members` (`enterprise_id`);--> statement-breakpoint
CREATE TABLE `clusters` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_en` text,
	`region_code` text,
	`industry_code` text,
	`leader_id` text,
	`targets` text NOT NULL,
	`note` text,
	FOREIGN KEY (`region_code`) REFERENCES `regions`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`industry_code`) REFERENCES `industries`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`leader_id`) REFERENCES `enterprises`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clusters_name` ON `clusters` (`name`);--> statement-breakpoint
CREATE INDEX `clusters_leader` ON `clusters` (`leader_id`);--> statement-breakpoint
CREATE TABLE `contacts` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text,
	`enterprise_id` text NOT NULL,
	`event_code` text NOT NULL,
	`delegation_id` text,
	`region_code` text,
	`channel` text NOT NULL,
	`guest_level` text,
	`contacted_on` text NOT NULL,
	`negotiating_on` text,
	`signed_on` text,
	`lost_on` text,
	`project_id` text,
	`note` text,
	FOREIGN KEY (`enterprise_id`) REFERENCES `enterprises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`event_code`) REFERENCES `events`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`delegation_id`) REFERENCES `delegations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`region_code`) REFERENCES `regions`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contacts_code` ON `contacts` (`code`);--> statement-breakpoint
CREATE INDEX `contacts_day` ON `contacts` (`contacted_on`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_event` ON `contacts` (`event_code`,`contacted_on`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_delegation` ON `contacts` (`delegation_id`,`contacted_on`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_enterprise` ON `contacts` (`enterprise_id`,`contacted_on`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_region` ON `contacts` (`region_code`);--> statement-breakpoint
CREATE INDEX `contacts_project` ON `contacts` (`project_id`);--> statement-breakpoint
CREATE TABLE `delegations` (
	`id` text PRIMARY KEY NOT NULL,
	`event_code` text NOT NULL,
	`for_event_code` text,
	`zone_code` text NOT NULL,
	`sent_on` text NOT NULL,
	`note` text,
	FOREIGN KEY (`event_code`) REFERENCES `events`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`for_event_code`) REFERENCES `events`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`zone_code`) REFERENCES `zones`(`code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `delegations_event` ON `delegations` (`event_code`,`sent_on`,`id`);--> statement-breakpoint
CREATE INDEX `delegations_for_event` ON `delegations` (`for_event_code`,`sent_on`,`id`);--> statement-breakpoint
CREATE INDEX `delegations_zone` ON `delegations` (`zone_code`);--> statement-breakpoint
CREATE TABLE `published_figures` (
	`id` text PRIMARY KEY NOT NULL,
	`event_code` text,
	`filter` text,
	`measure` text NOT NULL,
	`value` text NOT NULL,
	`unit` text NOT NULL,
	`precision` integer NOT NULL,
	`comparator` text NOT NULL,
	`as_of` text NOT NULL,
	`part_of_id` text,
	`source` text NOT NULL,
	`note` text,
	FOREIGN KEY (`event_code`) REFERENCES `events`(`code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`part_of_id`) REFERENCES `published_figures`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `published_figures_event` ON `published_figures` (`event_code`);--> statement-breakpoint
CREATE INDEX `published_figures_part_of` ON `published_figures` (`part_of_id`);--> statement-breakpoint
CREATE INDEX `published_figures_day` ON `published_figures` (`as_of`,`id`);