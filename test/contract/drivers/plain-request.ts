// Makes plain HTTP requests for the transport contract.
import { once } from 'node:events';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import type { PlainAnswer, PlainRequest } from '../harness.js';
import { bodyOf, fieldsOf } from './response.js';

/**
 * Makes a request over a connection that the client would keep: that it ends is the server's doing.
 */
export async function plainRequest(
  port: number,
  { path, method = 'GET', headers = {}, hasHost = true }: PlainRequest,
): Promise<PlainAnswer> {
  const agent = new Agent({ keepAlive: true });
  try {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent,
      headers: headers as OutgoingHttpHeaders,
      setHost: hasHost,
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const ended = once(response.socket, 'close');
    const body = await bodyOf(response);
    await ended;
    return { status: response.statusCode ?? 0, headers: fieldsOf(response), body };
  } finally {
    agent.destroy();
  }
}
