package io.http2drain.rig;

import io.http2drain.peer.RawPeer;
import io.http2drain.peer.ReceivedFrame;
import java.util.ArrayList;
import java.util.List;

/** What a drain, and its answers to late streams, look like on the wire. */
public final class DrainFrames {

  private DrainFrames() {}

  /**
   * The frames that matter so far, in order: {@code GOAWAY last error}, {@code PING}, {@code
   * RST_STREAM stream error}, {@code HEADERS stream} and {@code FIN}; numbers as on the wire.
   */
  public static List<String> of(RawPeer peer) {
    List<String> frames = new ArrayList<>();
    for (ReceivedFrame frame : peer.frames()) {
      switch (frame.kind()) {
        case GOAWAY -> frames.add("GOAWAY " + frame.lastStreamId() + " " + frame.errorCode());
        case PING -> frames.add("PING");
        case RST_STREAM -> frames.add("RST_STREAM " + frame.streamId() + " " + frame.errorCode());
        case HEADERS -> frames.add("HEADERS " + frame.streamId());
        case FIN -> frames.add("FIN");
        default -> {}
      }
    }
    return frames;
  }
}
