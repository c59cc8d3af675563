// Imported before everything else: it has no imports of its own, so that an old Node gets as far as
// this message.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`hioload-ws: Node must be 20.19 or newer; got ${process.versions.node}\n`);
  process.exit(1);
}
