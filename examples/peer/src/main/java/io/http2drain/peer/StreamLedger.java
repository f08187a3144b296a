package io.http2drain.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of one connection and what the server said about them as a whole.
 *
 * <p>The event loop changes it; {@link #account} and the getters may be called by any thread.
 */
final class StreamLedger {
  private final ConcurrentHashMap<Integer, StreamAccount> accounts = new ConcurrentHashMap<>();
  private final CompletableFuture<Integer> firstGoAway = new CompletableFuture<>();
  private final boolean remembering;
  private volatile int lastGoAway = -1;
  private volatile boolean ended;

  /** When not remembering, a stream is forgotten once it has its fate, and no body is kept. */
  StreamLedger(boolean remembering) {
    this.remembering = remembering;
  }

  /** The stream's account, opened on first mention. */
  StreamAccount account(int streamId) {
    return accounts.computeIfAbsent(
        streamId, id -> new StreamAccount(id, remembering ? ReceivedBody.KEPT_LIMIT : 0));
  }

  /** The account frames of the server are booked on; a forgotten stream gets one for the bin. */
  StreamAccount booked(int streamId) {
    if (remembering) {
      return account(streamId);
    }
    StreamAccount account = accounts.get(streamId);
    return account == null ? new StreamAccount(streamId, 0) : account;
  }

  /** Called after each booking. */
  void forgetIfSettled(int streamId, StreamAccount account) {
    if (!remembering && account.settled()) {
      accounts.remove(streamId, account);
    }
  }

  void goAway(int lastStreamId) {
    lastGoAway = lastStreamId;
    firstGoAway.complete(lastStreamId);
  }

  /** Completes on the event loop when the first GOAWAY arrives; never if none does. */
  CompletableFuture<Integer> firstGoAway() {
    return firstGoAway;
  }

  /** The last-stream-id of the latest GOAWAY, or -1. */
  int lastGoAway() {
    return lastGoAway;
  }

  boolean hasOpen() {
    return accounts.values().stream().anyMatch(account -> !account.settled());
  }

  /** Whether the server can send no more frames. */
  boolean ended() {
    return ended;
  }

  /** The server can send no more frames: all open streams get their fate. */
  void end() {
    ended = true;
    abandonOpen();
  }

  /** Gives every open stream its fate without waiting longer; returns how many there were. */
  int abandonOpen() {
    int open = 0;
    for (var entry : accounts.entrySet()) {
      StreamAccount account = entry.getValue();
      if (!account.settled()) {
        open++;
        account.abandon(lastGoAway);
      }
      forgetIfSettled(entry.getKey(), account);
    }
    return open;
  }
}
