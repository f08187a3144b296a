package io.http2drain;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * How long a drain takes at most, how it is spread, and how long it waits for a peer. All times are
 * in milliseconds.
 *
 * @param timeout from the stop call to the last forced close; at least 1. Property {@code
 *     drain.timeout}, default 25000: under the 30 s after which {@code jetty.sh} and Kubernetes
 *     kill.
 * @param quietPeriod how long the listeners stay open and everything is served, with readiness
 *     down, before they close; 0 to the timeout. Property {@code drain.quietPeriod}, default 0.
 * @param spread over how long the sessions are told to leave, evenly, from the start of the drain
 *     on; 0 to the timeout. Property {@code drain.spread}, default 0.
 * @param pingTimeout how long a session may leave the drain's PING unanswered; at least 1. Property
 *     {@code drain.pingTimeout}, default 2000.
 * @param linger after our FIN, how long a peer may take to close; also how long one that is still
 *     in its TLS handshake or HTTP/2 preface, or an idle HTTP/1.1 connection, may stay; at least 0.
 *     Property {@code drain.linger}, default 1000.
 * @param progressInterval how often a line in the log says what a drain is waiting for; 0 for
 *     never. Property {@code drain.progressInterval}, default 5000.
 */
public record DrainPolicy(
    long timeout,
    long quietPeriod,
    long spread,
    long pingTimeout,
    long linger,
    long progressInterval) {

  /** The name of the property behind {@link #timeout()}. */
  public static final String TIMEOUT = "drain.timeout";

  /** The name of the property behind {@link #quietPeriod()}. */
  public static final String QUIET_PERIOD = "drain.quietPeriod";

  /** The name of the property behind {@link #spread()}. */
  public static final String SPREAD = "drain.spread";

  /** The name of the property behind {@link #pingTimeout()}. */
  public static final String PING_TIMEOUT = "drain.pingTimeout";

  /** The name of the property behind {@link #linger()}. */
  public static final String LINGER = "drain.linger";

  /** The name of the property behind {@link #progressInterval()}. */
  public static final String PROGRESS_INTERVAL = "drain.progressInterval";

  /** A day: longer is a slip of the unit. Before DEFAULT, which is checked against it. */
  private static final long MAX = TimeUnit.DAYS.toMillis(1);

  /** 25 s, no quiet period, no spread, 2 s, 1 s; a line of progress every 5 s. */
  public static final DrainPolicy DEFAULT = new DrainPolicy(25_000, 0, 0, 2_000, 1_000, 5_000);

  /**
   * @throws IllegalArgumentException when a time is out of its range; the message names the
   *     property, the value and what is expected
   */
  public DrainPolicy {
    check(TIMEOUT, timeout, 1);
    check(QUIET_PERIOD, quietPeriod, 0);
    check(SPREAD, spread, 0);
    check(PING_TIMEOUT, pingTimeout, 1);
    check(LINGER, linger, 0);
    check(PROGRESS_INTERVAL, progressInterval, 0);
    checkWithin(TIMEOUT, timeout, QUIET_PERIOD, quietPeriod);
    checkWithin(TIMEOUT, timeout, SPREAD, spread);
  }

  /** {@link #DEFAULT} but for these times. */
  public DrainPolicy(long timeout, long pingTimeout, long linger) {
    this(timeout, 0, 0, pingTimeout, linger, 5_000);
  }

  /**
   * Reads a policy from the text of its properties.
   *
   * @param properties by name; what is missing has its default
   * @throws IllegalArgumentException when one is unknown, no number or out of its range; the
   *     message names the property, the value and what is expected
   */
  public static DrainPolicy parse(Map<String, String> properties) {
    Map<String, String> rest = new TreeMap<>(properties);
    DrainPolicy policy =
        new DrainPolicy(
            take(rest, TIMEOUT, DEFAULT.timeout, 1),
            take(rest, QUIET_PERIOD, DEFAULT.quietPeriod, 0),
            take(rest, SPREAD, DEFAULT.spread, 0),
            take(rest, PING_TIMEOUT, DEFAULT.pingTimeout, 1),
            take(rest, LINGER, DEFAULT.linger, 0),
            take(rest, PROGRESS_INTERVAL, DEFAULT.progressInterval, 0));
    if (!rest.isEmpty()) {
      throw new IllegalArgumentException(rest.keySet() + ": unknown (expected: no such property)");
    }
    return policy;
  }

  /** {@link #parse(Map)} of these three. */
  public static DrainPolicy parse(String timeout, String pingTimeout, String linger) {
    return parse(Map.of(TIMEOUT, timeout, PING_TIMEOUT, pingTimeout, LINGER, linger));
  }

  /** This policy with another {@link #timeout()}. */
  public DrainPolicy withTimeout(long millis) {
    return new DrainPolicy(millis, quietPeriod, spread, pingTimeout, linger, progressInterval);
  }

  /** This policy with another {@link #quietPeriod()}. */
  public DrainPolicy withQuietPeriod(long millis) {
    return new DrainPolicy(timeout, millis, spread, pingTimeout, linger, progressInterval);
  }

  /** This policy with another {@link #spread()}. */
  public DrainPolicy withSpread(long millis) {
    return new DrainPolicy(timeout, quietPeriod, millis, pingTimeout, linger, progressInterval);
  }

  /** This policy with another {@link #pingTimeout()}. */
  public DrainPolicy withPingTimeout(long millis) {
    return new DrainPolicy(timeout, quietPeriod, spread, millis, linger, progressInterval);
  }

  /** This policy with another {@link #linger()}. */
  public DrainPolicy withLinger(long millis) {
    return new DrainPolicy(timeout, quietPeriod, spread, pingTimeout, millis, progressInterval);
  }

  /** This policy with another {@link #progressInterval()}. */
  public DrainPolicy withProgressInterval(long millis) {
    return new DrainPolicy(timeout, quietPeriod, spread, pingTimeout, linger, millis);
  }

  private static long take(Map<String, String> rest, String name, long missing, long min) {
    String value = rest.remove(name);
    if (value == null) {
      return missing;
    }
    try {
      return Long.parseLong(value.trim());
    } catch (NumberFormatException x) {
      throw illegal(name, value, min);
    }
  }

  private static void check(String name, long value, long min) {
    if (value < min || value > MAX) {
      throw illegal(name, Long.toString(value), min);
    }
  }

  private static void checkWithin(String name, long value, String part, long partValue) {
    if (value < partValue) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: at least " + part + ", which is " + partValue + ")");
    }
  }

  private static IllegalArgumentException illegal(String name, String value, long min) {
    return new IllegalArgumentException(
        name + ": " + value + " (expected: milliseconds, " + min + " to " + MAX + ")");
  }
}
