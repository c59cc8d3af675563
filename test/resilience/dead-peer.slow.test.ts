// Tests of peers that vanish without a FIN.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { eventually } from '@hioload/test-support/waiting';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { serveCounted } from './support/census.js';

const IDLE_SECONDS = 8;
/** The clock of uWebSockets.js ticks every four seconds. */
const PATIENCE_MS = 25_000;
const PEERS = 20;

/**
 * Starts a process whose clients have opened their connections; from then on they only read, and
 * answer pings.
 */
async function startPeers(port: number, { onTestFinished }: TestContext): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('support/idle-clients.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, String(port), String(PEERS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface(child.stdout), 'line');
  return child;
}

describe.skipIf(leaveOutUnlessLinux('peers that stand still')).concurrent.each(SUBJECTS)(
  '$name: a process of peers',
  (subject) => {
    it.concurrent(
      'that stands still, without a FIN, is cut when the idle timeout has passed, what waits ' +
        'for it included',
      { timeout: 60_000 },
      async (context) => {
        const closes: number[] = [];
        const server = await serveCounted(subject, {
          limits: { idleTimeoutSeconds: IDLE_SECONDS },
          handlers: {
            open: (conn) => void conn.subscribe('news'),
            close: (_conn, code) => void closes.push(code),
          },
        });
        const child = await startPeers(server.port, context);
        await eventually('all are open', () => server.transport.connectionCount === PEERS);
        child.kill('SIGSTOP');
        const stoppedAt = performance.now();
        // More than the kernel takes for each, so that something waits here too.
        const chunk = Buffer.alloc(262_144);
        for (let i = 0; i < 40; i++) server.transport.publish('news', chunk);
        while (closes.length < PEERS && performance.now() - stoppedAt < PATIENCE_MS) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        expect(closes).toEqual(Array<number>(PEERS).fill(1006));
        expect(performance.now() - stoppedAt).toBeGreaterThan((IDLE_SECONDS - 5) * 1_000);
        await server.expectEmpty();
        server.close();
      },
    );

    it.concurrent(
      'that answers pings stays, although it sends no message',
      { timeout: 60_000 },
      async (context) => {
        const closes: number[] = [];
        const server = await serveCounted(subject, {
          limits: { idleTimeoutSeconds: IDLE_SECONDS },
          handlers: { close: (_conn, code) => void closes.push(code) },
        });
        const child = await startPeers(server.port, context);
        await new Promise((resolve) => setTimeout(resolve, 1.7 * IDLE_SECONDS * 1_000));
        expect([closes, server.transport.connectionCount]).toEqual([[], PEERS]);
        // The kernel of a process that is killed ends its connections.
        child.kill('SIGKILL');
        await server.expectEmpty();
        expect(closes).toEqual(Array<number>(PEERS).fill(1006));
        server.close();
      },
    );
  },
);
