package io.http2drain.demo;

import io.http2drain.peer.LoadClient;
import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.LoadResult;
import java.time.Duration;

/** Requests over many HTTP/2 connections. */
public final class RequestLoad implements Load {

  private final LoadClient client;

  public RequestLoad(LoadPlan plan) {
    client = LoadClient.start(plan);
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
