// Sends all its requests at once on one HTTP/2 session and writes a line for the end of each:
//   ANSWER <id> <status> <bytes> <sha256>
//   ERROR <id> <message>
// Arguments: origin, file of the trusted certificate, then one argument a request:
//   <id>,<path>[,<pieces>,<bytes of a piece>,<ms between pieces>]
'use strict';

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const http2 = require('node:http2');

const [origin, certificate, ...requests] = process.argv.slice(2);

const session = http2.connect(origin, { ca: readFileSync(certificate) });
// Each request tells of it too, and that is what counts.
session.on('error', () => {});

let open = requests.length;

function ended(line) {
  console.log(line);
  open--;
  if (open === 0) {
    session.close();
  }
}

function send(id, path, upload) {
  const request = session.request(
    { ':path': path, ':method': upload ? 'POST' : 'GET', 'x-request-id': id },
    { endStream: !upload });
  const digest = createHash('sha256');
  let status = 0;
  let bytes = 0;
  let complete = false;
  let error = null;
  request.on('response', (headers) => {
    status = headers[':status'];
  });
  request.on('data', (piece) => {
    bytes += piece.length;
    digest.update(piece);
  });
  request.on('end', () => {
    complete = !request.aborted;
  });
  request.on('error', (e) => {
    error = e;
  });
  request.on('close', () => {
    if (error === null && complete && request.rstCode === http2.constants.NGHTTP2_NO_ERROR) {
      ended(`ANSWER ${id} ${status} ${bytes} ${digest.digest('hex')}`);
    } else {
      const reason = error === null ? `closed with code ${request.rstCode}` : error.message;
      ended(`ERROR ${id} ${reason} (status ${status}, ${bytes} bytes)`);
    }
  });
  if (upload) {
    sendPieces(request, upload);
  }
}

// The byte at offset i of the whole body is i * 31, modulo 256. The first piece is due at once.
function sendPieces(request, { pieces, pieceBytes, gap }) {
  let sent = 0;
  function sendPiece() {
    const piece = Buffer.alloc(pieceBytes);
    for (let i = 0; i < pieceBytes; i++) {
      piece[i] = ((sent * pieceBytes + i) * 31) & 0xff;
    }
    sent++;
    if (sent === pieces) {
      clearInterval(timer);
      request.end(piece);
    } else {
      request.write(piece);
    }
  }
  const timer = setInterval(sendPiece, gap);
  sendPiece();
}

for (const argument of requests) {
  const [id, path, pieces, pieceBytes, gap] = argument.split(',');
  const upload = pieces === undefined
    ? null
    : { pieces: Number(pieces), pieceBytes: Number(pieceBytes), gap: Number(gap) };
  send(id, path, upload);
}
