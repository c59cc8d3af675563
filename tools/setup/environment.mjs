// The environment in which npm, pnpm and turbo run.
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { codeOf } from './error-code.mjs';
import { BIN, STATE } from './paths.mjs';

/** Settings that stop tools from asking the network for news. */
const QUIET = {
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
};

/**
 * Three more tries within some ten seconds. By default npm needs over a minute to notice that there
 * is no network.
 */
const PATIENCE = {
  npm_config_fetch_retries: '3',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
};

/**
 * The caches of npm and pnpm: the variable that names the folder, and the default folder below
 * HOME.
 */
const CACHES = /** @type {const} */ ([
  ['npm_config_cache', '.npm'],
  ['XDG_DATA_HOME', '.local/share'],
  ['XDG_CACHE_HOME', '.cache'],
  ['XDG_STATE_HOME', '.local/state'],
]);

/**
 * The environment of the tools that the setup runs: the present one, quiet, with the installed
 * programs in its path.
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment() {
  return { ...process.env, ...QUIET, PATH: [BIN, process.env['PATH'] ?? ''].join(delimiter) };
}

/**
 * The environment of an install. The caches move into the checkout if HOME is read-only or missing.
 */
export function installEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...PATIENCE, ...toolEnvironment() };
  const home = homedir();
  for (const [name, usual] of CACHES) {
    if (!isWritable(env[name] ?? join(home, usual))) env[name] = join(STATE, usual);
  }
  return env;
}

/** Whether a folder is writable, or can be made. @param {string} folder */
function isWritable(folder) {
  for (let at = folder; ; at = dirname(at)) {
    try {
      accessSync(at, constants.W_OK);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || at === dirname(at)) return false;
    }
  }
}
