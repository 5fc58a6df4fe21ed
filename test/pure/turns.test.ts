import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Asker, Askers, onBehalfOf } from '../../src/database/asker.ts';
import { GoneError, TooManyWaitingError } from '../../src/database/errors.ts';
import { fairTurns } from '../../src/database/turns.ts';

const LIMITS = { atOnce: 3, ofOne: 2, waiting: 6, waitingOfOne: 4 };

/** Works that end on request, and the order in which they started. */
function workshop() {
  const turn = fairTurns(LIMITS);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (asker: Asker, what: string): Promise<void> =>
    onBehalfOf(asker, () =>
      turn(async () => {
        begun.push(what);
        await new Promise<void>((end) => ends.set(what, end));
      }),
    );
  const end = async (what: string): Promise<void> => {
    ends.get(what)?.();
    await nextTurn();
  };
  return { ask, begun, end };
}

function somebody(name: string): Asker & { leave(): void } {
  const controller = new AbortController();
  return { names: [name], hasKey: true, signal: controller.signal, leave: () => controller.abort() };
}

describe('fair queueing', () => {
  it('gives a busy caller two slots, and leaves one to others', async () => {
    const { ask, begun, end } = workshop();
    const [much, little] = [somebody('much'), somebody('little')];
    for (const i of [1, 2, 3, 4]) void ask(much, `much ${i}`);
    void ask(little, 'little 1');
    await nextTurn();
    expect(begun).toEqual(['much 1', 'much 2', 'little 1']);
    await end('much 1');
    expect(begun.slice(3)).toEqual(['much 3']);
  });

  it('serves the caller next that was served longest ago', async () => {
    const { ask, begun, end } = workshop();
    const [a, b, c, d] = [somebody('a'), somebody('b'), somebody('c'), somebody('d')];
    for (const [asker, what] of [
      [a, 'a1'],
      [a, 'a2'],
      [b, 'b1'],
      [a, 'a3'],
      [b, 'b2'],
      [c, 'c1'],
      [d, 'd1'],
    ] as const) {
      void ask(asker, what);
    }
    await nextTurn();
    for (const what of ['a1', 'a2', 'b1', 'c1']) await end(what);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'd1', 'a3', 'b2']);
  });

  it('refuses immediately beyond the limits per caller and in total', async () => {
    const { ask } = workshop();
    const [a, b, c] = [somebody('a'), somebody('b'), somebody('c')];
    for (let i = 0; i < 6; i++) void ask(a, `a${i}`);
    await expect(ask(a, 'one more')).rejects.toMatchObject({ max: 4, whose: 'own' });
    for (let i = 0; i < 3; i++) void ask(b, `b${i}`);
    await expect(ask(c, 'one more')).rejects.toBeInstanceOf(TooManyWaitingError);
    await expect(ask(c, 'one more')).rejects.toMatchObject({ max: 6, whose: 'all' });
  });

  it('drops the work of callers that have disconnected before it starts', async () => {
    const { ask, begun, end } = workshop();
    const [a, b] = [somebody('a'), somebody('b')];
    for (const i of [1, 2]) void ask(a, `a${i}`);
    const dropped = ask(a, 'dropped');
    const gone = somebody('gone');
    gone.leave();
    await expect(ask(gone, 'never')).rejects.toBeInstanceOf(GoneError);
    a.leave();
    await expect(dropped).rejects.toBeInstanceOf(GoneError);
    void ask(b, 'b1');
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('keeps work for several callers until the last one has disconnected', async () => {
    const { ask } = workshop();
    const a = somebody('a');
    for (const i of [1, 2]) void ask(a, `a${i}`);
    const [b, c] = [somebody('b'), somebody('c')];
    const both = new Askers();
    both.add(b);
    both.add(c);
    void ask(both, 'running');
    const waiting = ask(both, 'waiting');
    let isOver = false;
    waiting.catch(() => {
      isOver = true;
    });
    b.leave();
    await nextTurn();
    expect(isOver).toBe(false);
    c.leave();
    await expect(waiting).rejects.toBeInstanceOf(GoneError);
  });
});
