package io.http2drain.home;

/**
 * What the client of the echo scenario saw; the times are {@link System#nanoTime()}.
 *
 * @param post the answer to the POST
 * @param firstEcho when the first piece of it came
 * @param postEnded when its stream ended
 * @param second how the second request failed, or its status
 * @param closed when the connection was closed
 */
record EchoOutcome(
    Reply post,
    long firstEcho,
    long postEnded,
    String second,
    boolean secondFailed,
    long secondBegan,
    long secondEnded,
    long closed) {}
