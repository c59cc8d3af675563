// What one reactor knows of one tenant: its rate and its number of connections.
import { type Counters, newCounters } from '../figures/counters.js';
import type { Quotas } from './quotas.js';
import { TokenBucket } from './token-bucket.js';

/** A tenant as one reactor knows it. */
export class Tenant {
  readonly name: string;
  readonly quotas: Quotas;
  readonly counters: Counters = newCounters();
  /** The share of this reactor in the messages that the tenant may say in a second. */
  readonly rate: TokenBucket;
  /** Connections on this reactor. */
  connections = 0;

  constructor(name: string, quotas: Quotas, reactors: number) {
    this.name = name;
    this.quotas = quotas;
    this.rate = new TokenBucket(quotas.saysPerSecond / reactors);
  }
}
