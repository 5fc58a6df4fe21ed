/** Replayed responses. */
import type { FastifyReply } from 'fastify';

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

export const sendAnswer = (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply =>
  reply.code(status).headers(headers).type('application/json; charset=utf-8').send(body);
