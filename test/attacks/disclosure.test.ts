// Attacks that try to read memory of the server.
import { describeSubjects } from '@hioload/test-support/subjects';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';

// A number where bytes are expected must not become memory of that length, with whatever lies in
// it.

const NO_BYTES = [
  64,
  true,
  { length: 64 },
  [1, 2, 3],
  Symbol('x'),
  () => 64,
] as unknown as readonly never[];

describeSubjects('memory that nobody has written', ({ check }) => {
  check('is not sent when a program passes a value that is no bytes', async (server) => {
    const { recording, requestLine } = server.record();
    const client = await RawClient.open(server.port, { requestLine });
    client.write(frame(Op.Text, 'hello'));
    await client.until('the echo', () => client.frames.length === 1);
    const conn = recording.conn!;
    const code = expect.objectContaining({ name: 'HioloadError' });
    for (const value of NO_BYTES) {
      expect(() => conn.send(value)).toThrow(code);
      expect(() => conn.ping(value)).toThrow(code);
      expect(() => conn.end(1000, value)).toThrow(code);
      expect(() => server.transport.publish(value, 'x')).toThrow(code);
    }
    expect(() => conn.end(1000, new Uint8Array(16) as never)).toThrow(code);
    conn.send('still open');
    await client.until('the message', () => client.frames.length === 2);
    expect(client.texts).toEqual(['hello', 'still open']);
    client.destroy();
  });
});
