CREATE TABLE "stream_tokens" (
	"hash" text collate "C" PRIMARY KEY NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"expires_at" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "stream_tokens_expiry" ON "stream_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "stream_tokens_key" ON "stream_tokens" USING btree ("key_id","expires_at");