/** A client of Server-Sent Events that keeps what it was sent, and can be cut at any byte. */
import { type IncomingMessage, request } from 'node:http';
import type { Body } from './app.ts';

export interface Listener {
  /** The headers of the answer. */
  readonly answer: IncomingMessage;
  /** The data of each event that has arrived whole. */
  readonly entries: Body[];
  /** How many comments came, which keep the connection alive. */
  comments(): number;
  /** How it ended: in good order, or cut. */
  readonly ended: Promise<'complete' | 'cut'>;
  cut(): void;
}

/** @throws when it is refused */
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
