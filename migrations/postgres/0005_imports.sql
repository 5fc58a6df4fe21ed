CREATE TABLE "imports" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"caller" text collate "C",
	"actor" text collate "C" NOT NULL,
	"request_id" text collate "C",
	"request" jsonb NOT NULL,
	"status" text collate "C" NOT NULL,
	"file" jsonb,
	"rows_done" integer NOT NULL,
	"outcome" jsonb,
	"shown" jsonb,
	"problem" jsonb,
	"owner" jsonb,
	"created_at" text collate "C" NOT NULL,
	"seen_at" text collate "C" NOT NULL,
	"finished_at" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "mappings" (
	"code" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"definition" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "imports_created" ON "imports" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "imports_status" ON "imports" USING btree ("status");