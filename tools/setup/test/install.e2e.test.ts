import { leaveOutIf } from '@hioload/test-support/left-out';
