// An application for tests that asks for compression.
import { defineApp } from '@hioload/reactor';

export default defineApp({ compression: true });
