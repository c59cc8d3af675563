// Tests of many clients that connect at once.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { eventually } from '@hioload/test-support/waiting';
import { frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openFilesLimit } from './support/open-files-limit.js';
import { serveCounted } from './support/census.js';

const IDLE = 10_000;
/**
 * What the queue of a listening socket holds: of more the kernel drops some, which come back
 * seconds later.
 */
const WAVE = 500;
const WAVES = 4;
/** Files of the process besides its connections. */
const SPARE_FILES = 500;

const limit = openFilesLimit();
const lacksFiles = leaveOutIf(limit < IDLE + SPARE_FILES, {
  what: `${IDLE} idle connections`,
  reason: `a process may open ${limit} files`,
  command: `ulimit -n ${IDLE + SPARE_FILES}`,
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe.each(SUBJECTS)('$name: a crowd', (subject) => {
  it.skipIf(lacksFiles)(
    `of ${IDLE} idle connections is held, served and released`,
    { timeout: 120_000 },
    async () => {
      let closes = 0;
      const server = await serveCounted(subject, { handlers: { close: () => void closes++ } });
      const program = fileURLToPath(new URL('support/idle-clients.mjs', import.meta.url));
      const child = spawn(process.execPath, [program, String(server.port), String(IDLE)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`the clients ended with ${code}`);
      });
      await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
      ended.catch(() => undefined);
      expect(server.transport.connectionCount).toBe(IDLE);
      expect(server.admission.booked).toBe(IDLE);

      const { recording, requestLine } = server.record();
      const client = new RawClient(server.port);
      client.write(head({ requestLine }));
      await client.answer();
      client.write(frame(Op.Text, 'among many'));
      await client.until('the echo', () => client.frames.length === 1);
      expect(recording.messages).toHaveLength(1);
      client.destroy();

      child.kill('SIGKILL');
      await eventually('most are gone', () => server.transport.connectionCount < IDLE / 2, 60_000);
      await server.expectEmpty();
      expect(closes).toBe(IDLE + 1);
      await server.expectNothingLeft();
    },
  );

  it(`of ${WAVES} waves of ${WAVE} clients, some of which leave early, is served`, async () => {
    const server = await serveCounted(subject);
    const all: RawClient[] = [];
    for (let wave = 0; wave < WAVES; wave++) {
      const clients = Array.from({ length: WAVE }, (_, i) => {
        const client = new RawClient(server.port);
        client.write(head());
        if (i % 3 === 0) client.socket.once('connect', () => client.socket.resetAndDestroy());
        return client;
      });
      all.push(...clients);
      const stayed = clients.filter((_, i) => i % 3 !== 0);
      const statuses = await Promise.all(
        stayed.map(async (client) => (await client.answer()).status),
      );
      expect(new Set(statuses)).toEqual(new Set([101]));
      for (const client of stayed) client.write(frame(Op.Text, 'here'));
      await Promise.all(
        stayed.map((client) => client.until('the echo', () => client.texts.includes('here'))),
      );
    }
    for (const client of all) client.destroy();
    await server.expectEmpty();
    await server.expectNothingLeft();
  });
});
