package io.http2drain.soak;

import io.http2drain.peer.LoadClient;
import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.LoadResult;
import java.time.Duration;

/** Some connections that are under load when the stop begins, and go on as long as they may. */
final class LoadPeer implements SoakPeer {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final LoadClient client;

  LoadPeer(LoadPlan plan) {
    client = LoadClient.start(plan);
    client.awaitBusy(LIMIT);
  }

  @Override
  public void stopBegan() {}

  @Override
  public Account end() {
    LoadResult result = client.finish(LIMIT);
    return new Account(result.counts(), result.retryIds(), result.samples().toString());
  }
}
