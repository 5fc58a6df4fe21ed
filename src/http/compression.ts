/** Compressed responses (RFC 9110 §8.4): zstd, br or gzip, as `Accept-Encoding` prefers. */
import { finished, pipeline, type Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

type Done = (error: Error | null, payload?: unknown) => void;
type Compress = (content: Buffer, done: (error: Error | null, compressed: Buffer) => void) => void;

interface Encoding {
  /** On zlib's own threads. */
  whole: Compress;
  stream(): Transform & { flush(done: () => void): void };
}

const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

/** In the order of preference among equals. Levels that cost about as much as making the response. */
const encodings: Readonly<Record<string, Encoding>> = {
  // Since Node 22.15.
  ...(typeof zlib.zstdCompress === 'function' && {
    zstd: {
      whole: (content, done) => zlib.zstdCompress(content, done),
      stream: () => zlib.createZstdCompress(),
    },
  }),
  br: {
    whole: (content, done) => zlib.brotliCompress(content, BROTLI, done),
    stream: () => zlib.createBrotliCompress(BROTLI),
  },
  gzip: {
    whole: (content, done) => zlib.gzip(content, done),
    stream: () => zlib.createGzip(),
  },
} satisfies Record<string, Encoding>;

const NAMES = Object.keys(encodings);

/** Not of events, which must not wait for one another, nor of workbooks, which are compressed already. */
const COMPRESSIBLE =
  /^(?:application\/(?:json|problem\+json|x-ndjson|javascript)|text\/(?!event-stream)[\w.+-]+|image\/svg\+xml)\b/;

/** Below this, a compressed response is hardly smaller, and takes longer. */
const LEAST_BYTES = 1_024;

/** How often what has been compressed of a stream is sent on, so that a reader sees progress. */
const FLUSH_EVERY_MS = 1_000;

/** A response that is kept, with its compressed forms. */
export interface Kept {
  compressed?: Readonly<Record<string, Buffer>>;
  /** Keeps another of them. */
  keep?(encoding: string, compressed: Buffer): void;
}

/** An ETag names the encoding after a sign that no other ETag here has. */
const encoded = (etag: string, name: string): string => etag.replace(/"$/, `+${name}"`);

/** @returns undefined for a client that asks for none: most programs, at no cost */
function encodingFor({ raw }: FastifyRequest): string | undefined {
  if (raw.headers['accept-encoding'] === undefined) return undefined;
  // Its types do not know the option yet.
  const negotiator = new Negotiator(raw) as unknown as {
    encodings(available: string[], options: { preferred: string[] }): string[];
  };
  const [found] = negotiator.encodings([...NAMES, 'identity'], { preferred: NAMES });
  return found === 'identity' ? undefined : found;
}

function flushed(source: Readable, stream: ReturnType<Encoding['stream']>): Readable {
  const timer = setInterval(() => stream.flush(() => {}), FLUSH_EVERY_MS).unref();
  finished(stream, () => clearInterval(timer));
  // Either end that breaks off ends the other one.
  return pipeline(source, stream, () => undefined) as unknown as Readable;
}

function compress(reply: FastifyReply, payload: unknown, name: string, done: Done): void {
  const { whole, stream } = encodings[name] as Encoding;
  const mark = () => {
    const etag = reply.getHeader('etag');
    reply.header('content-encoding', name).removeHeader('content-length');
    if (typeof etag === 'string') reply.header('etag', encoded(etag, name));
  };
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) {
    mark();
    done(null, flushed(payload as Readable, stream()));
    return;
  }
  const { kept } = reply;
  const known = kept?.compressed?.[name];
  if (known) {
    mark();
    done(null, known);
    return;
  }
  const content = Buffer.from(payload as string);
  if (content.length < LEAST_BYTES) {
    done(null, payload);
    return;
  }
  whole(content, (error, compressed) => {
    if (error) {
      done(error);
      return;
    }
    mark();
    kept?.keep?.(name, compressed);
    done(null, compressed);
  });
}

/** Call before routes are registered. */
export function compressResponses(app: FastifyInstance): void {
  app.decorateReply('kept', null);
  app.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => {
    const { statusCode } = reply;
    const type = reply.getHeader('content-type');
    const etag = reply.getHeader('etag');
    if (statusCode === 304) {
      const name = encodingFor(request);
      // The client keeps the compressed form, of which nothing else is known here.
      if (
        name &&
        typeof etag === 'string' &&
        request.headers['if-none-match']?.includes(encoded(etag, name))
      ) {
        reply.header('etag', encoded(etag, name));
      }
      return done(null, payload);
    }
    if (typeof type !== 'string' || !COMPRESSIBLE.test(type) || statusCode === 206)
      return done(null, payload);
    const vary = reply.getHeader('vary');
    reply.header('vary', vary ? `${vary}, Accept-Encoding` : 'Accept-Encoding');
    const name = encodingFor(request);
    const isWanted = name && payload && request.method !== 'HEAD' && !request.routeOptions.config.showsSecret;
    if (!isWanted || reply.hasHeader('content-encoding')) return done(null, payload);
    compress(reply, payload, name, done);
  });
}

declare module 'fastify' {
  interface FastifyReply {
    kept: Kept | null;
  }
  interface FastifyContextConfig {
    /** The response contains a secret, whose length and content compression could give away. */
    showsSecret?: true;
  }
}
