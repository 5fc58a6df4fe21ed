/** The units of published figures. */
import type { Message } from '../../core/languages.ts';

/** The kinds of figures. */
export type Kind =
  | 'projects'
  | 'yuan'
  | 'rate'
  | 'days'
  | 'enterprises'
  | 'guests'
  | 'contacts'
  | 'delegations'
  | 'zones';

interface UnitOf extends Message {
  kind: Kind;
  /** One unit is 10^exponent of what the service computes in: items, yuan, days, or a ratio. */
  exponent: number;
}

export const units = {
  projects: { kind: 'projects', exponent: 0, zh: '个项目', en: 'projects' },
  yuan: { kind: 'yuan', exponent: 0, zh: '元', en: 'yuan' },
  wanYuan: { kind: 'yuan', exponent: 4, zh: '万元', en: 'ten thousand yuan' },
  millionYuan: { kind: 'yuan', exponent: 6, zh: '百万元', en: 'million yuan' },
  yiYuan: { kind: 'yuan', exponent: 8, zh: '亿元', en: 'hundred million yuan' },
  billionYuan: { kind: 'yuan', exponent: 9, zh: '十亿元', en: 'billion yuan' },
  percent: { kind: 'rate', exponent: -2, zh: '%', en: '%' },
  days: { kind: 'days', exponent: 0, zh: '天', en: 'days' },
  enterprises: { kind: 'enterprises', exponent: 0, zh: '家企业', en: 'enterprises' },
  guests: { kind: 'guests', exponent: 0, zh: '位嘉宾', en: 'guests' },
  contacts: { kind: 'contacts', exponent: 0, zh: '次对接', en: 'contacts' },
  delegations: { kind: 'delegations', exponent: 0, zh: '支小分队', en: 'delegations' },
  zones: { kind: 'zones', exponent: 0, zh: '个园区', en: 'zones' },
} as const satisfies Record<string, UnitOf>;

export type Unit = keyof typeof units;
export const unitNames = Object.keys(units) as [Unit, ...Unit[]];

/** The units for a kind of figure. */
export const unitsOf = (kind: Kind): Unit[] => unitNames.filter((unit) => units[unit].kind === kind);
