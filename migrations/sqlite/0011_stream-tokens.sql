CREATE TABLE `stream_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `stream_tokens_expiry` ON `stream_tokens` (`expires_at`);--> statement-breakpoint
CREATE INDEX `stream_tokens_key` ON `stream_tokens` (`key_id`,`expires_at`);