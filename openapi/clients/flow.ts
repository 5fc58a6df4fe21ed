/** What each client does against a service, for a test: it compiles strictly, without a cast, and each answers the same. */
export interface Outcome {
  created: string;
  listed: number;
  /** After a change under If-Match, and after one that came too late. */
  changedTo: string | null;
  tooLate: string;
  fundsInPlace: number;
  /** Of the one project of the flow. */
  started: number | null | undefined;
  percent: number | null | undefined;
}

export const project = (code: string) =>
  ({
    code,
    name: '示例项目（客户端）',
    level: 'provincial',
    signedOn: '2020-06-29',
    investmentYuan: 500_000_000,
  }) as const;

export const funds = { receivedOn: '2021-01-15', amountYuan: 20_000_000 } as const;
export const changes = { startedOn: '2020-09-15' } as const;

/** @throws when something is not there */
export function expectPresent<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`no ${what}`);
  return value;
}
