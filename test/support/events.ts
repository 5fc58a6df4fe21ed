/** A client for Server-Sent Events that records what it receives, and can be cut off at any byte. */
import { type IncomingMessage, request } from 'node:http';
import type { Body } from './app.ts';

export interface Listener {
  /** The response with its headers. */
  readonly answer: IncomingMessage;
  /** The data of each completely received event. */
  readonly entries: Body[];
  /** Number of comments received, which keep the connection alive. */
  comments(): number;
  /** How it ended: regularly, or cut off. */
  readonly ended: Promise<'complete' | 'cut'>;
  cut(): void;
}

/** @throws if the request is refused */
export function listenTo(
  address: string,
  headers: Readonly<Record<string, string>>,
  onEntry: (listener: Listener) => void = () => {},
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { agent: false, headers });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      if (answer.statusCode !== 200) {
        asked.destroy();
        reject(new Error(`The stream was refused: ${answer.statusCode}`));
        return;
      }
      const entries: Body[] = [];
      let comments = 0;
      let rest = '';
      const ended = new Promise<'complete' | 'cut'>((end) => {
        answer.on('end', () => end('complete'));
        answer.on('close', () => end('cut'));
      });
      const listener = { answer, entries, comments: () => comments, ended, cut: () => answer.destroy() };
      answer.on('error', () => {});
      answer.setEncoding('utf8').on('data', (text: string) => {
        const events = `${rest}${text}`.split('\n\n');
        rest = events.pop() as string;
        for (const event of events) {
          if (event.startsWith(':')) comments += 1;
          const [, id, data] = /^id: (\d+)\nevent: change\ndata: (.*)$/.exec(event) ?? [];
          if (data === undefined) continue;
          const entry = JSON.parse(data);
          if (entry.seq !== Number(id)) throw new Error(`Event ${id} is entry ${entry.seq}.`);
          entries.push(entry);
          onEntry(listener);
        }
      });
      resolve(listener);
    });
    asked.end();
  });
}
