// Test support: finds a Node with a WebSocket of its own.
import type { LeftOut } from '@hioload/test-support/left-out';
import { run } from './run-client.js';

const MIN_MAJOR = 22;

/** A command that runs a Node of a newer line, out of the npm registry or its cache. */
export interface NewerNode {
  readonly command: string;
  readonly args: readonly string[];
  readonly missing?: Omit<LeftOut, 'what'>;
}

/** Finds a Node that has a WebSocket of its own. */
export async function findNewerNode(): Promise<NewerNode> {
  if (Number(process.versions.node.split('.')[0]) >= MIN_MAJOR)
    return { command: process.execPath, args: [] };
  const found = {
    command: 'npx',
    args: [
      '--yes',
      '--prefer-offline',
      '-p',
      `node-${process.platform}-${process.arch}@${MIN_MAJOR}`,
      '--',
      'node',
    ],
  };
  try {
    await run(found.command, [...found.args, '--version']);
    return found;
  } catch (error) {
    return {
      ...found,
      missing: {
        reason: `Node ${MIN_MAJOR} could not be fetched: ${String(error).split('\n')[0]}`,
        command: 'npm test, with a package registry in reach',
      },
    };
  }
}
