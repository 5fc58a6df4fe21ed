CREATE TABLE "changes" (
	"seq" integer PRIMARY KEY NOT NULL,
	"entity" text collate "C" NOT NULL,
	"entity_id" text collate "C" NOT NULL,
	"action" text collate "C" NOT NULL,
	"actor" text collate "C" NOT NULL,
	"request_id" text collate "C",
	"at" text collate "C" NOT NULL,
	"fields" jsonb NOT NULL,
	"previous_hash" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "enterprises" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"social_credit_code" text collate "C",
	"country" text collate "C",
	"province" text collate "C",
	"search_text" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"code" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"series" text collate "C",
	"edition" integer,
	"host_city" text collate "C",
	"starts_on" text collate "C" NOT NULL,
	"ends_on" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "funds_entries" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"project_id" text collate "C" NOT NULL,
	"received_on" text collate "C" NOT NULL,
	"amount_yuan" bigint NOT NULL,
	"note" text collate "C",
	"created_at" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "industries" (
	"code" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"parent_code" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "project_investors" (
	"project_id" text collate "C" NOT NULL,
	"position" integer NOT NULL,
	"enterprise_id" text collate "C" NOT NULL,
	CONSTRAINT "project_investors_project_id_position_pk" PRIMARY KEY("project_id","position")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"code" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"description" text collate "C",
	"event_code" text collate "C",
	"level" text collate "C" NOT NULL,
	"region_code" text collate "C",
	"zone_code" text collate "C",
	"industry_code" text collate "C",
	"lead_investor_id" text collate "C",
	"owner" text collate "C",
	"contract_amount" text collate "C",
	"contract_currency" text collate "C",
	"investment_yuan" bigint NOT NULL,
	"investment_estimated" boolean NOT NULL,
	"contracted_funds_yuan" bigint,
	"signed_on" text collate "C" NOT NULL,
	"registered_on" text collate "C",
	"started_on" text collate "C",
	"completed_on" text collate "C",
	"production_on" text collate "C",
	"suspended_on" text collate "C",
	"resumed_on" text collate "C",
	"terminated_on" text collate "C",
	"agreed_start_on" text collate "C",
	"agreed_production_on" text collate "C",
	"note" text collate "C",
	"version" integer NOT NULL,
	"created_at" text collate "C" NOT NULL,
	"updated_at" text collate "C" NOT NULL,
	"archived_at" text collate "C",
	"search_text" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rankings" (
	"enterprise_id" text collate "C" NOT NULL,
	"list" text collate "C" NOT NULL,
	"year" integer NOT NULL,
	"rank" integer,
	CONSTRAINT "rankings_enterprise_id_list_year_pk" PRIMARY KEY("enterprise_id","list","year")
);
--> statement-breakpoint
CREATE TABLE "regions" (
	"code" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"parent_code" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "revision" (
	"id" integer PRIMARY KEY NOT NULL,
	"seq" integer NOT NULL,
	"hash" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "zones" (
	"code" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"level" text collate "C" NOT NULL,
	"region_code" text collate "C"
);
--> statement-breakpoint
ALTER TABLE "funds_entries" ADD CONSTRAINT "funds_entries_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "industries" ADD CONSTRAINT "industries_parent_code_industries_code_fk" FOREIGN KEY ("parent_code") REFERENCES "public"."industries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_investors" ADD CONSTRAINT "project_investors_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_investors" ADD CONSTRAINT "project_investors_enterprise_id_enterprises_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprises"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_event_code_events_code_fk" FOREIGN KEY ("event_code") REFERENCES "public"."events"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_region_code_regions_code_fk" FOREIGN KEY ("region_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_zone_code_zones_code_fk" FOREIGN KEY ("zone_code") REFERENCES "public"."zones"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_industry_code_industries_code_fk" FOREIGN KEY ("industry_code") REFERENCES "public"."industries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_lead_investor_id_enterprises_id_fk" FOREIGN KEY ("lead_investor_id") REFERENCES "public"."enterprises"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rankings" ADD CONSTRAINT "rankings_enterprise_id_enterprises_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprises"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regions" ADD CONSTRAINT "regions_parent_code_regions_code_fk" FOREIGN KEY ("parent_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "zones" ADD CONSTRAINT "zones_region_code_regions_code_fk" FOREIGN KEY ("region_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "changes_entity" ON "changes" USING btree ("entity","entity_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "enterprises_social_credit_code" ON "enterprises" USING btree ("social_credit_code");--> statement-breakpoint
CREATE INDEX "enterprises_name" ON "enterprises" USING btree ("name","id");--> statement-breakpoint
CREATE INDEX "funds_entries_project" ON "funds_entries" USING btree ("project_id","received_on","amount_yuan");--> statement-breakpoint
CREATE INDEX "industries_parent" ON "industries" USING btree ("parent_code");--> statement-breakpoint
CREATE UNIQUE INDEX "project_investors_enterprise" ON "project_investors" USING btree ("enterprise_id","project_id");--> statement-breakpoint
CREATE UNIQUE INDEX "projects_code" ON "projects" USING btree ("code");--> statement-breakpoint
CREATE INDEX "projects_investment" ON "projects" USING btree ("investment_yuan","id");--> statement-breakpoint
CREATE INDEX "projects_updated" ON "projects" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "projects_signed" ON "projects" USING btree ("signed_on","id");--> statement-breakpoint
CREATE INDEX "projects_started" ON "projects" USING btree ((case when "started_on" is null then '' else "started_on" end),"id");--> statement-breakpoint
CREATE INDEX "projects_production" ON "projects" USING btree ((case when "production_on" is null then '' else "production_on" end),"id");--> statement-breakpoint
CREATE INDEX "projects_region" ON "projects" USING btree ("region_code","signed_on","id");--> statement-breakpoint
CREATE INDEX "projects_zone" ON "projects" USING btree ("zone_code","signed_on","id");--> statement-breakpoint
CREATE INDEX "projects_industry" ON "projects" USING btree ("industry_code","signed_on","id");--> statement-breakpoint
CREATE INDEX "projects_lead_investor" ON "projects" USING btree ("lead_investor_id","signed_on","id");--> statement-breakpoint
CREATE INDEX "projects_statistics" ON "projects" USING btree ("event_code","signed_on","id","archived_at","level","region_code","zone_code","industry_code","lead_investor_id","investment_yuan","investment_estimated","contracted_funds_yuan","registered_on","started_on","completed_on","production_on","suspended_on","resumed_on","terminated_on","agreed_start_on","agreed_production_on");--> statement-breakpoint
CREATE INDEX "regions_parent" ON "regions" USING btree ("parent_code");--> statement-breakpoint
CREATE INDEX "zones_region" ON "zones" USING btree ("region_code");