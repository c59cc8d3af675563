// The public door of the launcher.
export { main } from './main.js';
