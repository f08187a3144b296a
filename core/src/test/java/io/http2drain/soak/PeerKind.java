package io.http2drain.soak;

import io.http2drain.peer.LoadPlan;
import io.http2drain.peer.PeerOptions;
import io.http2drain.soak.RawSoakPeer.Misbehaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

/** The kinds of peers that a cycle draws from, and what each may lose. */
enum PeerKind {
  QUICK(Promise.ALL_SERVED) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      return load(options, id, random, "/");
    }
  },
  THINKING(Promise.ALL_SERVED) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      return load(options, id, random, "/think/" + (1 + random.nextInt(200)));
    }
  },
  DISTANT(Promise.ALL_SERVED) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      Duration roundTrip = Duration.ofMillis(5 + random.nextInt(60));
      return load(options.withAddedRoundTrip(roundTrip), id, random, "/");
    }
  },
  UPLOADING(Promise.ALL_SERVED) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      return new LoadPeer(
          plan(options, id, random)
              .withRequest("POST", "/upload")
              .withUploadBytes(1 + random.nextInt(300_000)));
    }
  },
  DOWNLOADING(Promise.ALL_SERVED) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      // Credit for each frame of a stream that is done would end the session, drain or no drain.
      PeerOptions roomy = options.withInitialWindow(1_000_000).withCreditStreams(false);
      return load(roomy, id, random, "/download/" + (1 + random.nextInt(300_000)));
    }
  },
  LINGERING(Promise.ALL_SERVED) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      return load(options.withCloseOnFin(false), id, random, "/");
    }
  },
  /** Does not acknowledge PINGs: cut after the time-out, it may have sent more by then. */
  MUTE(Promise.NONE_LOST) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      return load(options.withAckPing(false), id, random, "/think/" + (1 + random.nextInt(50)));
    }
  },
  OBLIVIOUS(Promise.NONE_LOST) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) {
      return load(options.withObeyGoAway(false), id, random, "/think/" + (1 + random.nextInt(50)));
    }
  },
  VANISHING(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      return raw(options, id, "/think/100", peer -> peer.connection.abort());
    }
  },
  HALF_CLOSING(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      return raw(options, id, "/think/100", peer -> peer.connection.shutdownOutput());
    }
  },
  RESETTING(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      return raw(
          options,
          id,
          "/think/100",
          peer -> {
            int count = random.nextInt(200);
            for (int i = 0; i < count; i++) {
              peer.connection.reset(peer.request("GET", "/", true), 8);
            }
          });
    }
  },
  LATE(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      return raw(
          options,
          id,
          "/think/300",
          peer -> {
            peer.awaitCut();
            int count = random.nextInt(300);
            for (int i = 0; i < count; i++) {
              int stream = peer.request("POST", "/upload", false);
              peer.connection.data(stream, new byte[random.nextInt(1000)], random.nextBoolean());
            }
          });
    }
  },
  SAYS_GOAWAY(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      int lastStreamId = random.nextBoolean() ? 0 : Integer.MAX_VALUE;
      int errorCode = random.nextInt(3);
      return raw(
          options, id, "/think/100", peer -> peer.connection.goAway(lastStreamId, errorCode));
    }
  },
  /** Reads nothing any more: only the deadline ends it. */
  FROZEN(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      return raw(
          options.withCreditData(false),
          id,
          "/download/1000000",
          peer -> peer.connection.pauseReading());
    }
  },
  NONSENSE(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      byte[] bytes = new byte[1 + random.nextInt(500)];
      random.nextBytes(bytes);
      return raw(options, id, "/think/100", peer -> peer.connection.raw(bytes));
    }
  },
  HALF_A_PREFACE(Promise.NONE_TWICE) {
    @Override
    SoakPeer connect(PeerOptions options, String id, Random random) throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), options.port());
      socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r".getBytes(StandardCharsets.US_ASCII));
      return new SoakPeer() {
        @Override
        public void stopBegan() {}

        @Override
        public Account end() throws IOException {
          socket.close();
          return Account.none();
        }
      };
    }
  };

  /** What holds for every stream of a peer; each promise includes those below it. */
  enum Promise {
    /** Answered in full. */
    ALL_SERVED,
    /** Answered in full, or refused. */
    NONE_LOST,
    /** If it was refused it was not run. */
    NONE_TWICE
  }

  private final Promise promise;

  PeerKind(Promise promise) {
    this.promise = promise;
  }

  Promise promise() {
    return promise;
  }

  /** Connects, and is busy when it returns. */
  abstract SoakPeer connect(PeerOptions options, String id, Random random) throws IOException;

  private static SoakPeer load(PeerOptions options, String id, Random random, String path) {
    return new LoadPeer(plan(options, id, random).withRequest("GET", path));
  }

  private static LoadPlan plan(PeerOptions options, String id, Random random) {
    return LoadPlan.of(options)
        .withRunId(id)
        .withConnections(1 + random.nextInt(4))
        .withStreamsPerConnection(1 + random.nextInt(5));
  }

  private static SoakPeer raw(
      PeerOptions options, String id, String path, Misbehaviour misbehaviour) throws IOException {
    return new RawSoakPeer(options, id, path, misbehaviour);
  }
}
