package io.http2drain.protocol;

/**
 * The waiting times of a session's drain, in nanoseconds.
 *
 * @param pingTimeout how long the peer may leave a PING unanswered, or an announcement unread
 * @param linger how long the peer may take to close after our FIN, or to complete its preface
 * @param lastWords how long the last frames of a forced end may take to leave
 */
public record SessionTimes(long pingTimeout, long linger, long lastWords) {}
