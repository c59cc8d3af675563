// The configuration of dependency-cruiser for the layer rules.
import { findDoors, SOURCE_CONDITION } from './doors.mjs';
import { layerRules } from './rules.mjs';

/**
 * The configuration of dependency-cruiser for a workspace.
 * @param {string} root
 * @returns {{ forbidden: import('dependency-cruiser').IForbiddenRuleType[], options:
 * import('dependency-cruiser').ICruiseOptions & { enhancedResolveOptions: object } }}
 */
export function layerConfig(root) {
  return {
    forbidden: layerRules(findDoors(root)),
    options: {
      // Imports of types count too: they must also go through the door of a package, although they
      // do not exist at run time.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '(^|/)(dist|coverage)/' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: [SOURCE_CONDITION, 'import', 'node', 'types', 'default'],
        extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      },
    },
  };
}
