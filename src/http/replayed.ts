/** Responses to changes, and their replay. */
import type { FastifyReply } from 'fastify';
import { notesOf } from './notes.ts';
import { prefersMinimal } from './preferences.ts';

/** A response as sent, and as stored to be sent again. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** JSON. */
  body: string;
}

/** Thrown where a request has been answered before; the client gets that answer again. */
export class Replayed extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('Answered before.');
    this.answer = answer;
  }
}

/** Sends a response, without its body if that is left out on request. What is stored is always the whole. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  const { request } = reply;
  reply.headers(headers);
  if (notesOf(request.routeOptions.schema)?.mayBeMinimal && prefersMinimal(request)) {
    return reply
      .code(status === 200 ? 204 : status)
      .header('preference-applied', 'return=minimal')
      .send();
  }
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}
