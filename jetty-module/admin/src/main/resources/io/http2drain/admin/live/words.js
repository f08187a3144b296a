// What a status says, in words. Nothing here knows the page.

export const STATES = [
  { key: 'OPEN', sign: '○', name: 'open', hint: 'served, not told to leave' },
  { key: 'ANNOUNCED', sign: '◔', name: 'announced', hint: 'told to open no more streams' },
  { key: 'CUT', sign: '◑', name: 'cut', hint: 'told its last stream; those in flight finish' },
  { key: 'CLOSING', sign: '●', name: 'closing', hint: 'nothing in flight, being closed' },
];

const PHASES = {
  SERVING: { sign: '▶', name: 'Serving', tone: 'good' },
  QUIET: { sign: '◔', name: 'Quiet period', tone: 'busy' },
  DRAINING: { sign: '◑', name: 'Draining', tone: 'busy' },
  DRAINED: { sign: '✓', name: 'Drained', tone: 'good' },
};

export function count(number, one, many = one + 's') {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

export function seconds(millis) {
  const value = Math.max(0, millis) / 1000;
  if (value < 60) {
    return `${value.toFixed(1)} s`;
  }
  const whole = Math.floor(value);
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

export function requestName(request) {
  return request.method ? `${request.method} ${request.path}` : request.path;
}

export function phase(status) {
  const known = PHASES[status.phase] ?? { sign: '?', name: status.phase, tone: 'busy' };
  if (status.phase === 'SERVING' && !status.ready && !status.stopping) {
    return { sign: '…', name: 'Not ready', tone: 'busy' };
  }
  return status.stopping ? { ...known, tone: 'busy', name: `Stopping · ${known.name.toLowerCase()}` } : known;
}

/** How many requests the status knows of; it names only the first hundred. */
function inFlight(status) {
  return Math.max(status.requests.length, status.streamsInFlight);
}

function oldest(status) {
  const first = status.requests[0];
  return first ? `; the oldest is ${requestName(first)}, ${seconds(first.ageMillis)}` : '';
}

export function headline(status) {
  const requests = inFlight(status);
  const sessions = status.sessionCount;
  switch (status.phase) {
    case 'SERVING':
      if (!status.ready) {
        return status.stopping ? 'The stop begins' : 'The server is starting, or not wholly serving';
      }
      return requests > 0 ? `Serving ${count(requests, 'request')}${oldest(status)}` : 'Serving; no request is in flight';
    case 'QUIET':
      return `Quiet period: not ready, and still serving${requests > 0 ? ` ${count(requests, 'request')}` : ''}`;
    case 'DRAINED':
      if (sessions > 0) { // Who came after it, or was leaving before it began.
        return `Drained; ${count(sessions, 'session is', 'sessions are')} still leaving${oldest(status)}`;
      }
      return status.stopping ? 'Drained; the server is stopping' : 'Drained; every session has left';
    default:
      if (requests > 0) {
        return `Waiting for ${count(requests, 'request')}${oldest(status)}`;
      }
      if (sessions > 0) {
        return `Waiting for ${count(sessions, 'client')} to close; every request is answered`;
      }
      return 'Nothing is left to wait for';
  }
}

export function subline(status) {
  switch (status.phase) {
    case 'SERVING':
      return status.ready ? `${count(status.sessionCount, 'HTTP/2 session')} open.` : '';
    case 'QUIET':
      return 'Listeners are open; a load balancer has time to notice.';
    case 'DRAINED':
      return status.stopping ? '' : 'A session that opens now is told to leave at once. Undo brings the server back.';
    default:
      return status.stopping
        ? 'The server stops as soon as the last answer is delivered. A stop cannot be undone.'
        : 'Sessions are told to leave; what is in flight finishes.';
  }
}

/** What a screen reader is told; it changes with what matters, not with every tenth of a second. */
export function spoken(status) {
  const requests = inFlight(status);
  return `${phase(status).name}. ${count(requests, 'request')} in flight, ${count(status.sessionCount, 'session')} open.`;
}

export function deadline(status) {
  if (status.remainingMillis < 0 || status.elapsedMillis < 0) {
    return null;
  }
  const whole = status.elapsedMillis + status.remainingMillis;
  const share = whole > 0 ? Math.min(1, status.elapsedMillis / whole) : 1;
  return {
    percent: share * 100,
    late: share > 0.75,
    from: `${seconds(status.elapsedMillis)} since the drain began`,
    to: `${seconds(status.remainingMillis)} left; then what is in flight is cut`,
  };
}

export function stateCounts(status) {
  return STATES.map((state) => ({ ...state, count: status.sessionStates[state.key] ?? 0 }));
}

export const ACCOUNT = [
  { key: 'completed', name: 'completed', hint: 'answered in full, or reset by the client' },
  { key: 'refused', name: 'refused', hint: 'came after the cut, were not run; can be sent elsewhere' },
  { key: 'abandoned', name: 'abandoned', hint: 'their client left before the answer was complete' },
  { key: 'cut', name: 'cut', hint: 'still in flight at the deadline' },
];
