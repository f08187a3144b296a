// The picture of a drain: a lane for each session, a bar for each stream, a mark for each frame of the drain.
import { seconds } from './words.js';

const NS = 'http://www.w3.org/2000/svg';
const MAX_LANES = 40;
const MAX_ROWS = 6;
const ROW = 13;
const GAP = 7;
const MARK_ROW = 13;
const MARK_WIDTH = 10;
const AXIS = 26;

export const MARKS = [
  { key: 'announced', shape: 'M-5,-5 L5,-5 L0,4 Z', sign: '▼', name: 'told to leave (GOAWAY 2³¹−1)' },
  { key: 'cut', shape: 'M0,-6 L6,0 L0,6 L-6,0 Z', sign: '◆', name: 'cut at its last stream (GOAWAY)' },
  { key: 'fin', shape: 'M-4.5,-4.5 H4.5 V4.5 H-4.5 Z', sign: '■', name: 'our FIN' },
  { key: 'closed', shape: 'M-5,-5 L5,5 M5,-5 L-5,5', sign: '✕', name: 'closed' },
];

export const ENDS = [
  { key: 'IN_FLIGHT', sign: '▨', name: 'in flight' },
  { key: 'COMPLETED', sign: '▬', name: 'completed' },
  { key: 'REFUSED', sign: '▮', name: 'refused' },
  { key: 'ABANDONED', sign: '▭', name: 'abandoned' },
  { key: 'CUT', sign: '▬✕', name: 'cut' },
];

function make(name, attributes = {}, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}

function niceStep(span, ticks) {
  const raw = span / ticks;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw);
}

/** Puts bars that overlap into rows of their own, as far as there are rows. */
function pack(bars, end) {
  const rowEnds = [];
  for (const bar of [...bars].sort((a, b) => a.from - b.from)) {
    const until = bar.to < 0 && bar.end === 'IN_FLIGHT' ? end : bar.to;
    let row = rowEnds.findIndex((ended) => ended <= bar.from);
    if (row < 0) {
      row = rowEnds.length < MAX_ROWS ? rowEnds.length : MAX_ROWS - 1;
    }
    rowEnds[row] = Math.max(rowEnds[row] ?? 0, until);
    bar.row = row;
    bar.until = until;
  }
  return Math.max(1, rowEnds.length);
}

/** Lanes with something in flight come first, then those that left last. */
function lanesOf(timeline) {
  const bars = new Map();
  for (const stream of timeline.streams) {
    if (!bars.has(stream.session)) {
      bars.set(stream.session, []);
    }
    bars.get(stream.session).push({ ...stream });
  }
  const lanes = timeline.sessions.map((lane) => ({ ...lane, bars: bars.get(lane.session) ?? [] }));
  const rank = (lane) => (lane.bars.some((bar) => bar.end === 'IN_FLIGHT') ? 0 : lane.closed < 0 ? 1 : 2);
  return lanes.sort((a, b) => rank(a) - rank(b) || (rank(a) === 2 ? b.closed - a.closed : 0));
}

export function sessionsLeftOut(timeline) {
  return Math.max(0, timeline.sessions.length - MAX_LANES);
}

/** Draws into a container. `width` is in pixels. */
export function draw(container, status, width) {
  const { timeline } = status;
  const lanes = lanesOf(timeline).slice(0, MAX_LANES);
  const times = lanes.flatMap((lane) => [lane.closed, lane.fin, lane.cut, ...lane.bars.map((bar) => bar.to)]);
  const running = status.elapsedMillis >= 0 && status.phase !== 'DRAINED';
  const now = running ? status.elapsedMillis : Math.max(1, ...times);
  const deadline = running && status.remainingMillis >= 0 ? now + status.remainingMillis : -1;
  let end = Math.max(500, now * 1.18);
  if (deadline > 0 && deadline < end * 1.6) {
    end = deadline * 1.04;
  }
  const begin = -end * 0.14;

  const narrow = width < 560;
  const left = narrow ? 4 : 150;
  const right = 10;
  const x = (time) => left + ((Math.max(begin, Math.min(end, time)) - begin) / (end - begin)) * (width - left - right);

  let y = AXIS + GAP;
  for (const lane of lanes) {
    lane.rows = pack(lane.bars, now);
    lane.label = narrow ? 15 : 0;
    lane.y = y;
    y += lane.label + MARK_ROW + lane.rows * ROW + GAP;
  }
  const height = y + 14;
  const svg = make('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' });
  svg.setAttribute('aria-label', `Timeline of ${lanes.length} sessions and ${timeline.streams.length} streams, `
    + `${seconds(now)} since the drain began`);
  const stripes = make('pattern', { id: 'stripes', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  stripes.append(make('rect', { width: 6, height: 6, class: 'stripe-ground' }), make('rect', { width: 2.5, height: 6, class: 'stripe' }));
  const defs = make('defs');
  defs.append(stripes);
  svg.append(defs);

  svg.append(make('rect', { x: left, y: AXIS, width: Math.max(0, x(0) - left), height: height - AXIS, class: 'before' }));
  const step = niceStep(end, narrow ? 4 : 8);
  for (let tick = 0; x(tick) < width - right - 20; tick += step) {
    svg.append(
      make('line', { x1: x(tick), x2: x(tick), y1: AXIS, y2: height, class: tick === 0 ? 'zero' : 'tick' }),
      make('text', { x: x(tick), y: AXIS - 8, class: 'tick-text', 'text-anchor': 'middle' },
        step < 1000 ? `${Math.round(tick)} ms` : `${tick / 1000} s`));
  }

  for (const lane of lanes) {
    drawLane(svg, lane, { x, begin, end, now, left, narrow, width });
  }

  if (running) {
    svg.append(make('line', { x1: x(now), x2: x(now), y1: AXIS - 4, y2: height, class: 'now-line' }));
    svg.append(make('text', { x: x(now), y: height - 2, class: 'now-text', 'text-anchor': 'end', dx: -4 }, 'now'));
  }
  if (deadline > 0 && deadline <= end) {
    svg.append(make('line', { x1: x(deadline), x2: x(deadline), y1: AXIS - 4, y2: height, class: 'deadline-line' }));
    svg.append(make('text', { x: x(deadline), y: height - 2, class: 'deadline-text', 'text-anchor': 'end', dx: -4 }, 'deadline'));
  }
  if (deadline > end) {
    svg.append(make('text', { x: left, y: height - 2, class: 'deadline-text' },
      `deadline at ${seconds(deadline)} →`));
  }
  container.replaceChildren(svg);
}

function drawLane(svg, lane, scale) {
  const { x, begin, now, left, narrow, width } = scale;
  const marks = lane.y + lane.label + MARK_ROW / 2;
  const top = lane.y + lane.label + MARK_ROW;
  const tall = MARK_ROW + lane.rows * ROW;
  svg.append(make('rect', { x: left, y: top - MARK_ROW - 2, width: width - left - 10, height: tall + 3, class: 'lane', rx: 3 }));
  const known = MARKS.map((mark) => lane[mark.key]).filter((time) => time >= 0);
  if (known.length > 0) {
    const until = lane.closed >= 0 ? lane.closed : now;
    svg.append(make('line', { x1: x(Math.min(...known)), x2: x(until), y1: marks, y2: marks, class: 'lane-line' }));
  }
  const label = make('text', {
    x: narrow ? left + 2 : left - 8, y: narrow ? lane.y + 9 : marks + 4, class: 'lane-text', 'text-anchor': narrow ? 'start' : 'end',
  }, lane.remoteAddress);
  svg.append(label);

  for (const bar of lane.bars) {
    const from = x(bar.from);
    const to = Math.max(from + 4, x(bar.until));
    const yBar = top + bar.row * ROW;
    const shape = make('rect', { x: from, y: yBar, width: to - from, height: ROW - 3, rx: 2, class: `stream ${bar.end}` });
    shape.append(make('title', {}, `${bar.label} · stream ${bar.stream} · ${bar.end.toLowerCase().replace('_', ' ')} · `
      + seconds(bar.until - bar.from)));
    svg.append(shape);
    if (bar.from < begin) {
      svg.append(make('path', { d: `M${from + 5},${yBar + 2} l-3,3 l3,3`, class: 'earlier' }));
    }
    if (bar.end === 'CUT') {
      svg.append(make('path', { d: 'M-4,-4 L4,4 M4,-4 L-4,4', transform: `translate(${to},${yBar + 5})`, class: 'cut-mark' }));
    }
    const room = Math.floor((to - from - 12) / 6); // In characters.
    if (room > 5) {
      const text = bar.label.length <= room ? bar.label : `${bar.label.slice(0, room - 1)}…`;
      svg.append(make('text', { x: from + 8, y: yBar + 8.5, class: 'stream-text' }, text));
    }
  }
  let last = -Infinity; // What falls together is set side by side.
  for (const mark of MARKS) {
    const time = lane[mark.key];
    if (time >= 0) {
      last = Math.max(x(time), last + MARK_WIDTH);
      const shape = make('path', { d: mark.shape, transform: `translate(${last},${marks})`, class: `mark ${mark.key}` });
      shape.append(make('title', {}, `${mark.name}: ${seconds(time)}`));
      svg.append(shape);
    }
  }
}
