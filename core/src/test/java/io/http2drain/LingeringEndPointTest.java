package io.http2drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class LingeringEndPointTest {

  private final ByteArrayEndPoint socket = new ByteArrayEndPoint("", 1024);
  private final LingeringEndPoint endPoint =
      new LingeringEndPoint(new SessionRegistry(), new ServerConnector(new Server(), 1, 1), socket);
  private final ByteBuffer buffer = BufferUtil.allocate(64);
  private final List<String> events = new ArrayList<>();
  private int received;
  private final LingeringEndPoint.Linger linger =
      new LingeringEndPoint.Linger() {
        @Override
        public void peerClosed() {
          events.add("peerClosed");
        }

        @Override
        public void received() {
          received++;
        }

        @Override
        public void pingAcked() {
          events.add("pingAcked");
        }
      };

  @Test
  void beforeTheHalfClose_everythingPasses() throws Exception {
    socket.addInput("abc");
    assertEquals(3, endPoint.fill(buffer));
    assertEquals("abc", BufferUtil.toString(buffer));
    endPoint.write(Callback.NOOP, BufferUtil.toBuffer("xyz"));
    assertEquals("xyz", socket.takeOutputString());
    endPoint.close();
    assertFalse(socket.isOpen());
  }

  @Test
  void afterTheHalfClose_inputIsDiscardedAndWhatWasThereStays() throws Exception {
    BufferUtil.append(buffer, ByteBuffer.wrap("kept".getBytes(StandardCharsets.US_ASCII)));
    endPoint.halfClose(linger, 7);
    assertTrue(socket.isOutputShutdown());
    socket.addInput("abc");
    assertEquals(0, endPoint.fill(buffer));
    assertEquals("kept", BufferUtil.toString(buffer));
    assertEquals(List.of(), events);
  }

  @Test
  void afterTheHalfClose_outputIsDiscardedAndSucceeds() {
    endPoint.halfClose(linger, 7);
    ByteBuffer output = BufferUtil.toBuffer("xyz");
    List<String> done = new ArrayList<>();
    endPoint.write(Callback.from(() -> done.add("done"), x -> done.add("failed")), output);
    assertEquals(List.of("done"), done);
    assertFalse(output.hasRemaining());
    assertEquals("", socket.takeOutputString());
  }

  @Test
  void afterTheHalfClose_closeIsIgnoredAndDisconnectIsNot() {
    endPoint.halfClose(linger, 7);
    endPoint.close();
    assertTrue(socket.isOpen());
    endPoint.disconnect();
    assertFalse(socket.isOpen());
  }

  @Test
  void acknowledgementOfTheLastPing_isFoundInWhatIsDiscarded() throws Exception {
    endPoint.halfClose(linger, 7);
    byte[] ack = {0, 0, 8, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7};
    socket.addInput(ByteBuffer.wrap(ack, 0, 10));
    assertEquals(0, endPoint.fill(buffer));
    socket.addInput(ByteBuffer.wrap(ack, 10, 7));
    assertEquals(0, endPoint.fill(buffer));
    assertEquals(List.of("pingAcked"), events);
    assertEquals(2, received);
  }

  @Test
  void finOfThePeerAfterTheHalfClose_isTold() throws Exception {
    endPoint.halfClose(linger, 7);
    socket.addInputEOF();
    assertEquals(-1, endPoint.fill(buffer));
    assertEquals(List.of("peerClosed"), events);
  }

  @Test
  void finOfThePeerJustBeforeTheHalfClose_isTold() throws Exception {
    socket.addInputEOF();
    assertEquals(-1, endPoint.fill(buffer));
    endPoint.halfClose(linger, 7);
    assertEquals(List.of("peerClosed"), events);
  }
}
