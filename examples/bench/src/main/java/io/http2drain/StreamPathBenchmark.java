package io.http2drain;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a stream pays while nothing drains: its admission and its completion. In the package of what
 * it measures, which is not public.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // Set up by JMH.
public class StreamPathBenchmark {

  private TrackedSession session;
  private RisingStream stream;

  /** A session as it is opened, and its streams. */
  @Setup(Level.Iteration)
  public void open() {
    ServerConnector connector = new ServerConnector(new Server());
    session =
        new LingeringEndPoint(new SessionRegistry(), connector, new ByteArrayEndPoint()).tracked();
    stream = new RisingStream();
  }

  /** What the harness itself costs. */
  @Benchmark
  public int nothing() {
    return stream.next();
  }

  @Benchmark
  public boolean admitAndComplete() {
    stream.next();
    boolean admitted = session.admit(stream);
    session.streamClosed(stream);
    return admitted;
  }

  /** Stands for one stream after the other. */
  private static final class RisingStream extends HTTP2Stream {

    private int id = -1;

    private RisingStream() {
      super(null, 1, null, false);
    }

    private int next() {
      id += 2;
      return id;
    }

    @Override
    public int getId() {
      return id;
    }
  }
}
