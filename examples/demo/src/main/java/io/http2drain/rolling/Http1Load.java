package io.http2drain.rolling;

import io.http2drain.demo.Load;
import io.http2drain.peer.Http1LoadClient;
import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.LoadResult;
import java.time.Duration;

/** Requests over many HTTP/1.1 connections. */
final class Http1Load implements Load {
  private final Http1LoadClient client;

  Http1Load(LoadPlan plan) {
    client = Http1LoadClient.start(plan);
  }

  @Override
  public void awaitReady(Duration limit) {
    client.awaitBusy(limit);
  }

  @Override
  public LoadResult finish(Duration limit) {
    return client.finish(limit);
  }

  @Override
  public void close() {
    client.close();
  }
}
