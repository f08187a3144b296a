package io.http2drain.home.grpc;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The server's side. No call holds a thread while it waits. */
final class ThinkingService implements BindableService {
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "thinking");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ThinkingMethods.SERVICE)
        .addMethod(ThinkingMethods.THINK, ServerCalls.asyncUnaryCall(this::think))
        .addMethod(ThinkingMethods.COUNT, ServerCalls.asyncServerStreamingCall(this::count))
        .addMethod(ThinkingMethods.ECHO, ServerCalls.asyncBidiStreamingCall(this::echo))
        .build();
  }

  void close() {
    scheduler.shutdownNow();
  }

  private void think(String ms, StreamObserver<String> answer) {
    Runnable end =
        () -> {
          answer.onNext(ms);
          answer.onCompleted();
        };
    var unused = scheduler.schedule(end, Long.parseLong(ms), MILLISECONDS);
  }

  private void count(String countAndMs, StreamObserver<String> answer) {
    int space = countAndMs.indexOf(' ');
    int count = Integer.parseInt(countAndMs.substring(0, space));
    long ms = Long.parseLong(countAndMs.substring(space + 1));
    sendFrom(0, count, ms, answer);
  }

  private void sendFrom(int number, int count, long ms, StreamObserver<String> answer) {
    if (number == count) {
      answer.onCompleted();
      return;
    }
    answer.onNext(Integer.toString(number));
    Runnable next = () -> sendFrom(number + 1, count, ms, answer);
    var unused = scheduler.schedule(next, ms, MILLISECONDS);
  }

  private StreamObserver<String> echo(StreamObserver<String> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String message) {
        answer.onNext(message);
      }

      @Override
      public void onError(Throwable failure) {
        // The call is over: there is nobody to answer.
      }

      @Override
      public void onCompleted() {
        answer.onCompleted();
      }
    };
  }
}
