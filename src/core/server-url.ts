/** `DATABASE_URL` of PostgreSQL: several hosts, and settings that are the service's own rather than the driver's. */

export interface ServerSettings {
  /** A URL for the driver for each host, in order. */
  servers: readonly string[];
  database: string;
  /** Connections at once. */
  pool: number;
  /** Whether a standby is passed over. */
  wantsPrimary: boolean;
  connectMs: number;
  statementMs: number;
}

const PARTS = /^(postgres(?:ql)?:\/\/)((?:[^@/?#]*@)?)([^@/?#]+)(\/[^?#]*)?(\?[^#]*)?$/;

/** The service's own parameters: what they may be, and what they are by default. */
const OWN = {
  pool: { allowed: /^[1-9]\d{0,2}$/, otherwise: '10' },
  target_session_attrs: { allowed: /^(any|read-write)$/, otherwise: 'any' },
  connect_timeout: { allowed: /^[1-9]\d{0,2}$/, otherwise: '5' },
  statement_timeout: { allowed: /^\d{1,7}$/, otherwise: '30000' },
} as const;

/** @returns null unless the URL is valid; a `/` or `#` in a password must be escaped */
export function serverSettings(url: string): ServerSettings | null {
  const [, scheme, user, hosts = '', path = '', query = ''] = PARTS.exec(url) ?? [];
  const parameters = new URLSearchParams(query);
  const own = Object.entries(OWN).map(([name, { allowed, otherwise }]) => {
    const value = parameters.get(name) ?? otherwise;
    parameters.delete(name);
    return allowed.test(value) ? value : null;
  });
  const rest = parameters.size > 0 ? `?${parameters}` : '';
  const servers = hosts.split(',').map((host) => `${scheme}${user}${host}${path}${rest}`);
  if (
    own.includes(null) ||
    !servers.every((server) => URL.canParse(server) && new URL(server).hostname !== '')
  ) {
    return null;
  }
  const [pool, attributes, connect, statement] = own;
  return {
    servers,
    database: decodeURIComponent(path.slice(1)),
    pool: Number(pool),
    wantsPrimary: attributes === 'read-write',
    connectMs: Number(connect) * 1_000,
    statementMs: Number(statement),
  };
}
