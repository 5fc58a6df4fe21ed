/** A shadow whose replacement fails halfway, and the one that takes its place. */
import type { StreamReader, StreamWork } from '../../src/database/database.ts';
import { revisionIn } from '../../src/database/revision.ts';

/** What was thrown, and then the resources whose rows have not been replaced yet. */
async function* run({ shadows, ...reader }: StreamReader, code: string): AsyncGenerator<string[]> {
  const revision = await revisionIn(reader as StreamReader);
  const shadow = await shadows?.at(revision, 4);
  const torn = {
    code,
    get name(): string {
      throw new Error('torn');
    },
  };
  yield [
    String(
      await shadow?.replace('regions', 'code', [code], [torn]).then(
        () => 'replaced',
        (error: Error) => error.message,
      ),
    ),
  ];
  yield (await (await shadows?.at(revision, 4))?.missing('regions', [code])) ?? [];
}

export const tearing: StreamWork<string, string[]> = {
  module: new URL(import.meta.url),
  run,
  shadows: true,
};

export { run };
