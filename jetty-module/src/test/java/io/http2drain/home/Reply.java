package io.http2drain.home;

/** A complete answer. */
record Reply(int status, BodyDigest body) {

  static Reply of(int status, byte[] body) {
    return new Reply(status, BodyDigest.of(body));
  }
}
