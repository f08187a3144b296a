package io.http2drain;

/**
 * What became of the streams in all drains since the server process began, the present one
 * included. Meant for counters: no value ever falls.
 *
 * @param drains how many have begun
 * @param sessions how many were told to leave
 * @param completed see {@link DrainReport#completed()}
 * @param refused see {@link DrainReport#refused()}
 * @param abandoned see {@link DrainReport#abandoned()}
 * @param cut see {@link DrainReport#cut()}
 * @param undone how many drains were undone
 */
public record DrainTotals(
    long drains,
    long sessions,
    long completed,
    long refused,
    long abandoned,
    long cut,
    long undone) {

  static final DrainTotals NONE = new DrainTotals(0, 0, 0, 0, 0, 0, 0);

  DrainTotals plus(DrainReport account) {
    return new DrainTotals(
        drains + 1,
        sessions + account.sessions(),
        completed + account.completed(),
        refused + account.refused(),
        abandoned + account.abandoned(),
        cut + account.cut(),
        undone + (account.undone() ? 1 : 0));
  }
}
