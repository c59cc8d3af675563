// Test support: pages of a headless browser.
import { type Browser, launchChromium, type Page } from '@hioload/test-support/browser';
import { afterAll, afterEach } from 'vitest';

/**
 * Pages of one headless browser, which is started when the first is asked for, and ended with the
 * tests of the file.
 */
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
    this.#browser ??= launchChromium();
    const context = await (await this.#browser).newContext();
    const page = await context.newPage();
    this.#pages.add(page);
    page.on('pageerror', ({ message }) => this.errors.push(message));
    await page.goto(url);
    return page;
  }
}
