import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach } from 'vitest';

const EXECUTABLE = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a browser to test with. */
export const hasChromium = existsSync(EXECUTABLE);

/** Pages of one headless browser, which is started when the first is asked for, and ended with the tests of the file. */
export class TestBrowser {
  #browser: Promise<Browser> | undefined;
  /** Errors of scripts on the pages. */
  readonly errors: string[] = [];
  readonly #pages = new Set<Page>();

  constructor() {
    afterEach(async () => {
      await Promise.all([...this.#pages].map((page) => page.close()));
      this.#pages.clear();
    });
    afterAll(async () => void (await (await this.#browser)?.close()));
  }

  /** Opens a tab with a session of its own. */
  async open(url: string): Promise<Page> {
    this.#browser ??= chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
    const context = await (await this.#browser).newContext();
    const page = await context.newPage();
    this.#pages.add(page);
    page.on('pageerror', ({ message }) => this.errors.push(message));
    await page.goto(url);
    return page;
  }
}
