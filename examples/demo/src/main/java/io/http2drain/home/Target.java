package io.http2drain.home;

import java.net.URI;

/** A listener of the server under test: one port, with TLS or without. */
public record Target(boolean tls, int port, ClientTrust trust) {
  public static final String HOST = "127.0.0.1";

  public String authority() {
    return HOST + ":" + port;
  }

  public String scheme() {
    return tls ? "https" : "http";
  }

  public URI uri(String path) {
    return URI.create(scheme() + "://" + authority() + path);
  }
}
