package io.http2drain.home.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The methods of the service, for both sides; a message is a text. */
public final class ThinkingMethods {
  static final String SERVICE = "drain.Thinking";

  /** A number of milliseconds; the same number after that time. */
  public static final MethodDescriptor<String, String> THINK = method(MethodType.UNARY, "Think");

  /** A count and the milliseconds between; the numbers from 0 up, each a message. */
  public static final MethodDescriptor<String, String> COUNT =
      method(MethodType.SERVER_STREAMING, "Count");

  /** Messages, and each of them back. */
  public static final MethodDescriptor<String, String> ECHO =
      method(MethodType.BIDI_STREAMING, "Echo");

  private ThinkingMethods() {}

  private static MethodDescriptor<String, String> method(MethodType type, String name) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new TextMarshaller())
        .setResponseMarshaller(new TextMarshaller())
        .build();
  }

  private static final class TextMarshaller implements Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
