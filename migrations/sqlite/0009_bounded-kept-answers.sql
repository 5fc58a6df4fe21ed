ALTER TABLE `imports` ADD `bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `imports_room` ON `imports` (`caller`,`status`,`bytes`);--> statement-breakpoint
ALTER TABLE `kept_answers` ADD `ordinal` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `kept_answers` ADD `bytes_so_far` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `kept_answers_caller_ordinal` ON `kept_answers` (`caller`,`ordinal`);--> statement-breakpoint
CREATE INDEX `kept_answers_caller_created` ON `kept_answers` (`caller`,`created_at`);