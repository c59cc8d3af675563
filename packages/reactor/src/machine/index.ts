// The door of the machine room: topology, placement and affinity.
export { formatCpuList, MAX_CPU_ID, parseCpuList } from './cpu-list.js';
export { currentThreadId } from './current-thread.js';
export { detectTopology, type DetectTopologyOptions } from './detect-topology.js';
export { grantedHeapMb, v8FlagMb } from './heap-limit.js';
export { KernelAffinity, type KernelAffinityOptions } from './kernel-affinity.js';
export { machineAffinity } from './machine-affinity.js';
export { memoryPolicy } from './memory-policy.js';
export {
  type OpenFilesLimit,
  openFilesLimitOf,
  type OpenFilesNeed,
  openFilesNeed,
} from './open-files.js';
export { type PlacementOptions, placeReactors } from './place-reactors.js';
export { type KernelRoots, readTopology } from './sysfs-topology.js';
export {
  type SystemInformation,
  systemInformationTopology,
  type SystemInformationOptions,
} from './systeminformation-topology.js';
export { TasksetAffinity, type TasksetAffinityOptions } from './taskset-affinity.js';
export {
  describeTopology,
  formatTopologyTable,
  reportTopology,
  type TopologyReport,
} from './topology-report.js';
