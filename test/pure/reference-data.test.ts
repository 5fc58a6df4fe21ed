/** The reference data of a new database: complete and consistent. */
import { describe, expect, it } from 'vitest';
import countries from '../../src/features/references/data/countries.json' with { type: 'json' };
import industries from '../../src/features/references/data/industries.json' with { type: 'json' };
import regions from '../../src/features/references/data/regions.json' with { type: 'json' };
import zones from '../../src/features/references/data/zones.json' with { type: 'json' };
import * as schemas from '../../src/features/references/schema.ts';

interface Row {
  code: string;
  name: string;
  nameEn: string | null;
  parent?: string | null;
}

const files: Record<string, { rows: readonly Row[]; count: number; code: RegExp }> = {
  regions: { rows: regions, count: 34 + 14 + 122, code: /^[1-8]\d{5}$/ },
  industries: { rows: industries, count: 20 + 97, code: /^([A-T]|\d\d)$/ },
  zones: { rows: zones, count: 24, code: /^[a-z]+(-[a-z]+)*-(etdz|hidz|cbz)$/ },
  countries: { rows: countries, count: 249, code: /^[A-Z]{2}$/ },
};

const childrenOf = (rows: readonly Row[], parent: string): string[] =>
  rows.filter((row) => row.parent === parent).map(({ code }) => code);

describe.each(Object.entries(files))('%s.json', (_, { rows, count, code }) => {
  it(`has ${count} entries, without duplicates, sorted by code`, () => {
    const codes = rows.map((row) => row.code);
    expect(codes).toHaveLength(count);
    expect(new Set(codes).size).toBe(count);
    expect(codes).toEqual(codes.toSorted());
    expect(codes.filter((one) => !code.test(one))).toEqual([]);
  });

  it('has names in both languages, in Chinese and Latin script', () => {
    for (const { name, nameEn } of rows) {
      expect(name).toMatch(/^[\p{Script=Han}（）·、-]+$/u);
      expect(nameEn).toMatch(/^\p{Script=Latin}[\p{Script=Latin}\p{Mark} ,;'’.()\-–]*$/u);
      for (const text of [name, nameEn ?? '']) {
        expect(text).toBe(text.normalize('NFC').trim());
        expect(text).not.toMatch(/ {2}/);
      }
    }
  });

  it('has no name twice under one parent', () => {
    const names = rows.map(({ name, parent }) => `${parent ?? ''} ${name}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('regions.json', () => {
  const codes = new Set(regions.map(({ code }) => code));

  it('has the 34 units of province level and Hunan’s 14 prefectures', () => {
    expect(regions.filter(({ parent }) => parent === null)).toHaveLength(34);
    expect(childrenOf(regions, '430000').sort()).toEqual(
      [
        ['430100', '430200', '430300', '430400', '430500', '430600', '430700'],
        ['430800', '430900', '431000', '431100', '431200', '431300', '433100'],
      ].flat(),
    );
    const named = Object.fromEntries(regions.map(({ code, name, nameEn }) => [code, `${name} ${nameEn}`]));
    expect(named).toMatchObject({
      '430000': '湖南省 Hunan',
      '430100': '长沙市 Changsha',
      '431000': '郴州市 Chenzhou',
      '431025': '临武县 Linwu County',
      '433100': '湘西土家族苗族自治州 Xiangxi',
    });
  });

  it('has 122 counties, each in the prefecture and province of its code', () => {
    const counties = regions.filter(({ code }) => !code.endsWith('00'));
    expect(counties).toHaveLength(122);
    for (const { code, parent } of counties) expect(parent).toBe(`${code.slice(0, 4)}00`);
    for (const { code, parent } of regions.filter(({ code }) => code.endsWith('00'))) {
      expect(parent).toBe(code.endsWith('0000') ? null : `${code.slice(0, 2)}0000`);
    }
  });

  it('has every referenced parent, and no prefecture without counties', () => {
    for (const { parent } of regions) expect(parent === null || codes.has(parent)).toBe(true);
    for (const prefecture of childrenOf(regions, '430000')) {
      expect(childrenOf(regions, prefecture).length).toBeGreaterThan(3);
    }
  });
});

describe('industries.json', () => {
  /** The first and last division of each section in GB/T 4754-2017. */
  const sections: Record<string, [number, number]> = {
    A: [1, 5],
    B: [6, 12],
    C: [13, 43],
    D: [44, 46],
    E: [47, 50],
    F: [51, 52],
    G: [53, 60],
    H: [61, 62],
    I: [63, 65],
    J: [66, 69],
    K: [70, 70],
    L: [71, 72],
    M: [73, 75],
    N: [76, 79],
    O: [80, 82],
    P: [83, 83],
    Q: [84, 85],
    R: [86, 90],
    S: [91, 96],
    T: [97, 97],
  };

  it('has the twenty sections of the standard, each with its range of divisions', () => {
    expect(industries.filter(({ parent }) => parent === null).map(({ code }) => code)).toEqual(
      Object.keys(sections),
    );
    for (const [section, [first, last]] of Object.entries(sections)) {
      const divisions = Array.from({ length: last - first + 1 }, (_, i) =>
        String(first + i).padStart(2, '0'),
      );
      expect({ section, divisions: childrenOf(industries, section) }).toEqual({ section, divisions });
    }
  });

  it('has those named in the reports', () => {
    const names = Object.fromEntries(industries.map(({ code, name }) => [code, name]));
    expect(names).toMatchObject({ C: '制造业', 39: '计算机、通信和其他电子设备制造业' });
  });
});

describe('zones.json', () => {
  it('has ten economic zones, nine high-tech zones and five bonded zones, all national', () => {
    const kinds = zones.map(({ code }) => code.split('-').at(-1));
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect({ etdz: count('etdz'), hidz: count('hidz'), cbz: count('cbz') }).toEqual({
      etdz: 10,
      hidz: 9,
      cbz: 5,
    });
    expect(new Set(zones.map(({ level }) => level))).toEqual(new Set(['national']));
  });

  it('places each in an existing prefecture or county of Hunan', () => {
    const hunan = new Set(regions.map(({ code }) => code).filter((code) => /^43(?!0000)/.test(code)));
    expect(zones.filter(({ region }) => !hunan.has(region))).toEqual([]);
  });
});

describe('countries.json', () => {
  it('has those used by the filter by origin', () => {
    const codes = new Set(countries.map(({ code }) => code));
    for (const code of ['CN', 'HK', 'MO', 'TW', 'US', 'JP', 'DE', 'SG']) expect(codes).toContain(code);
    expect(codes).not.toContain('XK');
  });
});

describe('the seed', () => {
  it.each([
    { catalogue: schemas.regions, rows: regions },
    { catalogue: schemas.industries, rows: industries },
    { catalogue: schemas.zones, rows: zones },
  ])('is accepted by the API: $catalogue.entity', ({ catalogue, rows }) => {
    const refused = (rows as readonly Row[]).filter((row) => !catalogue.create.safeParse(row).success);
    expect(refused).toEqual([]);
  });
});
