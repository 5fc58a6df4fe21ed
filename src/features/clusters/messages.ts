/** Messages about clusters and their members. */
import type { Message } from '../../core/languages.ts';
import type { Messages } from '../../http/messages.ts';

const faults = {
  target_ends_before_start: { en: 'must not be before its “from”', zh: '不能早于起始日（from）' },
  leaving_before_introduction: { en: 'must not be before introducedOn', zh: '退出日期不能早于引进日期' },
  member_already: {
    en: 'is already a member of the cluster, from {from} to {until}',
    zh: '该企业自 {from} 至 {until} 已是该集群成员',
  },
  leader_is_no_member: {
    en: 'is the leader of the cluster and cannot be its member',
    zh: '为该集群的龙头企业（链主），不能同时是其成员',
  },
  member_is_no_leader: {
    en: 'is still a member of the cluster; first enter the day it left',
    zh: '为该集群现有成员，须先登记其退出日期',
  },
  unknown_cluster: {
    en: 'there is no cluster “{id}”; give its full name as it is on record',
    zh: '没有产业集群“{id}”；请填写已登记的全称',
  },
  member_several_times: {
    en: 'was a member of the cluster {count} times; give the day on which it was introduced',
    zh: '该企业曾 {count} 次成为该集群成员；请填写引进日期以确定是哪一次',
  },
} as const satisfies Record<string, Message>;

export const clusterMessages = { faults } satisfies Messages;

type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface FaultMessages extends Faults {}
}
