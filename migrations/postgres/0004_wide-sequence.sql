ALTER TABLE "changes" ALTER COLUMN "seq" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "revision" ALTER COLUMN "seq" SET DATA TYPE bigint;