/** The check of `hioload doctor --transport`: whether a transport kind of the user loads. */
import { loadTransportKind } from '@hioload/reactor';
import { type Check, fail, ok } from './check.js';

/**
 * Loads the kind as a reactor does, and makes no transport. The finding names the features of the
 * kind, and each rule that the kind does not keep.
 * @param path the module, from the working directory
 */
export function transportKindCheck(path: string): Check {
  return {
    name: 'transport kind',
    async look() {
      try {
        const { name, features } = await loadTransportKind(path);
        const { sharesPort, exemptions } = features;
        const reactors = sharesPort ? 'several reactors share a port' : 'one reactor only';
        const found = `${name}: ${reactors}, exemptions: ${exemptions.length}`;
        if (exemptions.length === 0) return ok(found, 'The kind says that it keeps every rule.');
        const broken = exemptions.map(
          ({ id, rule, instead }) => `${id} (rule: ${rule}; instead: ${instead})`,
        );
        return ok(found, `The kind does not keep ${broken.join('; ')}.`);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return fail(problem, 'No reactor can start with this module.');
      }
    },
  };
}
