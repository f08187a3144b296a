package io.http2drain.home;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Collects the messages of one gRPC call and counts its end. */
final class GrpcAnswer implements StreamObserver<String> {
  private final String id;
  private final List<String> expected;
  private final RequestTally tally;
  private final List<String> messages = new CopyOnWriteArrayList<>();

  GrpcAnswer(String id, List<String> expected, RequestTally tally) {
    this.id = id;
    this.expected = expected;
    this.tally = tally;
  }

  @Override
  public void onNext(String message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    tally.failed(id + ": " + failure + " after " + messages.size() + " messages");
  }

  @Override
  public void onCompleted() {
    if (messages.equals(expected)) {
      tally.completed();
    } else {
      tally.failed(id + ": " + messages + " (expected: " + expected + ")");
    }
  }
}
