// The module that the launcher serves: the pubsub application with quotas of the environment.
import { defineApp } from '@hioload/reactor';
import { pubsub } from './app.js';
import { QuotaBook } from './tenants/quotas.js';

const { PUBSUB_QUOTAS } = process.env;

/** Rooms, presence and figures for many tenants, with the quotas of the environment. */
export default defineApp(
  pubsub(PUBSUB_QUOTAS === undefined ? new QuotaBook() : QuotaBook.parse(PUBSUB_QUOTAS)),
);
