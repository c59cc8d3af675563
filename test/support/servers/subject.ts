// What a transport under test is: its name, its exemptions and its factory.
import type { Clock, Transport, TransportOptions } from '@hioload/api';

/** A kind of transport that is judged. */
export interface Subject {
  readonly name: string;
  /** @param options with a clock, if `takesClock` is set and a test moves the time itself */
  create(options: TransportOptions & { readonly clock?: Clock }): Promise<Transport>;
  /** Whether `create` takes a clock. */
  readonly takesClock: boolean;
  /** Ids of what it is exempted from, as its `features` say. */
  readonly exemptions: ReadonlySet<string>;
}
