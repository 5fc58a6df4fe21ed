/** Several PostgreSQL servers, of which one is used: the next one is tried when it cannot be reached or is a standby. */
import pg from 'pg';
import type { ServerSettings } from '../core/server-url.ts';
import { isOutside, ReadOnlyError } from './errors.ts';

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

export interface Servers {
  /** A pool of connections to the server in use; each of them is tried before a connection fails. */
  pool(options: pg.PoolConfig): pg.Pool;
  /** A connection to one of them. */
  connection(server: string): pg.Client;
  /** @throws ReadOnlyError from a standby, if a primary is wanted */
  expectWanted(client: Pick<pg.Client, 'query'>): Promise<void>;
}

export function serversOf({ servers, wantsPrimary, connectMs }: ServerSettings): Servers {
  let used = 0;
  const next = (failed: number): void => {
    // Of the connections that fail together, only one moves on.
    if (used === failed) used = (used + 1) % servers.length;
  };

  class ServerClient extends pg.Client {
    readonly server = used;

    constructor(config: pg.ClientConfig) {
      super({ ...config, connectionString: servers[used] as string });
      this.once('error', () => next(this.server));
    }

    override connect(): Promise<this>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<this> | undefined {
      const told = (error: Error) => {
        if (error) next(this.server);
        callback?.(error);
      };
      super.connect(told);
      return undefined;
    }
  }

  class ServerPool extends pg.Pool {
    override connect(): Promise<pg.PoolClient>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
      const connected = this.#connect();
      if (!callback) return connected;
      connected.then(
        (client) => callback(undefined, client, client.release),
        (error) => callback(error, undefined, () => {}),
      );
      return undefined;
    }

    async #connect(): Promise<pg.PoolClient> {
      for (let left = servers.length - 1; ; left--) {
        try {
          return await super.connect();
        } catch (error) {
          if (left === 0 || !isOutside(error)) throw error;
        }
      }
    }
  }

  return {
    pool: (options) => new ServerPool({ ...options, Client: ServerClient as typeof pg.Client }),
    connection: (server) => {
      const client = new pg.Client({
        connectionString: server,
        connectionTimeoutMillis: connectMs,
        application_name: 'luodi',
      });
      // A connection lost while it is idle would end the process.
      client.on('error', () => {});
      return client;
    },
    expectWanted: async (client) => {
      if (!wantsPrimary) return;
      const { rows } = await client.query('select pg_is_in_recovery() as "isStandby"');
      if (!rows[0].isStandby) return;
      if (client instanceof ServerClient) next(client.server);
      throw new ReadOnlyError('The PostgreSQL server is a standby.');
    },
  };
}
