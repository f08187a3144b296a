// Asks the server what it waits for, and shows it. Everything that comes from there is set as text.
import { ACCOUNT, STATES, count, deadline, headline, phase, seconds, spoken, stateCounts, subline } from './words.js';
import { ENDS, MARKS, draw, sessionsLeftOut } from './timeline.js';
import { ask } from './steer.js';

const SERVING_MILLIS = 1000;
const DRAINING_MILLIS = 300;
const HIDDEN_MILLIS = 4000;
const PATIENCE_MILLIS = 3000;

const id = (name) => document.getElementById(name);
let last = null; // The last status, for as long as the page is open.
let lastTime = 0;
let failures = 0;
let timer = 0;

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...content);
  return made;
}

function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** Makes the rows of a table those of the items; a row stays itself for as long as its key does. */
function rows(body, items, keyOf, make, update) {
  const old = new Map([...body.children].map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const key = String(keyOf(item));
    let row = old.get(key);
    if (!row) {
      row = make(item);
      row.dataset.key = key;
      row.setAttribute('role', 'row');
      [...row.children].forEach((cell) => cell.setAttribute('role', 'cell'));
    }
    old.delete(key);
    update(row, item);
    if (body.children[index] !== row) {
      body.insertBefore(row, body.children[index] ?? null);
    }
  });
  old.forEach((row) => row.remove());
}

function showNow(status) {
  const { sign, name, tone } = phase(status);
  id('now').dataset.tone = tone;
  setText(id('phase-sign'), sign);
  setText(id('phase'), name);
  setText(id('headline'), headline(status));
  setText(id('subline'), subline(status));
  setText(id('said'), spoken(status));
  document.title = `${name} · ${location.host}`;

  const bar = deadline(status);
  id('deadline').hidden = !bar;
  if (bar) {
    id('deadline-fill').style.width = `${bar.percent}%`;
    id('deadline').dataset.late = bar.late;
    id('deadline-bar').setAttribute('aria-valuenow', Math.round(bar.percent));
    id('deadline-bar').setAttribute('aria-valuetext', bar.to);
    setText(id('deadline-from'), bar.from);
    setText(id('deadline-to'), bar.to);
  }
}

function showAccount(status) {
  const { account } = status;
  setText(id('account-title'), status.elapsedMillis >= 0 || !account ? 'Streams of this drain' : 'Streams of the last drain');
  id('account').parentElement.hidden = !account;
  if (!account) {
    return;
  }
  id('account').replaceChildren(...ACCOUNT.map(({ key, name, hint }) => {
    const tile = element('div', `tile ${key}`, element('dt', '', name), element('dd', '', String(account[key])));
    tile.title = hint;
    tile.dataset.some = account[key] > 0;
    return tile;
  }));
  const cut = account.cutStreams ?? [];
  id('cut-streams').hidden = cut.length === 0;
  id('cut-streams').replaceChildren(...cut.map((text) => element('li', '', `✕ ${text}`)));
}

function showRequests(status) {
  const { requests } = status;
  const total = Math.max(requests.length, status.streamsInFlight);
  setText(id('requests-count'), total > requests.length ? `${total}, the ${requests.length} oldest of them` : String(total));
  id('requests-none').hidden = requests.length > 0;
  id('requests').hidden = requests.length === 0;
  const make = (request) => element('tr', '',
    element('td', 'age number'),
    element('td', 'request', element('b', 'method', request.method), ' ', element('code', 'path', request.path)),
    element('td', 'from', request.remoteAddress),
    element('td', 'protocol', request.protocol.replace(/\.0$/, '') + (request.stream ? ` · stream ${request.stream}` : '')));
  const key = (request) => `${request.session}|${request.stream}|${request.remoteAddress}|${request.method}|${request.path}`;
  rows(id('requests').tBodies[0], requests, key, make, (row, request) =>
    setText(row.firstChild, seconds(request.ageMillis)));
}

function showSessions(status) {
  const counts = stateCounts(status);
  setText(id('sessions-count'), String(status.sessionCount));
  id('states').replaceChildren(...counts.filter((state) => state.count > 0).map((state) => {
    const part = element('span', state.key, state.sign);
    part.style.flexGrow = state.count;
    return part;
  }));
  id('states').hidden = status.sessionCount === 0;
  id('states-legend').replaceChildren(...counts.map((state) => {
    const item = element('li', state.count ? '' : 'zero',
      element('span', `key ${state.key}`, state.sign), ` ${state.name} `, element('b', '', String(state.count)));
    item.title = state.hint;
    return item;
  }));

  id('sessions-details').hidden = status.sessionCount === 0;
  const make = (session) => {
    const button = element('button', 'small');
    button.type = 'button';
    button.addEventListener('click', () => ask(button.dataset.action,
      [{ label: `the session of ${session.remoteAddress}`, session: session.id }], refresh));
    return element('tr', '', element('td', 'from', session.remoteAddress), element('td', 'connector', session.connector),
      element('td', 'state'), element('td', 'number streams'), element('td', 'action', button));
  };
  rows(id('sessions').tBodies[0], status.sessions, (session) => session.id, make, (row, session) => {
    const state = STATES.find((known) => known.key === session.state);
    const [, , stateCell, streams, action] = row.children;
    setText(stateCell, state ? `${state.sign} ${state.name}` : session.state);
    setText(streams, String(session.streamsInFlight));
    const button = action.firstChild;
    button.dataset.action = session.state === 'OPEN' ? 'drain' : 'undo';
    setText(button, session.state === 'OPEN' ? 'Drain…' : 'Undo…');
    button.disabled = status.stopping || session.state === 'CUT' || session.state === 'CLOSING';
  });
  const more = status.sessionCount - status.sessions.length;
  id('sessions-more').hidden = more <= 0;
  setText(id('sessions-more'), `And ${count(more, 'more session')}.`);
}

function showTimeline(status) {
  const { timeline } = status;
  id('timeline-section').hidden = timeline.sessions.length === 0;
  if (timeline.sessions.length === 0) {
    return;
  }
  draw(id('timeline'), status, Math.floor(id('timeline').getBoundingClientRect().width) || 320);
  const missing = sessionsLeftOut(timeline);
  id('timeline-more').hidden = missing === 0 && timeline.complete;
  setText(id('timeline-more'), missing > 0
    ? `And ${count(missing, 'more session')}.` : 'There were more sessions or streams than a timeline keeps.');
}

function targets(status, leaving) {
  const connectors = status.connectors.filter((connector) => (connector.phase !== 'SERVING') === leaving);
  return [{ label: 'the whole server' },
    ...connectors.map((connector) => ({
      label: `connector ${connector.name}${String(connector.port) === connector.name ? '' : ` (port ${connector.port})`}`,
      connector: connector.name,
    }))];
}

function showButtons(status) {
  const leaving = status.connectors.some((connector) => connector.phase !== 'SERVING') || status.phase !== 'SERVING';
  const serving = status.connectors.some((connector) => connector.phase === 'SERVING');
  id('drain').parentElement.hidden = status.stopping; // That can be neither begun nor undone here.
  id('drain').disabled = !serving;
  id('undo').disabled = !(leaving || status.sessions.some((session) => session.state !== 'OPEN'));
}

function show(status) {
  showNow(status);
  showAccount(status);
  showRequests(status);
  showSessions(status);
  showTimeline(status);
  showButtons(status);
}

function showLink(kind, text) {
  id('link').dataset.link = kind;
  setText(id('link-text'), text);
}

/** The server has gone. What was seen last stays, and is said to be that. */
function showGone() {
  const time = lastTime ? new Date(lastTime).toLocaleTimeString() : '';
  showLink('gone', 'no answer');
  document.body.classList.add('gone');
  id('now').dataset.tone = 'gone';
  id('deadline').hidden = true;
  id('drain').disabled = true;
  id('undo').disabled = true;
  const stopped = last?.stopping;
  setText(id('phase-sign'), '■');
  setText(id('phase'), stopped ? 'Stopped' : 'No answer');
  setText(id('headline'), stopped ? 'The server has stopped' : 'The server does not answer');
  setText(id('subline'), last ? `Below is what was seen last, at ${time}: ${headline(last).replace(/^./, (c) => c.toLowerCase())}.` : '');
  setText(id('said'), id('headline').textContent);
  document.title = `${id('phase').textContent} · ${location.host}`;
}

async function poll() {
  try {
    const response = await fetch('drain', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    last = await response.json();
    lastTime = Date.now();
    failures = 0;
    document.body.classList.remove('gone');
    showLink('live', 'live');
    show(last);
  } catch (problem) {
    failures += 1;
    if (failures > 1 || last?.stopping) {
      showGone();
    } else {
      showLink('waiting', 'no answer yet');
    }
    console.info(`${problem}`);
  }
}

function pause() {
  if (document.hidden) {
    return HIDDEN_MILLIS;
  }
  return failures === 0 && last?.phase !== 'SERVING' ? DRAINING_MILLIS : SERVING_MILLIS;
}

async function refresh() {
  clearTimeout(timer);
  await poll();
  clearTimeout(timer);
  timer = setTimeout(refresh, pause());
}

function key(className, { sign, name }) {
  return element('li', '', element('span', `key ${className}`, sign), ` ${name}`);
}

id('host').textContent = location.host;
id('timeline-legend').replaceChildren(
  ...ENDS.map((end) => key(`end ${end.key}`, end)), ...MARKS.map((mark) => key(`mark ${mark.key}`, mark)));
id('drain').addEventListener('click', () => ask('drain', targets(last, false), refresh));
id('undo').addEventListener('click', () => ask('undo', targets(last, true), refresh));
document.addEventListener('visibilitychange', refresh);
window.addEventListener('resize', () => last && showTimeline(last));
refresh();
