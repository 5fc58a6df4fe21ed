/** The worker's side of `WorkThread`. */
import type { MessagePort } from 'node:worker_threads';
import type { Demand, Streamed } from './thread.ts';

/**
 * Sends the parts of a work over a port, one per request. The cleanup of a work completes before its end is
 * reported.
 */
export async function give(port: MessagePort, parts: AsyncGenerator<unknown, void>): Promise<void> {
  const say = (message: Streamed, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const demands = queueOf<Demand>(port);
  try {
    while ((await demands()) === 'next') {
      const { done, value } = await parts.next();
      if (done) return say({ end: true });
      if (value instanceof Uint8Array) {
        const part = ownBytes(value);
        say({ part }, [part.buffer]);
      } else say({ part: value });
    }
    await parts.return();
    say({ end: true });
  } catch (error) {
    say({ error: described(error) });
  } finally {
    port.close();
  }
}

/**
 * Bytes that can be transferred to another thread without a copy: small buffers share their memory with
 * others.
 */
const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);

/** Reads messages one at a time, in order of arrival. */
function queueOf<Message>(port: MessagePort): () => Promise<Message> {
  const arrived: Message[] = [];
  let take: ((message: Message) => void) | null = null;
  port.on('message', (message: Message) => {
    if (!take) return void arrived.push(message);
    const give = take;
    take = null;
    give(message);
  });
  return () => {
    const first = arrived.shift();
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => {
      take = resolve;
    });
  };
}

export function described(error: unknown): { message: string; code: string } {
  const { message, code } = error as Error & { code: string };
  return { message, code };
}
