package io.http2drain.rolling;

import io.http2drain.peer.Http1LoadClient;
import io.http2drain.peer.Load;
import io.http2drain.peer.LoadClient;
import io.http2drain.peer.LoadPlan;

/** What the end clients speak to the proxy. */
public enum ClientProtocol {
  H2("h2") {
    @Override
    Load start(LoadPlan plan) {
      return LoadClient.start(plan);
    }
  },
  HTTP1("HTTP/1.1") {
    @Override
    Load start(LoadPlan plan) {
      return Http1LoadClient.start(plan);
    }
  };

  private final String label;

  ClientProtocol(String label) {
    this.label = label;
  }

  /** For a table. */
  public String label() {
    return label;
  }

  abstract Load start(LoadPlan plan);
}
