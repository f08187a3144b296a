package io.http2drain.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.handler.DefaultHandler;
import org.junit.jupiter.api.Test;

class AdminServerTest {

  /** A buffer that Jetty releases once too often must not come to two connections. */
  @Test
  void releasedBuffer_isUsedByNobodyElse() {
    AdminServer server = new AdminServer(AdminRig.OPEN, AdminLimits.DEFAULT, new DefaultHandler());
    assertEquals(1, server.getConnectors().length);
    Connector connector = server.getConnectors()[0];
    assertNotSame(acquireAndRelease(connector), acquireAndRelease(connector));
  }

  private static ByteBuffer acquireAndRelease(Connector connector) {
    RetainableByteBuffer buffer = connector.getByteBufferPool().acquire(8192, false);
    ByteBuffer bytes = buffer.getByteBuffer();
    buffer.release();
    return bytes;
  }
}
