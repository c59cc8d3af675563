import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
