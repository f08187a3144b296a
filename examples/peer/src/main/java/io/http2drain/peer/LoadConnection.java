package io.http2drain.peer;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection of a load. Event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // Responses and GOAWAY never fail, they may not come.
final class LoadConnection {
  private static final int CHUNK = 8192;

  private final LoadPlan plan;
  private final LoadTally tally;
  private final RawPeer peer;
  private final String idPrefix;
  private int nextStreamId = 1;
  private int strays;
  private boolean busy;
  private @Nullable ScheduledFuture<?> straying;

  LoadConnection(LoadPlan plan, LoadTally tally, RawPeer peer, String idPrefix) {
    this.plan = plan;
    this.tally = tally;
    this.peer = peer;
    this.idPrefix = idPrefix;
  }

  /** May be called by any thread. */
  void begin() {
    peer.eventLoop().execute(this::openFirst);
  }

  private void openFirst() {
    for (int i = 0; i < plan.streamsPerConnection(); i++) {
      open();
    }
    tally.begun();
    if (nextStreamId == 1) {
      // Stopped, or sent away, before it began.
      busy();
      peer.close();
    } else if (plan.mode() == LoadPlan.Mode.ONCE) {
      peer.flushed().whenComplete((done, failure) -> busy());
    } else if (!plan.peer().obeyGoAway()) {
      peer.firstGoAway().thenRun(this::stray);
    }
  }

  /** Gives the open streams their fate and closes; may be called by any thread. */
  CompletableFuture<Void> giveUp() {
    return peer.giveUp().thenAccept(tally::gaveUp);
  }

  private void open() {
    if (!peer.isOpen() || (plan.peer().obeyGoAway() && peer.goAwaySeen()) || !tally.tryOpen()) {
      return;
    }
    int streamId = nextStreamId;
    nextStreamId += 2;
    String requestId = idPrefix + streamId;
    Map<String, String> headers = new LinkedHashMap<>(plan.headers());
    headers.put("x-request-id", requestId);
    boolean upload = plan.uploadBytes() > 0;
    if (upload) {
      headers.put("content-length", Long.toString(plan.uploadBytes()));
    }
    peer.response(streamId).thenAccept(response -> settled(requestId, response));
    // Here and now: a GOAWAY behind the response must not be read before these HEADERS are written,
    // nor a PING be acknowledged ahead of them.
    peer.writeNow(peer.opening(streamId, plan.method(), plan.path(), headers, !upload));
    if (upload) {
      peer.writeNow(out -> out.upload(new Upload(streamId, plan.uploadBytes(), CHUNK)));
    }
  }

  private void settled(String requestId, PeerResponse response) {
    tally.settled(requestId, response);
    if (plan.mode() == LoadPlan.Mode.CONTINUOUS) {
      busy();
      if (!peer.goAwaySeen()) {
        openNext();
      }
    }
  }

  private void openNext() {
    if (plan.pause().isZero()) {
      open();
    } else {
      peer.eventLoop().schedule(this::open, plan.pause().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void busy() {
    if (!busy) {
      busy = true;
      tally.busy();
    }
  }

  /** This client ignores GOAWAY: from now on it opens streams at its own pace. */
  private void stray() {
    long pace = plan.strayPace().toNanos();
    straying =
        peer.eventLoop().scheduleAtFixedRate(this::openStray, pace, pace, TimeUnit.NANOSECONDS);
  }

  private void openStray() {
    if (strays == plan.strayLimit() || !peer.isOpen() || tally.stopped()) {
      if (straying != null) {
        straying.cancel(false);
      }
      return;
    }
    strays++;
    open();
  }
}
