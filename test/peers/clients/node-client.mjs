// A client program: the WebSocket of Node.
import { runSession } from './session.mjs';

const [, , url = ''] = process.argv;
console.log(JSON.stringify(await runSession(globalThis.WebSocket, url)));
