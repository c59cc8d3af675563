import type { EndSignal } from './launcher.js';

const END_SIGNALS: readonly EndSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** Hands the signals that ask this process to end to `take`, until the function that it returns is called. */
export function onEndSignals(take: (name: EndSignal) => void): () => void {
  for (const name of END_SIGNALS) process.on(name, take);
  return () => {
    for (const name of END_SIGNALS) process.off(name, take);
  };
}
