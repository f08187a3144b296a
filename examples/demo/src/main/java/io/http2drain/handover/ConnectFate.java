package io.http2drain.handover;

import io.http2drain.peer.FrameKind;
import io.http2drain.peer.PeerResponse;
import io.http2drain.peer.ReceivedFrame;
import java.net.ConnectException;
import java.util.List;

/** What became of a client that connects, sends one request and waits for its answer. */
public enum ConnectFate {
  /** The whole answer came. */
  ANSWERED("answered"),
  /** Nothing listened. */
  CONNECT_REFUSED("connect refused"),
  /** TCP RST before the answer was complete: what a closed accept queue gives its connections. */
  CONNECTION_RESET("connection reset"),
  /** The server closed in order, without an answer. */
  CLOSED("closed without answer"),
  /** GOAWAY or RST_STREAM said that the request was not processed. */
  NOT_PROCESSED("told to retry"),
  /** An error status, RST_STREAM, or an answer that is not whole. */
  ERROR("error"),
  /** Neither an answer nor an end in time. */
  NO_ANSWER("no answer in time");

  private final String text;

  ConnectFate(String text) {
    this.text = text;
  }

  /** In plain words, for a table. */
  public String text() {
    return text;
  }

  static ConnectFate ofConnectFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("timed out")) {
        return NO_ANSWER;
      }
      if (cause instanceof ConnectException) {
        return CONNECT_REFUSED;
      }
      if (isReset(message)) {
        return CONNECTION_RESET;
      }
    }
    return CLOSED;
  }

  /**
   * @param frames all that the connection received, up to its end
   */
  static ConnectFate of(PeerResponse response, List<ReceivedFrame> frames) {
    return switch (response.fate()) {
      case OK -> ANSWERED;
      case REFUSED -> NOT_PROCESSED;
      case RESET, CLIENT_ERROR, SERVER_ERROR -> ERROR;
      case LOST -> {
        if (response.status() != 0) {
          yield ERROR;
        }
        boolean reset =
            frames.stream().anyMatch(f -> f.kind() == FrameKind.CLOSED && isReset(f.debugData()));
        yield reset ? CONNECTION_RESET : CLOSED;
      }
    };
  }

  /** After an RST a read says the first, a write one of the others. */
  private static boolean isReset(String message) {
    return message.contains("reset")
        || message.contains("Broken pipe")
        || message.contains("write failed");
  }
}
