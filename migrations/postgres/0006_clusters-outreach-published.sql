CREATE TABLE "cluster_members" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"cluster_id" text collate "C" NOT NULL,
	"enterprise_id" text collate "C" NOT NULL,
	"role" text collate "C" NOT NULL,
	"introduced_on" text collate "C" NOT NULL,
	"left_on" text collate "C",
	"project_id" text collate "C",
	"note" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "clusters" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_en" text collate "C",
	"region_code" text collate "C",
	"industry_code" text collate "C",
	"leader_id" text collate "C",
	"targets" jsonb NOT NULL,
	"note" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"code" text collate "C",
	"enterprise_id" text collate "C" NOT NULL,
	"event_code" text collate "C" NOT NULL,
	"delegation_id" text collate "C",
	"region_code" text collate "C",
	"channel" text collate "C" NOT NULL,
	"guest_level" text collate "C",
	"contacted_on" text collate "C" NOT NULL,
	"negotiating_on" text collate "C",
	"signed_on" text collate "C",
	"lost_on" text collate "C",
	"project_id" text collate "C",
	"note" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "delegations" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"event_code" text collate "C" NOT NULL,
	"for_event_code" text collate "C",
	"zone_code" text collate "C" NOT NULL,
	"sent_on" text collate "C" NOT NULL,
	"note" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "published_figures" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"event_code" text collate "C",
	"filter" text collate "C",
	"measure" text collate "C" NOT NULL,
	"value" text collate "C" NOT NULL,
	"unit" text collate "C" NOT NULL,
	"precision" integer NOT NULL,
	"comparator" text collate "C" NOT NULL,
	"as_of" text collate "C" NOT NULL,
	"part_of_id" text collate "C",
	"source" jsonb NOT NULL,
	"note" text collate "C"
);
--> statement-breakpoint
ALTER TABLE "cluster_members" ADD CONSTRAINT "cluster_members_cluster_id_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_members" ADD CONSTRAINT "cluster_members_enterprise_id_enterprises_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprises"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_members" ADD CONSTRAINT "cluster_members_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clusters" ADD CONSTRAINT "clusters_region_code_regions_code_fk" FOREIGN KEY ("region_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clusters" ADD CONSTRAINT "clusters_industry_code_industries_code_fk" FOREIGN KEY ("industry_code") REFERENCES "public"."industries"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clusters" ADD CONSTRAINT "clusters_leader_id_enterprises_id_fk" FOREIGN KEY ("leader_id") REFERENCES "public"."enterprises"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_enterprise_id_enterprises_id_fk" FOREIGN KEY ("enterprise_id") REFERENCES "public"."enterprises"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_event_code_events_code_fk" FOREIGN KEY ("event_code") REFERENCES "public"."events"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_delegation_id_delegations_id_fk" FOREIGN KEY ("delegation_id") REFERENCES "public"."delegations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_region_code_regions_code_fk" FOREIGN KEY ("region_code") REFERENCES "public"."regions"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_event_code_events_code_fk" FOREIGN KEY ("event_code") REFERENCES "public"."events"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_for_event_code_events_code_fk" FOREIGN KEY ("for_event_code") REFERENCES "public"."events"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_zone_code_zones_code_fk" FOREIGN KEY ("zone_code") REFERENCES "public"."zones"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "published_figures" ADD CONSTRAINT "published_figures_event_code_events_code_fk" FOREIGN KEY ("event_code") REFERENCES "public"."events"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "published_figures" ADD CONSTRAINT "published_figures_part_of_id_published_figures_id_fk" FOREIGN KEY ("part_of_id") REFERENCES "public"."published_figures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cluster_members_cluster" ON "cluster_members" USING btree ("cluster_id","introduced_on","id");--> statement-breakpoint
CREATE INDEX "cluster_members_enterprise" ON "cluster_members" USING btree ("enterprise_id");--> statement-breakpoint
CREATE UNIQUE INDEX "clusters_name" ON "clusters" USING btree ("name");--> statement-breakpoint
CREATE INDEX "clusters_leader" ON "clusters" USING btree ("leader_id");--> statement-breakpoint
CREATE UNIQUE INDEX "contacts_code" ON "contacts" USING btree ("code");--> statement-breakpoint
CREATE INDEX "contacts_day" ON "contacts" USING btree ("contacted_on","id");--> statement-breakpoint
CREATE INDEX "contacts_event" ON "contacts" USING btree ("event_code","contacted_on","id");--> statement-breakpoint
CREATE INDEX "contacts_delegation" ON "contacts" USING btree ("delegation_id","contacted_on","id");--> statement-breakpoint
CREATE INDEX "contacts_enterprise" ON "contacts" USING btree ("enterprise_id","contacted_on","id");--> statement-breakpoint
CREATE INDEX "contacts_region" ON "contacts" USING btree ("region_code");--> statement-breakpoint
CREATE INDEX "contacts_project" ON "contacts" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "delegations_event" ON "delegations" USING btree ("event_code","sent_on","id");--> statement-breakpoint
CREATE INDEX "delegations_for_event" ON "delegations" USING btree ("for_event_code","sent_on","id");--> statement-breakpoint
CREATE INDEX "delegations_zone" ON "delegations" USING btree ("zone_code");--> statement-breakpoint
CREATE INDEX "published_figures_event" ON "published_figures" USING btree ("event_code");--> statement-breakpoint
CREATE INDEX "published_figures_part_of" ON "published_figures" USING btree ("part_of_id");--> statement-breakpoint
CREATE INDEX "published_figures_day" ON "published_figures" USING btree ("as_of","id");