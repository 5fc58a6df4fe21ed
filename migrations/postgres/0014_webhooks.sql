CREATE TABLE "webhook_deliveries" (
	"webhook_id" text collate "C" NOT NULL,
	"number" bigint NOT NULL,
	"kind" text collate "C" NOT NULL,
	"message" text collate "C" NOT NULL,
	"after" bigint,
	"up_to" bigint,
	"entries" integer NOT NULL,
	"at" text collate "C" NOT NULL,
	"milliseconds" integer NOT NULL,
	"status" integer,
	"answer" text collate "C",
	"error" text collate "C",
	CONSTRAINT "webhook_deliveries_webhook_id_number_pk" PRIMARY KEY("webhook_id","number")
);
--> statement-breakpoint
CREATE TABLE "webhook_states" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"secret" text collate "C" NOT NULL,
	"former_secret" text collate "C",
	"former_until" text collate "C",
	"cursor" bigint NOT NULL,
	"message" jsonb,
	"failures" integer NOT NULL,
	"failing_since" text collate "C",
	"next_attempt_at" text collate "C",
	"attempts" bigint NOT NULL,
	"owner" jsonb,
	"seen_at" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"url" text collate "C" NOT NULL,
	"entities" jsonb,
	"actions" jsonb,
	"regions" jsonb,
	"events" jsonb,
	"status" text collate "C" NOT NULL,
	"secret_changed_at" text collate "C"
);
--> statement-breakpoint
ALTER TABLE "webhook_states" ADD CONSTRAINT "webhook_states_id_webhooks_id_fk" FOREIGN KEY ("id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_at" ON "webhook_deliveries" USING btree ("at");