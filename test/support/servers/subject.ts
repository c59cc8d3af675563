// What a transport under test is: its name, its exemptions and its factory.
import type { Transport, TransportOptions } from '@hioload/api';

/** A kind of transport that is judged. */
export interface Subject {
  readonly name: string;
  create(options: TransportOptions): Promise<Transport>;
  /** Ids of what it is exempted from, as its `features` say. */
  readonly exemptions: ReadonlySet<string>;
}
