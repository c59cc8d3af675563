// Opens connections with clients of few lines that answer pings and say nothing, and tells in one
// line that all are open.
import { connect } from 'node:net';

const [, , port = '0', count = '0'] = process.argv;
const AT_ONCE = 250;
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const HEAD = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n');

/** @returns {Promise<void>} settled when the connection is open */
function open() {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    socket.on('error', reject);
    socket.write(HEAD);
    socket.once('data', (answer) => {
      if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) {
        reject(new Error(`answered with ${answer.toString('latin1').split('\r\n')[0]}`));
        return;
      }
      socket.on('data', (bytes) => {
        if (bytes[0] === 0x89 && bytes[1] === 0) socket.write(PONG);
      });
      resolve();
    });
  });
}

for (let opened = 0; opened < Number(count); opened += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, Number(count) - opened) }, open));
}
console.log(`${count} open`);
