// Reads HTTP responses for the transport contract.
import type { IncomingMessage } from 'node:http';

/** The whole body of a response. */
export async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The header fields of a response, by lower-case name. */
export function fieldsOf(response: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
}
