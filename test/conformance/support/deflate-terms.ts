// Test support: reads the terms of compression in an answer.
import type { DeflateTerms } from '@hioload/test-support/wire';

/** What was agreed upon for each direction. */
export interface AgreedTerms {
  readonly client: DeflateTerms & { readonly windowBits: number };
  readonly server: DeflateTerms & { readonly windowBits: number };
}

/** Reads the answer of a server to an offer of permessage-deflate; undefined where it declined. */
export function readTerms(answer: string | null): AgreedTerms | undefined {
  if (answer === null) return undefined;
  const terms = (side: string): AgreedTerms['client'] => ({
    windowBits: Number(new RegExp(`${side}_max_window_bits=(\\d+)`).exec(answer)?.[1] ?? 15),
    takesOver: !answer.includes(`${side}_no_context_takeover`),
  });
  return { client: terms('client'), server: terms('server') };
}
