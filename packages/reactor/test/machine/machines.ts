export { fakeMachine, fakeMachines, type MachineSpec } from '../../../fake/src/machines.js';
