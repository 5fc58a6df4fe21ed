/** What the demo data consists of: inputs of the services, in which projects name their investors by a local key. */
import type { Role } from '../clusters/membership.ts';
import type { ClusterTarget } from '../clusters/schema.ts';
import type { Ranking } from '../enterprises/schema.ts';
import type { Channel, GuestLevel } from '../outreach/stages.ts';
import type { NewFundsEntry, NewProject } from '../projects/schema.ts';
import type { NewPublishedFigure } from '../published/schema.ts';

export interface DemoEvent {
  code: string;
  name: string;
  nameEn: string;
  series: string;
  edition: number;
  hostCity: string;
  startsOn: string;
  endsOn: string;
  /** What of this was not published. */
  note: string | null;
}

export interface DemoEnterprise {
  /** What projects refer to it by; the service makes the id. */
  key: string;
  name: string;
  nameEn: string | null;
  socialCreditCode: null;
  country: string | null;
  province: string | null;
  rankings: Ranking[];
}

export interface DemoProject extends Omit<NewProject, 'investorIds'> {
  /** Keys of the investing enterprises, the lead first. */
  investors: string[];
  /** The ledger, in the order of its days. */
  funds: NewFundsEntry[];
}

export interface DemoDelegation {
  /** What contacts refer to it by; the service makes the id. */
  key: string;
  event: string;
  forEvent: string;
  zone: string;
  sentOn: string;
  note: string;
}

export interface DemoContact {
  code: string;
  /** Keys of the enterprise and the delegation, and the code of the project. */
  enterprise: string;
  delegation: string | null;
  project: string | null;
  event: string;
  region: string | null;
  channel: Channel;
  guestLevel: GuestLevel | null;
  contactedOn: string;
  negotiatingOn: string | null;
  signedOn: string | null;
  lostOn: string | null;
  note: string;
}

export interface DemoMember {
  /** Key of the enterprise. */
  enterprise: string;
  role: Role;
  introducedOn: string;
  note: string;
}

export interface DemoCluster {
  name: string;
  nameEn: string;
  region: string;
  industry: string;
  /** Key of the enterprise. */
  leader: string;
  targets: ClusterTarget[];
  note: string;
  members: DemoMember[];
}

export interface DemoData {
  events: DemoEvent[];
  enterprises: DemoEnterprise[];
  projects: DemoProject[];
  delegations: DemoDelegation[];
  contacts: DemoContact[];
  clusters: DemoCluster[];
  figures: readonly NewPublishedFigure[];
}

export const SAMPLE_NOTE = '演示数据，由程序生成，并非真实项目。Generated demo data; not a real project.';

export const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');
