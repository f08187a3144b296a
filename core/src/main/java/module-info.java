/** Stops Jetty without losing an HTTP/2 request. */
module io.http2drain {
  requires transitive org.eclipse.jetty.http2.server;
  requires transitive org.eclipse.jetty.server;
  requires jdk.jfr;
  requires org.eclipse.jetty.util.ajax;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.http2drain;
}
