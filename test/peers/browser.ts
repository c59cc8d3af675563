// Test support: a page in a headless browser.
import { type Browser, launchChromium, type Page } from '@hioload/test-support/browser';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of a web server of its own. */
export interface OwnPage {
  readonly page: Page;
  readonly origin: string;
  close(): Promise<void>;
}

/** Opens a page in a headless browser. */
export async function openPage(): Promise<OwnPage> {
  const server = await servePage();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(origin);
    const opened = browser;
    return { page, origin, close: async () => void (await opened.close(), server.close()) };
  } catch (error) {
    await browser?.close();
    server.close();
    throw error;
  }
}

async function servePage(): Promise<Server> {
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { 'Content-Type': 'text/html' })
      .end('<!doctype html><title>peer</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
