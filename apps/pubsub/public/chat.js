// The script of the chat page: joins a room, says and shows messages.
import { Connection } from './connection.js';
import { StateChip } from './state-chip.js';

/** Most entries that are kept on the page. */
const LOG_ENTRIES = 500;
/** Messages of one person within this time make a run, which has the name and the time once. */
const RUN_MS = 120_000;

const $ = (id) => document.getElementById(id);
const format = new Intl.NumberFormat('en');
const tenant = new URLSearchParams(location.search).get('tenant') ?? 'public';

/** The name and the room that the person asked for. They outlive a lost connection. */
const wish = {
  name: sessionStorage.getItem('name') ?? '',
  room: sessionStorage.getItem('room') ?? '',
};
let isInRoom = false;
let lastRef = 0;
/** The speaker and the beginning of the last run of messages; undefined behind a note. */
let run;
/** Refs of messages that this tab has sent and that have not come back yet. */
const underway = new Set();

const chip = new StateChip($('state'), $('hurry'), 'Connected');
const connection = new Connection(`/rooms/${encodeURIComponent(tenant)}`, {
  onState: showState,
  onMessage: hear,
});

$('tenant').textContent = `tenant ${tenant}`;
$('name').value = wish.name;
const linked = roomInAddress();
if (linked !== '') $('wanted').value = linked;
else if (wish.room !== '') $('wanted').value = wish.room;

$('door').addEventListener('submit', (event) => {
  event.preventDefault();
  wish.name = $('name').value.trim();
  wish.room = $('wanted').value.trim();
  remember();
  askToJoin();
});

$('say').addEventListener('submit', (event) => {
  event.preventDefault();
  const ref = ++lastRef;
  // A text that could not be sent stays in the field, so that the person can send it again.
  if (!connection.send({ type: 'say', room: wish.room, text: $('text').value, ref })) return;
  underway.add(ref);
  $('text').value = '';
});

$('leave').addEventListener('click', () => {
  connection.send({ type: 'leave', room: wish.room });
  wish.room = '';
  remember();
  showDoor();
});

$('hurry').addEventListener('click', () => connection.hurry());

/** The room that the address names after the hash, or an empty string. */
function roomInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    // A percent sign that a person typed can make the hash invalid.
    return '';
  }
}

function askToJoin() {
  if (wish.room !== '' && wish.name !== '')
    connection.send({ type: 'join', room: wish.room, name: wish.name });
}

function hear(message) {
  if (message.type === 'welcome') {
    $('reactor').textContent = `reactor ${message.reactor} (${message.reactors} in all)`;
    $('reactor').hidden = false;
    askToJoin();
  } else if (message.type === 'error') complain(message);
  else if (message.room !== wish.room) return;
  else if (message.type === 'joined') enter(message);
  else if (message.type === 'presence') showPeople(message.people);
  else if (message.type === 'said') showSaid(message);
}

function enter({ room, people }) {
  note(isInRoom ? 'You are back.' : `You are in ${room}.`);
  if (!isInRoom) {
    isInRoom = true;
    $('door').hidden = true;
    $('room').hidden = false;
    $('room-name').textContent = room;
    document.title = `${room} - Rooms`;
    history.replaceState(null, '', `#${encodeURIComponent(room)}`);
    $('text').focus();
  }
  showPeople(people);
}

function showDoor() {
  isInRoom = false;
  $('room').hidden = true;
  $('door').hidden = false;
  $('log').replaceChildren();
  run = undefined;
  $('problem').hidden = true;
  document.title = 'Rooms';
  $('wanted').focus();
}

function showPeople(people) {
  $('people').textContent =
    people === 1 ? 'Only you are here' : `${format.format(people)} people are here`;
}

function showSaid({ name, text, reactor, ref }) {
  const isOwn = ref !== undefined && underway.delete(ref);
  const entry = document.createElement('li');
  entry.className = isOwn ? 'own' : 'other';
  const time = new Date();
  const speaker = `${isOwn} ${reactor} ${name}`;
  if (run?.speaker === speaker && time - run.since < RUN_MS) entry.classList.add('more');
  else {
    run = { speaker, since: time };
    entry.append(headOf(isOwn ? 'You' : name, reactor, time));
  }
  entry.append(element('p', text, 'text'));
  append(entry);
  $('complaint').hidden = true;
}

/** The name and the time above a run of messages. */
function headOf(name, reactor, time) {
  const stamp = element(
    'time',
    time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  );
  stamp.dateTime = time.toISOString();
  const head = element('p', name, 'who');
  head.append(element('span', `reactor ${reactor}`, 'via'), stamp);
  return head;
}

function note(text) {
  run = undefined;
  append(element('li', text, 'note'));
}

function append(entry) {
  const log = $('log');
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(entry);
  while (log.childElementCount > LOG_ENTRIES) log.firstElementChild.remove();
  // A person who reads older messages stays there.
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function complain({ message, ref }) {
  underway.delete(ref);
  const place = $(isInRoom ? 'complaint' : 'problem');
  place.textContent = `The request failed: ${message}.`;
  place.hidden = false;
}

function showState(change) {
  chip.show(change);
  $('say').querySelector('button').disabled = change.state !== 'open';
  if (change.state !== 'waiting') return;
  underway.clear();
  $('people').textContent = 'The connection is lost';
}

function remember() {
  sessionStorage.setItem('name', wish.name);
  sessionStorage.setItem('room', wish.room);
}

function element(tag, text, className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

connection.start();
