// End-to-end tests of the chat page in a browser.
import { CHROMIUM, type Page } from '@hioload/test-support/browser';
import { leaveOutIf } from '@hioload/test-support/left-out';
import { describe, expect, it } from 'vitest';
import { makeServer, startReactors } from '../server/start-server.js';
import { TestBrowser } from './browser.js';
import { PUBSUB } from './chat-client.js';

const lacksChromium = leaveOutIf(CHROMIUM === undefined, {
  what: 'the chat page in a browser',
  reason: 'Chromium is not installed',
  command: 'apt-get install chromium',
});

const PATIENCE = { timeout: 20_000 };

/** The reactor that a page says it is on. */
async function reactorOf(page: Page): Promise<number> {
  const text = await page.getByText(/^reactor \d+ \(/).textContent(PATIENCE);
  return Number(/\d+/.exec(text ?? '')?.[0]);
}

async function join(page: Page, name: string, room: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Room').fill(room);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText(`You are in ${room}.`).waitFor(PATIENCE);
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Say something').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

describe.skipIf(lacksChromium)('the page to chat with', { timeout: 90_000 }, () => {
  const browser = new TestBrowser();

  it('lets two browsers on different reactors chat with each other', async () => {
    const { url } = await startReactors(2, PUBSUB);
    const origin = url.replace(/^ws/, 'http');
    const ada = await browser.open(origin);
    const bob = await browser.open(origin);
    // The kernel deals connections out as it likes: each load of the page is another throw.
    while ((await reactorOf(bob)) === (await reactorOf(ada))) await bob.reload();
    await join(ada, 'Ada', 'tea room');
    await join(bob, 'Bob', 'tea room');
    for (const page of [ada, bob]) await page.getByText('2 people are here').waitFor(PATIENCE);

    await say(ada, 'Hello from <b>my</b> core');
    await say(bob, 'and hello from mine');
    for (const page of [ada, bob]) {
      await page.getByText('Hello from <b>my</b> core').waitFor(PATIENCE);
      await page.getByText('and hello from mine').waitFor(PATIENCE);
    }
    const log = bob.getByRole('log');
    await log.getByText(`reactor ${await reactorOf(ada)}`).waitFor(PATIENCE);
    await log.getByText(`reactor ${await reactorOf(bob)}`).waitFor(PATIENCE);
    expect(await log.locator('.own').allTextContents()).toEqual([
      expect.stringContaining('and hello from mine'),
    ]);
    expect(await log.locator('.other').allTextContents()).toEqual([
      expect.stringContaining('Hello from <b>my</b>'),
    ]);

    // A run of messages has the name and the time once.
    await say(bob, 'once more');
    await ada.getByText('once more').waitFor(PATIENCE);
    for (const page of [ada, bob]) expect(await page.locator('#log .who').count()).toBe(2);

    await ada.getByRole('button', { name: 'Leave' }).click();
    await bob.getByText('Only you are here').waitFor(PATIENCE);
    expect(browser.errors).toEqual([]);
  });

  it('explains a wrong room name, and takes another', async () => {
    const { url } = await startReactors(1, PUBSUB);
    const page = await browser.open(url.replace(/^ws/, 'http'));
    await reactorOf(page);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('Room').fill('a/b');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('alert').getByText('got "a/b"').waitFor(PATIENCE);
    await join(page, 'Ada', 'ab');
    expect(browser.errors).toEqual([]);
  });

  it('joins its room again by itself after the server was away', async () => {
    const first = await startReactors(1, PUBSUB);
    const page = await browser.open(first.url.replace(/^ws/, 'http'));
    await join(page, 'Ada', 'lobby');
    await first.server.drain('away for a moment');
    await page.getByText(/^Disconnected, retrying in \d+ s$/).waitFor(PATIENCE);
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    const second = makeServer(PUBSUB, { port: first.port, reactors: 1 });
    await second.server.start();
    await page.getByText('You are back.').waitFor(PATIENCE);
    await say(page, 'still here');
    await page.getByRole('log').getByText('still here').waitFor(PATIENCE);
    expect(browser.errors).toEqual([]);
  });

  it('shows live figures of the messages', async () => {
    const { url } = await startReactors(2, PUBSUB);
    const origin = url.replace(/^ws/, 'http');
    const page = await browser.open(`${origin}/?tenant=acme`);
    await join(page, 'Ada', 'lobby');
    const figures = await browser.open(origin);
    await figures.getByRole('link', { name: 'Live figures' }).click();
    await figures.getByText('2 reactors').waitFor(PATIENCE);
    await figures.getByText(`npm run storm -- --url ${url}`).waitFor(PATIENCE);
    await say(page, 'hello');
    await page.getByRole('log').getByText('hello').waitFor(PATIENCE);
    const row = figures.getByRole('row', { name: /^acme/ });
    await row.waitFor(PATIENCE);
    expect(await row.getByRole('cell').first().textContent()).toBe('1');
    await figures.getByText('Nobody sends anything yet').waitFor({ ...PATIENCE, state: 'hidden' });

    // On a phone the tables scroll, and the page does not.
    await figures.setViewportSize({ width: 360, height: 640 });
    const overflows = await figures.evaluate<number[]>(
      `[document.documentElement, ...document.querySelectorAll('.scroll')]
        .map((one) => one.scrollWidth - one.clientWidth)`,
    );
    expect(overflows).toEqual([0, expect.any(Number), expect.any(Number)]);
    expect(Math.min(...overflows.slice(1))).toBeGreaterThan(0);
    await figures.getByRole('link', { name: 'Rooms' }).click();
    await figures.getByRole('button', { name: 'Join' }).waitFor(PATIENCE);
    expect(browser.errors).toEqual([]);
  });
});
