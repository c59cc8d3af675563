// The door of what is left out: how a test says so, and the table that shows it.
export { default as ClosingTable, isForTable } from './closing-table.js';
export {
  leaveOut,
  leaveOutIf,
  leaveOutUnlessLinux,
  type LeftOut,
  readLeftOut,
} from './left-out.js';
