import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, levelsOf, type Population, tellable } from '../../src/features/figures/small-groups.ts';
import { isolated } from '../support/isolating.ts';
import { runs } from '../support/runs.ts';

type Size = 'all' | 'some';
const all: Population<Size> = (sizes) => sizes.all;
const some: Population<Size> = (sizes) => sizes.some;
const others: Population<Size> = (sizes) => sizes.all - sizes.some;

const cell = (groups: string[], size: number, part = 0): Cell<Size> => ({
  groups,
  sizes: { all: size, some: part },
});

/** What may be disclosed of the last dimension. */
const toldOf = async (cells: Cell<Size>[], populations = [all], minimum = 5) => {
  const dimensions = cells[0]?.groups.length ?? 0;
  const { whole, groups } = await tellable(await levelsOf(cells, dimensions), populations, minimum);
  return { whole, groups: [...groups].sort() };
};

const cells = fc
  .record({ dimensions: fc.integer({ min: 1, max: 4 }), groups: fc.integer({ min: 1, max: 4 }) })
  .chain(({ dimensions, groups }) => {
    const code = fc.integer({ min: 1, max: groups }).map(String);
    const one = fc
      .tuple(fc.tuple(...Array(dimensions).fill(code)), fc.integer({ min: 1, max: 4 }), fc.nat(4))
      .map(([codes, size, part]) => cell(codes as string[], size, Math.min(part, size)));
    return fc.uniqueArray(one, { minLength: 1, maxLength: 9, selector: ({ groups }) => groups.join() });
  });

/** The projects of a population, one by one, each as the index of its cell. */
const projectsIn = (cells: Cell<Size>[], population: Population<Size>): number[] =>
  cells.flatMap(({ sizes }, place) => Array<number>(population(sizes)).fill(place));

/** The cells as seen by a request for fewer dimensions. */
function upTo(dimensions: number, cells: Cell<Size>[]): Cell<Size>[] {
  const counted = new Map<string, Cell<Size>>();
  for (const { groups, sizes } of cells) {
    const shown = groups.slice(0, dimensions) as string[];
    const { all, some } = counted.get(shown.join())?.sizes ?? { all: 0, some: 0 };
    counted.set(shown.join(), cell(shown, all + sizes.all, some + sizes.some));
  }
  return [...counted.values()];
}

describe('what is disclosed', () => {
  it.each([
    ['all', [all]],
    ['some and the others', [some, others]],
  ])('about %s reveals nothing about few of them', async (_, populations) => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(cells, fc.integer({ min: 2, max: 4 }), async (cells, minimum) => {
        const dimensions = cells[0]?.groups.length ?? 0;
        for (const population of populations) {
          const projects = projectsIn(cells, population);
          const about: number[][] = [];
          const tell = (isAbout: (cell: Cell<Size>) => boolean) =>
            about.push(
              [...projects.keys()].filter((i) => isAbout(cells[projects[i] as number] as Cell<Size>)),
            );
          for (let many = 0; many <= dimensions; many++) {
            const { whole, groups } = await tellable(
              await levelsOf(upTo(many, cells), many),
              populations,
              minimum,
            );
            if (whole) tell(() => true);
            for (const group of groups) tell(({ groups: of }) => of[many - 1] === group);
          }
          told += about.length;
          expect(isolated(about, projects.length, minimum)).toBeUndefined();
        }
      }),
      { numRuns: runs(1500) },
    );
    expect(told).toBeGreaterThan(100);
  });

  it('of a dimension is everything if every group is large', async () => {
    expect(await toldOf([cell(['a'], 5), cell(['b'], 9), cell(['c'], 5)])).toEqual({
      whole: true,
      groups: ['a', 'b', 'c'],
    });
  });

  it('excludes small groups and, because of the difference, their smallest neighbour', async () => {
    expect(
      (await toldOf([cell(['large'], 20), cell(['middle'], 9), cell(['next'], 6), cell(['small'], 4)]))
        .groups,
    ).toEqual(['large', 'middle']);
  });

  it('excludes no neighbour if small groups are large enough together', async () => {
    expect(
      (await toldOf([cell(['large'], 20), cell(['next'], 6), cell(['small'], 4), cell(['tiny'], 1)])).groups,
    ).toEqual(['large', 'next']);
  });

  it('is nothing if there are few projects in total', async () => {
    expect(await toldOf([cell(['a'], 4)])).toEqual({ whole: false, groups: [] });
  });

  it('of one dimension excludes a group that differs by few projects from one of another', async () => {
    const crossed = [cell(['a', 'x'], 10), cell(['b', 'x'], 1), cell(['b', 'y'], 9)];
    expect((await toldOf(crossed)).groups).toEqual([]);
    expect(
      (await toldOf(crossed.map(({ groups: [a, x], sizes }) => ({ groups: [x, a] as string[], sizes }))))
        .groups,
    ).toEqual([]);
    expect((await toldOf([cell(['a', 'x'], 10), cell(['b', 'x'], 5), cell(['b', 'y'], 9)])).groups).toEqual([
      'x',
      'y',
    ]);
  });

  it('of one dimension includes a group that equals one of another exactly', async () => {
    expect((await toldOf([cell(['a', 'x'], 10), cell(['b', 'y'], 9)])).groups).toEqual(['x', 'y']);
  });

  it('of a count includes its complement', async () => {
    const groups = [cell(['a'], 20, 10), cell(['b'], 20, 17), cell(['c'], 20, 15), cell(['d'], 20, 3)];
    expect((await toldOf(groups, [some, others])).groups).toEqual(['a', 'c']);
  });

  it('about an empty group is that it is empty', async () => {
    expect(await toldOf([cell(['a'], 20), cell(['b'], 20)], [some, others])).toEqual({
      whole: true,
      groups: ['a', 'b'],
    });
  });

  it('of thousands of cells still includes every large group', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => cell([`a${i % 7}`, `b${i % 11}`, `c${i % 13}`], 1));
    expect((await toldOf(many)).groups).toHaveLength(13);
  });
});
