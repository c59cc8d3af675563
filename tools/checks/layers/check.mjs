// The part of `npm run check` that checks every import against the layer rules.
import { cruise, format } from 'dependency-cruiser';
import { layerConfig } from './config.mjs';

/** The folders of a workspace in which imports are checked. */
const FOLDERS = ['packages', 'apps', 'tools', 'test'];

/**
 * Checks every import of a workspace against the layer rules.
 * @param {string} root
 * @returns {Promise<import('../command.mjs').Outcome>}
 */
export async function checkLayers(root) {
  const { forbidden, options } = layerConfig(root);
  const { output } = await cruise(
    FOLDERS,
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden } },
    options.enhancedResolveOptions,
  );
  if (typeof output === 'string')
    throw new Error(`dependency-cruiser answered with text: ${output}`);
  if (output.modules.length === 0) throw new Error(`no module found below ${root}`);
  if (output.summary.violations.length === 0) return { ok: true, report: '' };
  const report = await format(output, { outputType: 'err-long' });
  return { ok: false, report: textOf(report.output) };
}

/** @param {unknown} output */
function textOf(output) {
  return typeof output === 'string' ? output : JSON.stringify(output);
}
