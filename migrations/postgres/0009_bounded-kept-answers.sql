ALTER TABLE "imports" ADD COLUMN "bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "kept_answers" ADD COLUMN "ordinal" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "kept_answers" ADD COLUMN "bytes_so_far" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "imports_room" ON "imports" USING btree ("caller","status","bytes");--> statement-breakpoint
CREATE INDEX "kept_answers_caller_ordinal" ON "kept_answers" USING btree ("caller","ordinal");--> statement-breakpoint
CREATE INDEX "kept_answers_caller_created" ON "kept_answers" USING btree ("caller","created_at");