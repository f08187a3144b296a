package io.http2drain.peer;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server socket whose every byte is written by the test; serves one connection, in clear text.
 */
final class ScriptedServer implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  /** What the server does with its one connection. */
  interface Script {
    void run(Wire wire) throws Exception;
  }

  private final ServerSocket listener;
  private final CompletableFuture<Void> done;

  ScriptedServer(Script script) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    done =
        CompletableFuture.runAsync(
            () -> {
              try (Socket socket = listener.accept()) {
                Wire wire = new Wire(socket);
                wire.in.readFully(new byte[24]);
                script.run(wire);
                wire.out.flush();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            task -> {
              Thread thread = new Thread(task, "scripted-server");
              thread.setDaemon(true);
              thread.start();
            });
  }

  PeerOptions options() {
    return PeerOptions.h2c(listener.getLocalPort());
  }

  /** Waits for the end of the script and throws what it threw. */
  void await() throws Exception {
    done.get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** A frame from the peer. */
  record Frame(int type, int flags, int streamId, ByteBuffer payload) {}

  /**
   * The server's end of the connection, behind the client's preface text. What is written between
   * two reads leaves in one segment.
   */
  static final class Wire {
    final Socket socket;
    final DataInputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      out = new BufferedOutputStream(socket.getOutputStream());
    }

    Frame read() throws IOException {
      out.flush();
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int streamId = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(type, flags, streamId, ByteBuffer.wrap(payload));
    }

    /** Reads up to and with the next frame of a type. */
    Frame readUntil(int type) throws IOException {
      Frame frame = read();
      while (frame.type() != type) {
        frame = read();
      }
      return frame;
    }

    void write(int type, int flags, int streamId, byte... payload) throws IOException {
      ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
      frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(streamId).put(payload);
      out.write(frame.array());
    }

    void writeInt(int type, int streamId, int value) throws IOException {
      write(type, 0, streamId, ByteBuffer.allocate(4).putInt(value).array());
    }

    void reset(int streamId, int errorCode) throws IOException {
      writeInt(RST_STREAM, streamId, errorCode);
    }

    void goAway(int lastStreamId) throws IOException {
      write(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStreamId).putInt(0).array());
    }

    void shutdownOutput() throws IOException {
      out.flush();
      socket.shutdownOutput();
    }

    /** HEADERS with a three-digit status. RFC 7541: name 8 of the static table, not indexed. */
    void status(int streamId, int flags, int status) throws IOException {
      byte[] digits = Integer.toString(status).getBytes(StandardCharsets.US_ASCII);
      write(
          HEADERS,
          END_HEADERS | flags,
          streamId,
          (byte) 8,
          (byte) 3,
          digits[0],
          digits[1],
          digits[2]);
    }

    /** HEADERS 200 with a content-length below 10. RFC 7541: name 28 of the static table. */
    void okWithLength(int streamId, int length) throws IOException {
      byte digit = (byte) ('0' + length);
      write(HEADERS, END_HEADERS, streamId, (byte) 0x88, (byte) 0x0f, (byte) 13, (byte) 1, digit);
    }

    /** Reads until the peer's FIN. */
    void readToEnd() throws IOException {
      out.flush();
      byte[] bin = new byte[8192];
      int bytes = 0;
      while (bytes >= 0) {
        bytes = in.read(bin);
      }
    }
  }
}
