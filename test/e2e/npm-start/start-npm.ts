// Test support: runs `npm start` in this repository, installed and built as it is.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { run, type RunningCommand } from '../launcher/start-launcher.js';

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs `npm start`, with its log as JSON. */
export function npmStart(...options: string[]): RunningCommand {
  return run('npm', ['start', '--', ...options, '--log-format', 'json'], { cwd: ROOT });
}

/** Opens a connection and expects an echo on it. */
export async function expectEcho(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');
  return socket;
}
