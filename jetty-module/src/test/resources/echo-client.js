// Sends a POST to /echo whose 20 chunks are due 100, 200, ... 2000 ms after its begin, and 1500 ms after
// the begin a second request on the same session. Writes a line for each event, when it happens:
//   BEGIN
//   FIRST_ECHO
//   TRY_SECOND
//   SECOND FAILED <reason>  or  SECOND ANSWERED <status>
//   POST ANSWERED <status> <bytes> <sha256>  or  POST FAILED <reason>
//   CLOSED
// Arguments: origin, file of the trusted certificate.
'use strict';

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const http2 = require('node:http2');

const [origin, certificate] = process.argv.slice(2);

const session = http2.connect(origin, {
  ca: readFileSync(certificate),
  ALPNProtocols: ['h2', 'http/1.1'],
});
session.on('error', (e) => console.log(`SESSION ${e.message}`));
session.on('connect', (_, socket) => {
  socket.on('close', () => console.log('CLOSED'));
  // The answer to the server's first SETTINGS has been sent: the connection is at rest.
  session.once('remoteSettings', begin);
});

function begin() {
  const post = session.request({ ':method': 'POST', ':path': '/echo', 'x-request-id': 'echo-post' });
  const digest = createHash('sha256');
  let status = 0;
  let bytes = 0;
  let complete = false;
  let error = null;
  console.log('BEGIN');
  post.on('response', (headers) => {
    status = headers[':status'];
  });
  post.on('data', (piece) => {
    if (bytes === 0) {
      console.log('FIRST_ECHO');
    }
    bytes += piece.length;
    digest.update(piece);
  });
  post.on('end', () => {
    complete = !post.aborted;
  });
  post.on('error', (e) => {
    error = e;
  });
  post.on('close', () => {
    if (error === null && complete && post.rstCode === http2.constants.NGHTTP2_NO_ERROR) {
      console.log(`POST ANSWERED ${status} ${bytes} ${digest.digest('hex')}`);
    } else {
      const reason = error === null ? `closed with code ${post.rstCode}` : error.message;
      console.log(`POST FAILED ${reason} (status ${status}, ${bytes} bytes)`);
    }
  });
  sendChunks(post);
  setTimeout(trySecond, 1500);
}

function sendChunks(post) {
  const start = performance.now();
  let sent = 0;
  function sendNext() {
    const chunk = `chunk ${String(sent).padStart(2, '0')} of 20\n`;
    sent++;
    if (sent === 20) {
      post.end(chunk);
    } else {
      post.write(chunk);
      // Each is due by the clock: the lateness of one does not add to the next.
      setTimeout(sendNext, start + (sent + 1) * 100 - performance.now());
    }
  }
  setTimeout(sendNext, 100);
}

function trySecond() {
  console.log('TRY_SECOND');
  try {
    const second = session.request({ ':path': '/think?ms=0', 'x-request-id': 'echo-second' });
    second.on('response', (headers) => console.log(`SECOND ANSWERED ${headers[':status']}`));
    second.on('error', (e) => console.log(`SECOND FAILED ${e.message}`));
    second.resume();
    second.end();
  } catch (e) {
    console.log(`SECOND FAILED ${e.message}`);
  }
}
