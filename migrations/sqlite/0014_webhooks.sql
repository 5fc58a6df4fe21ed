CREATE TABLE `webhook_deliveries` (
	`webhook_id` text NOT NULL,
	`number` integer NOT NULL,
	`kind` text NOT NULL,
	`message` text NOT NULL,
	`after` integer,
	`up_to` integer,
	`entries` integer NOT NULL,
	`at` text NOT NULL,
	`milliseconds` integer NOT NULL,
	`status` integer,
	`answer` text,
	`error` text,
	PRIMARY KEY(`webhook_id`, `number`)
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_at` ON `webhook_deliveries` (`at`);--> statement-breakpoint
CREATE TABLE `webhook_states` (
	`id` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL,
	`former_secret` text,
	`former_until` text,
	`cursor` integer NOT NULL,
	`message` text,
	`failures` integer NOT NULL,
	`failing_since` text,
	`next_attempt_at` text,
	`attempts` integer NOT NULL,
	`owner` text,
	`seen_at` text NOT NULL,
	FOREIGN KEY (`id`) REFERENCES `webhooks`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`entities` text,
	`actions` text,
	`regions` text,
	`events` text,
	`status` text NOT NULL,
	`secret_changed_at` text
);
