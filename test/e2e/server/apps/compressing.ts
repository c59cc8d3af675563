import { defineApp } from '@hioload/reactor';

export default defineApp({ compression: true });
