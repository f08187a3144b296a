package io.http2drain.soak;

import io.http2drain.peer.Fate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One peer of a cycle. Used by the thread of the soak alone. */
interface SoakPeer {

  /** The stop has begun: time to misbehave. */
  void stopBegan() throws Exception;

  /** The server has stopped: what became of every stream. */
  Account end() throws Exception;

  /**
   * What became of a peer's streams.
   *
   * @param fates how many streams had which fate
   * @param refusedIds the {@code x-request-id} of those that may be sent again
   * @param samples some that went wrong, as text
   */
  record Account(Map<Fate, Long> fates, Set<String> refusedIds, String samples) {

    static Account none() {
      return new Account(new EnumMap<>(Fate.class), new TreeSet<>(), "");
    }

    long count(Fate fate) {
      return fates.getOrDefault(fate, 0L);
    }

    /** Streams with neither an answer nor leave to be sent again. */
    long failed() {
      return fates.values().stream().mapToLong(Long::longValue).sum()
          - count(Fate.OK)
          - count(Fate.REFUSED);
    }
  }
}
