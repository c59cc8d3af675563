// The reporter that ends a run of the tests with a table of what was left out.
import type { Reporter, Vitest } from 'vitest/node';
import { type LeftOut, readLeftOut } from './left-out.js';

/** A reporter that ends a run with a table of the tests that were left out. */
export default class ClosingTable implements Reporter {
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #write: (text: string) => void;

  constructor(write?: unknown) {
    // Where vitest makes the reporter, it gives options in place of the function.
    this.#write =
      typeof write === 'function'
        ? (write as (text: string) => void)
        : (text) => void process.stdout.write(text);
  }

  onInit({ projects }: Pick<Vitest, 'projects'>): void {
    const names = projects.map(({ name }) => name);
    if (names.includes('e2e') && !names.includes('slow')) {
      this.#add({
        what: 'the slow tier',
        reason: 'npm test runs the quick tiers only',
        command: 'npm run test:all',
      });
    }
  }

  onUserConsoleLog({ content }: { readonly content: string }): void {
    for (const line of content.split('\n')) {
      const leftOut = readLeftOut(line);
      if (leftOut !== undefined) this.#add(leftOut);
    }
  }

  onTestRunEnd(): void {
    if (this.#leftOut.size > 0) this.#write(`\n${tableOf([...this.#leftOut.values()])}\n`);
  }

  #add(leftOut: LeftOut): void {
    this.#leftOut.set(JSON.stringify(leftOut), leftOut);
  }
}

/** Whether an output holds nothing but lines for the table, which shows them in its place. */
export function isForTable(content: string): boolean {
  return content.split('\n').every((line) => line.trim() === '' || readLeftOut(line) !== undefined);
}

function tableOf(leftOut: readonly LeftOut[]): string {
  const rows = [
    ['LEFT OUT', 'WHY', 'TO RUN IT'],
    ...leftOut.map(({ what, reason, command }) => [what, reason, command]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => ` ${line.trimEnd()}\n`)
    .join('');
}
