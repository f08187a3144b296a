package io.http2drain.rig;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The client's end of TLS, for HTTP/2 in bytes; it trusts everybody. */
public final class TlsClient {

  private static final SSLContext CONTEXT = context();

  private TlsClient() {}

  /** Secures a connection; the handshake is still to come. */
  public static SSLSocket over(Socket connected) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            CONTEXT
                .getSocketFactory()
                .createSocket(connected, "localhost", connected.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  public static SSLEngine engine() {
    SSLEngine engine = CONTEXT.createSSLEngine();
    engine.setUseClientMode(true);
    return engine;
  }

  private static SSLContext context() {
    SslContextFactory.Client trusting = new SslContextFactory.Client(true);
    try {
      trusting.start();
      SSLContext context = trusting.getSslContext();
      trusting.stop();
      return context;
    } catch (Exception x) {
      throw new ExceptionInInitializerError(x);
    }
  }
}
