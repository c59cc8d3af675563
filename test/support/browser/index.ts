// The door of the browser: the Chromium that tests drive where one is installed.
export type { Browser, Page } from 'playwright-core';
export { CHROMIUM, launchChromium } from './chromium.js';
