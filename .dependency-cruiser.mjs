// Which file may import which: `node_modules/.bin/depcruise apps packages test tools` applies it,
// and so does `npm run check`.
import { layerConfig } from './tools/checks/layers/config.mjs';

export default layerConfig(import.meta.dirname);
