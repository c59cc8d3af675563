// A process of its own, whose young generation is so large that nothing is collected while the
// garbage is measured.
import { tsImport } from 'tsx/esm/api';

const { measureAll } = await tsImport('./measure.ts', import.meta.url);
process.stdout.write(JSON.stringify(await measureAll()));
