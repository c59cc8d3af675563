/* The door `@hioload/transport/message`: messages in the form in which they are passed on. */
export { OutgoingMessage } from './outgoing-message.js';
export { RangeMessage } from './range-message.js';
