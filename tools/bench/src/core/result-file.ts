// Chooses the files that a run writes its results to.
import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export interface ResultFiles {
  readonly json: string;
  readonly picture: string;
}

/**
 * Chooses the files of a run; the picture lies beside the JSON. Checks before all measuring that
 * the folder exists and is writable.
 * @param date ISO 8601
 * @param jsonFile ends in `.json`; `null` for `bench-results/<bench>-<date>.json` below the working
 * directory
 * @throws Error if the files cannot be written
 */
export async function chooseResultFiles(
  bench: string,
  date: string,
  jsonFile: string | null,
): Promise<ResultFiles> {
  const stamp = date.slice(0, 19).replaceAll(':', '-');
  const json = resolve(jsonFile ?? `bench-results/${bench}-${stamp}.json`);
  await mkdir(dirname(json), { recursive: true });
  await access(dirname(json), constants.W_OK);
  return { json, picture: json.replace(/\.json$/, '.svg') };
}
