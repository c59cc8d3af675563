// The types of the one file of prom-client that the page of metrics loads.
declare module 'prom-client/lib/registry.js' {
  export { Registry as default } from 'prom-client';
}
