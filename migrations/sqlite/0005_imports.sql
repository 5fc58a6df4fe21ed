CREATE TABLE `imports` (
	`id` text PRIMARY KEY NOT NULL,
	`caller` text,
	`actor` text NOT NULL,
	`request_id` text,
	`request` text NOT NULL,
	`status` text NOT NULL,
	`file` text,
	`rows_done` integer NOT NULL,
	`outcome` text,
	`shown` text,
	`problem` text,
	`owner` text,
	`created_at` text NOT NULL,
	`seen_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE INDEX `imports_created` ON `imports` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `imports_status` ON `imports` (`status`);--> statement-breakpoint
CREATE TABLE `mappings` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`definition` text NOT NULL
);
