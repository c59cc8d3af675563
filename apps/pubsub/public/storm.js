// The script of the page that draws the figures of all reactors during a storm.
import { Connection } from './connection.js';
import { StateChip } from './state-chip.js';

/** Each reactor sends figures every second. A reactor that is silent for this long has ended. */
const SILENCE_MS = 3_000;
const SECONDS_SHOWN = 60;
const COUNTERS = [
  'connections',
  'said',
  'due',
  'lostOnLanes',
  'lostInQueues',
  'refusedConnections',
  'refusedTopics',
  'refusedSays',
];

const $ = (id) => document.getElementById(id);
const format = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The last two figures of each reactor, with the times of their arrival, by life. */
const reactors = new Map();
/** Deliveries per second, oldest first. */
const history = [];

const chip = new StateChip($('state'), $('hurry'), 'Live');
const connection = new Connection('/figures', {
  onState: (change) => chip.show(change),
  onMessage: take,
});
$('command').textContent = `npm run storm -- --url ${location.origin.replace(/^http/, 'ws')}`;
$('hurry').addEventListener('click', () => connection.hurry());

function take(figures) {
  const former = reactors.get(figures.life)?.now;
  const now = { atMs: performance.now(), figures };
  reactors.set(figures.life, { now, former: former ?? now });
}

/** The growth of a counter per second; 0 until figures have come twice. */
function perSecond({ now, former }, countOf) {
  const seconds = (now.atMs - former.atMs) / 1_000;
  return seconds > 0 ? Math.max(0, countOf(now.figures) - countOf(former.figures)) / seconds : 0;
}

function show() {
  const silentSince = performance.now() - SILENCE_MS;
  for (const [life, { now }] of reactors) if (now.atMs < silentSince) reactors.delete(life);
  const all = [...reactors.values()].sort((a, b) => a.now.figures.reactor - b.now.figures.reactor);
  showTotals(all);
  $('tenants').replaceChildren(...tenantRows(all));
  $('by-reactor').replaceChildren(...all.map(reactorRow));
  $('reactors').textContent = `${all.length} ${all.length === 1 ? 'reactor' : 'reactors'}`;
  $('reactors').hidden = all.length === 0;
}

function showTotals(all) {
  const sum = (of) => all.reduce((total, reactor) => total + of(reactor), 0);
  const counted = (name) => sum(({ now }) => now.figures.total[name]);
  const delivered = sum((reactor) => perSecond(reactor, ({ total }) => total.due));
  const lost = counted('lostOnLanes') + counted('lostInQueues');
  $('said').textContent = format.format(
    sum((reactor) => perSecond(reactor, ({ total }) => total.said)),
  );
  $('delivered').textContent = format.format(delivered);
  $('lost').textContent = format.format(lost);
  $('lost').classList.toggle('bad', lost > 0);
  $('refused').textContent = format.format(
    counted('refusedConnections') + counted('refusedTopics') + counted('refusedSays'),
  );
  history.push(delivered);
  if (history.length > SECONDS_SHOWN + 1) history.shift();
  $('quiet').hidden = all.length === 0 || history.some((value) => value > 0);
  drawCurve();
}

function drawCurve() {
  const peak = Math.max(...history);
  $('peak').textContent = format.format(peak);
  const top = roundUp(peak);
  $('top').textContent = format.format(top);
  $('middle').textContent = format.format(top / 2);
  const start = SECONDS_SHOWN + 1 - history.length;
  const points = history.map((value, i) => `${start + i} ${100 - (value / top) * 100}`);
  $('curve').setAttribute('d', `M${points.join('L')}`);
}

/** The next number with one of the digits 1, 2, 4 and 6 and zeros; 2 at least. */
function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(Math.max(2, number)));
  return [1, 2, 4, 6, 10].find((digit) => Math.max(2, number) <= digit * power) * power;
}

function tenantRows(all) {
  const rows = new Map();
  for (const reactor of all) {
    for (const { name, ...counts } of reactor.now.figures.tenants) {
      const row = rows.get(name) ?? {
        said: 0,
        due: 0,
        counts: Object.fromEntries(COUNTERS.map((key) => [key, 0])),
      };
      const of = (key) => (figures) =>
        figures.tenants.find((tenant) => tenant.name === name)?.[key] ?? 0;
      row.said += perSecond(reactor, of('said'));
      row.due += perSecond(reactor, of('due'));
      for (const key of COUNTERS) row.counts[key] += counts[key];
      rows.set(name, row);
    }
  }
  return [...rows]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, { said, due, counts }]) =>
      rowOf(name, counts.connections, said, due, ...COUNTERS.slice(3).map((key) => counts[key])),
    );
}

function reactorRow(reactor) {
  const { reactor: index, total, tenants } = reactor.now.figures;
  const connections = tenants.reduce((sum, tenant) => sum + tenant.connections, 0);
  const said = perSecond(reactor, (figures) => figures.total.said);
  const due = perSecond(reactor, (figures) => figures.total.due);
  return rowOf(`reactor ${index}`, connections, said, due, total.lostOnLanes, total.lostInQueues);
}

function rowOf(name, ...numbers) {
  const row = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = name;
  row.append(head, ...numbers.map(cellOf));
  return row;
}

function cellOf(number) {
  const cell = document.createElement('td');
  cell.textContent = format.format(number);
  return cell;
}

setInterval(show, 1_000);
connection.start();
