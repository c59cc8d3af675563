import type { Transport, TransportOptions } from '@hioload/api';
import type { PermessageDeflateOptions } from '@hioload/protocol';

/** A kind of transport that is judged. */
export interface Subject {
  readonly name: string;
  create(options: TransportOptions): Promise<Transport>;
  /** Ids of what it is exempted from, as its `features` say. */
  readonly exemptions: ReadonlySet<string>;
  /** The options with which it agrees to compress; absent where it cannot. */
  compressing?(settings: PermessageDeflateOptions): Partial<TransportOptions>;
}
