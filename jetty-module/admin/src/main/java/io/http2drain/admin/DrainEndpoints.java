package io.http2drain.admin;

import io.http2drain.Drain;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.util.ajax.JSON;
import org.jspecify.annotations.Nullable;

/** What changes something: to drain, and to undo it. */
final class DrainEndpoints {

  private final Drain drain;
  private final SharedStatus status;

  DrainEndpoints(Drain drain, SharedStatus status) {
    this.drain = drain;
    this.status = status;
  }

  /** {@code POST /drain}. */
  void drain(Exchange exchange) {
    begin(
        exchange,
        request -> {
          String connector = request.connector();
          var unused = connector == null ? drain.drainServer() : drain.drainConnector(connector);
        });
  }

  /** {@code DELETE /drain}. */
  void undo(Exchange exchange) {
    end(
        exchange,
        request -> {
          String connector = request.connector();
          return connector == null ? drain.undo() : drain.undoConnector(connector);
        });
  }

  /** {@code POST /sessions/{id}/drain}. */
  void drainSession(Exchange exchange, String session) {
    begin(
        exchange,
        request -> {
          noConnector(request);
          var unused = drain.drainSession(session);
        });
  }

  /** {@code DELETE /sessions/{id}/drain}. */
  void undoSession(Exchange exchange, String session) {
    end(
        exchange,
        request -> {
          noConnector(request);
          return drain.undoSession(session);
        });
  }

  /** Something that begins; the request says with its content what. */
  private interface Beginning {
    void apply(DrainRequest request);
  }

  /** Something that is undone; the request says with its query what. */
  private interface Undoing {
    boolean apply(DrainRequest request);
  }

  /** The request is one for a session, and names a connector. */
  private static final class BadRequest extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private BadRequest(@Nullable String message) {
      super(message);
    }
  }

  private static void noConnector(DrainRequest request) {
    if (request.connector() != null) {
      throw new BadRequest("connector: expected: nothing, the session is in the path");
    }
  }

  private void begin(Exchange exchange, Beginning beginning) {
    if (exchange.request().getHttpURI().getQuery() != null) {
      // Who asks for a connector in the wrong place must not get the whole server.
      exchange.refuse(HttpStatus.BAD_REQUEST_400, "query: expected: none");
      return;
    }
    SmallBody.read(
        exchange,
        content ->
            act(
                exchange,
                () -> {
                  if (content.length > 0 && !isJson(exchange)) {
                    exchange.refuse(
                        HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
                        "Content-Type: expected: application/json");
                    return;
                  }
                  beginning.apply(parse(() -> DrainRequest.ofJson(content)));
                  status.expire();
                  exchange.answer(HttpStatus.ACCEPTED_202, Exchange.JSON_TYPE, status.get().json());
                }));
  }

  private void end(Exchange exchange, Undoing undoing) {
    SmallBody.read(
        exchange,
        content ->
            act(
                exchange,
                () -> {
                  if (content.length > 0) {
                    exchange.refuse(HttpStatus.BAD_REQUEST_400, "content: expected: none");
                    return;
                  }
                  String query = exchange.request().getHttpURI().getQuery();
                  boolean undone = undoing.apply(parse(() -> DrainRequest.ofQuery(query)));
                  status.expire();
                  String json = new JSON().toJSON(Map.of("undone", undone));
                  exchange.answer(HttpStatus.OK_200, Exchange.JSON_TYPE, json);
                }));
  }

  private interface Parsing {
    DrainRequest parse();
  }

  /** What is wrong with a request is told apart from what is not there. */
  private static DrainRequest parse(Parsing parsing) {
    try {
      return parsing.parse();
    } catch (IllegalArgumentException x) {
      throw new BadRequest(x.getMessage());
    }
  }

  private static void act(Exchange exchange, Runnable action) {
    try {
      action.run();
    } catch (BadRequest x) {
      exchange.refuse(HttpStatus.BAD_REQUEST_400, String.valueOf(x.getMessage()));
    } catch (IllegalArgumentException x) {
      exchange.refuse(HttpStatus.NOT_FOUND_404, String.valueOf(x.getMessage()));
    } catch (IllegalStateException x) {
      exchange.refuse(HttpStatus.CONFLICT_409, String.valueOf(x.getMessage()));
    }
  }

  private static boolean isJson(Exchange exchange) {
    HttpField type = exchange.request().getHeaders().getField(HttpHeader.CONTENT_TYPE);
    return type != null
        && Exchange.JSON_TYPE.equalsIgnoreCase(
            MimeTypes.getContentTypeWithoutCharset(type.getValue()).trim());
  }
}
