package io.http2drain;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The session that keeps a stop waiting: any one of those that have requests. It tells when it has
 * none, and then another one may be found.
 *
 * <p>One thread finds; any thread tells. Nothing blocks.
 */
final class BusySession {

  /** A session that has requests, and what completes when it has none. */
  private record Found(SessionDrain session, CompletableFuture<Void> ended) {}

  private final Set<SessionDrain> sessions;
  private volatile @Nullable Found found;

  /**
   * @param sessions those in question; who leaves them is no longer waited for
   */
  BusySession(Set<SessionDrain> sessions) {
    this.sessions = sessions;
  }

  /** Whether there is one. The one that was found before is kept for as long as it is busy. */
  boolean find() {
    if (isBusyStill()) {
      return true;
    }
    for (SessionDrain session : sessions) {
      if (session.hasRequests()) {
        found = new Found(session, new CompletableFuture<>());
        if (isBusyStill()) { // Asked again: from here on the end is told.
          return true;
        }
      }
    }
    found = null;
    return false;
  }

  private boolean isBusyStill() {
    Found seen = found;
    return seen != null
        && !seen.ended().isDone()
        && sessions.contains(seen.session())
        && seen.session().hasRequests();
  }

  /** Completes when the one that was found is busy no longer; never, where there was none. */
  CompletableFuture<Void> until() {
    Found seen = found;
    return seen == null ? new CompletableFuture<>() : seen.ended();
  }

  /** A request of a session has ended, or none can come any more, or the session has left. */
  void requestEnded(SessionDrain session) {
    Found seen = found;
    if (seen != null && seen.session() == session && !isBusyStill()) {
      seen.ended().complete(null);
    }
  }
}
