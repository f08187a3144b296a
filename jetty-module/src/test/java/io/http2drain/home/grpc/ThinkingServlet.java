package io.http2drain.home.grpc;

import io.grpc.servlet.jakarta.GrpcServlet;
import java.util.List;

/** Where a servlet container meets gRPC; the container makes it by name. */
public final class ThinkingServlet extends GrpcServlet {
  private static final long serialVersionUID = 1L;

  private final transient ThinkingService service;

  public ThinkingServlet() {
    this(new ThinkingService());
  }

  private ThinkingServlet(ThinkingService service) {
    super(List.of(service));
    this.service = service;
  }

  @Override
  public void destroy() {
    super.destroy();
    service.close();
  }
}
