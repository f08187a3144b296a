package io.http2drain.rolling;

import io.http2drain.demo.Load;
import io.http2drain.demo.RequestLoad;
import io.http2drain.peer.LoadPlan;

/** What the end clients speak to the proxy. */
public enum ClientProtocol {
  H2("h2") {
    @Override
    Load start(LoadPlan plan) {
      return new RequestLoad(plan);
    }
  },
  HTTP1("HTTP/1.1") {
    @Override
    Load start(LoadPlan plan) {
      return new Http1Load(plan);
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
