/** A module that never comes to an end, although its event loop turns. */
setInterval(() => undefined, 50);
await new Promise(() => undefined);

export default undefined;
