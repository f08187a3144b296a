package io.http2drain.home;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An HTTP/2 client as people run it, with requests in flight while its server is stopped.
 *
 * <p>Order of calls: {@link #start}, then the server is stopped once its journal shows every
 * request, then {@link #finish}, then {@link #close}.
 */
interface RealClient extends AutoCloseable {

  /** What of the workload this client can send. */
  default Workload adapt(Workload workload) {
    return workload;
  }

  /**
   * Starts all requests, on one connection where the client can be told so, and does not wait for
   * their answers.
   *
   * @param directory for files of the client's own
   * @return a {@link System#nanoTime()} before which none of the requests was sent
   */
  long start(Target target, Workload workload, Path directory)
      throws IOException, InterruptedException;

  /** Waits for the end of all requests and tells what became of them. */
  ClientReport finish(Duration limit) throws IOException, InterruptedException;

  @Override
  void close();
}
