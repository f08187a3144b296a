package io.http2drain.bench;

import java.io.IOException;

/** A part of the benchmark: measures, and adds what it found to the results. */
interface Part {

  /** Of its files, and on the command line. */
  String name();

  void run(Scale scale, Results results) throws IOException, InterruptedException;
}
