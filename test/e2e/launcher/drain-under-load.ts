// Test support: a server of the launcher that drains while clients send to it.
import { expect } from 'vitest';
import { closeCode, openMany } from '../server/clients.js';
import { echoLoad } from '../server/echo-load.js';
import { ECHO, FREE_PORTS, type RunningCommand, serve } from './start-launcher.js';

/** The close code that a drain ends connections with. */
export const GOING_AWAY = 1001;

/**
 * 200 connections that keep eight messages under way each; resolves with the different codes that
 * end them.
 */
export async function load(url: string): Promise<{ readonly codes: Promise<Set<number>> }> {
  const sockets = await openMany(url, 200);
  for (const [name, socket] of sockets.entries()) void echoLoad(socket, name, 8, () => true);
  const codes = Promise.all(sockets.map(closeCode)).then((all) => new Set(all));
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('message', resolve))),
  );
  return { codes };
}

/** Expects that every client sees 1001, and the exit code 0, after a signal under load. */
export async function expectDrain(signal: (command: RunningCommand) => void): Promise<void> {
  const command = serve([ECHO, ...FREE_PORTS, '--drain-spread-ms', '300']);
  const { url, adminUrl } = await command.ready();
  expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
  const { codes } = await load(url);

  signal(command);
  await command.message(/^draining: SIG/);
  expect((await fetch(`${adminUrl}/readyz`)).status).toBe(503);
  expect(await codes).toEqual(new Set([GOING_AWAY]));
  expect(await command.ended).toBe(0);
  expect(command.messages.filter((message) => message.startsWith('draining:'))).toHaveLength(1);
  expect(command.errorOutput).toBe('');
  await command.nothingLeft();
}
