// `npm run docs`: writes the generated pages.
import { ROOT } from '../command.mjs';
import { writeErrorsPage } from './errors-page.mjs';

await writeErrorsPage(ROOT);
