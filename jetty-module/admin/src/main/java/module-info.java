/** Shows and steers a drain over HTTP. */
module io.http2drain.admin {
  requires transitive io.http2drain;
  requires transitive org.eclipse.jetty.server;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires org.eclipse.jetty.util.ajax;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.http2drain.admin;
}
