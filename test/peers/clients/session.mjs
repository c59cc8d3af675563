/**
 * What a client of the WebSocket API of browsers sees of an echo server. One function that stands
 * on nothing around it: it also runs in a page.
 * @param {any} WebSocket the constructor
 * @param {string} url of a server that echoes, and that closes on a text `close CODE REASON`
 * @param {Record<string, unknown>} [options] a third argument for the constructor
 * @returns {Promise<import('./report.d.ts').Report>}
 */
export async function runSession(WebSocket, url, options) {
  /** @returns {Promise<any>} an open connection */
  const open = () =>
    new Promise((resolve, reject) => {
      const socket = options === undefined ? new WebSocket(url) : new WebSocket(url, [], options);
      socket.binaryType = 'arraybuffer';
      socket.addEventListener('open', () => resolve(socket));
      socket.addEventListener('error', () => reject(new Error('the connection failed')));
    });
  /** @returns {Promise<[number, string, boolean]>} */
  const closed = (/** @type {any} */ socket) =>
    new Promise((resolve) => {
      socket.addEventListener('close', (/** @type {any} */ event) =>
        resolve([event.code, event.reason, event.wasClean]),
      );
    });
  const bytes = (/** @type {number} */ length) =>
    Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
  const isSame = (/** @type {any} */ sent, /** @type {any} */ came) => {
    if (typeof sent === 'string' || typeof came === 'string') return sent === came;
    const view = new Uint8Array(came);
    return view.length === sent.length && view.every((octet, i) => octet === sent[i]);
  };

  const messages = {
    text: 'Grüße, 世界 😀',
    'empty text': '',
    binary: bytes(256),
    'empty binary': bytes(0),
    '1 MiB of text': '0123456789abcdef'.repeat(65_536),
    '1 MiB of binary': bytes(1_048_576),
  };
  const socket = await open();
  /** @type {Record<string, boolean>} */
  const echoes = {};
  for (const [name, message] of Object.entries(messages)) {
    const came = new Promise((resolve) => {
      socket.addEventListener('message', (/** @type {any} */ event) => resolve(event.data), {
        once: true,
      });
    });
    socket.send(message);
    echoes[name] = isSame(message, await came);
  }
  const { extensions } = socket;
  socket.close();

  const byServer = [];
  for (const [code, reason] of /** @type {const} */ ([
    [1000, ''],
    [1001, 'going away'],
    [1008, 'policy'],
    [1011, 'grüßt nicht'],
    [4001, 'x'.repeat(123)],
  ])) {
    const doomed = await open();
    const end = closed(doomed);
    doomed.send(`close ${code} ${reason}`);
    byServer.push(await end);
  }
  const byClient = [];
  for (const [code, reason] of /** @type {const} */ ([
    [1000, 'done'],
    [4000, 'grüßt'],
    [4999, ''],
  ])) {
    const leaving = await open();
    const end = closed(leaving);
    leaving.close(code, reason);
    byClient.push(await end);
  }
  return { extensions, echoes, byServer, byClient };
}
