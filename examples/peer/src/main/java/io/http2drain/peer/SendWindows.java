package io.http2drain.peer;

import java.util.HashMap;
import java.util.Map;

/** What the server lets us send (RFC 9113 section 5.2). Event loop only. */
final class SendWindows {
  private static final int DEFAULT_WINDOW = 65535;

  /**
   * Per stream with content: bytes credited minus bytes sent, so a new initial window applies by
   * itself.
   */
  private final Map<Integer, Long> balances = new HashMap<>();

  private long connection = DEFAULT_WINDOW;
  private long initial = DEFAULT_WINDOW;

  void open(int streamId) {
    balances.putIfAbsent(streamId, 0L);
  }

  long available(int streamId) {
    return Math.min(connection, initial + balances.getOrDefault(streamId, 0L));
  }

  void spend(int streamId, int bytes) {
    connection -= bytes;
    balances.merge(streamId, (long) -bytes, Long::sum);
  }

  void credit(int streamId, int bytes) {
    if (streamId == 0) {
      connection += bytes;
    } else {
      balances.computeIfPresent(streamId, (id, balance) -> balance + bytes);
    }
  }

  void initial(int bytes) {
    initial = bytes;
  }

  void forget(int streamId) {
    balances.remove(streamId);
  }
}
