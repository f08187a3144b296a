package io.http2drain.admin;

/**
 * What a client may use of the admin's listener. Times are in milliseconds.
 *
 * @param idle how long a connection may be silent
 * @param lastAnswer the age from which on a connection ends with its next answer
 * @param lifetime the age at which a connection ends, whatever it does
 * @param connections how many there may be at a time; when there are, they may be silent for a
 *     tenth of the time only
 */
record AdminLimits(long idle, long lastAnswer, long lifetime, int connections) {

  static final AdminLimits DEFAULT = new AdminLimits(5_000, 20_000, 30_000, 100);
}
