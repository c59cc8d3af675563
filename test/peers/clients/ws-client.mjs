// A client program: the package `ws`.
import { WebSocket } from 'ws';
import { runSession } from './session.mjs';

const [, , url = '', perMessageDeflate] = process.argv;
const options = { perMessageDeflate: perMessageDeflate === 'deflate' };
console.log(JSON.stringify(await runSession(WebSocket, url, options)));
