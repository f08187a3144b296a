package io.http2drain.admin;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.UrlEncoded;
import org.eclipse.jetty.util.ajax.AsyncJSON;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks to drain, or to undo.
 *
 * @param connector its name or port; null for the whole server
 */
record DrainRequest(@Nullable String connector) {

  private static final String CONNECTOR = "connector";

  static final DrainRequest SERVER = new DrainRequest(null);

  /**
   * Reads JSON: nothing at all, {@code {}}, or {@code {"connector": "name or port"}}.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  static DrainRequest ofJson(byte[] content) {
    if (content.length == 0) {
      return SERVER;
    }
    try {
      AsyncJSON parser = new StrictJson();
      boolean unused = parser.parse(content); // False where a number is at the very end.
      if (parser.complete() instanceof Map<?, ?> object) {
        return of(object.get(CONNECTOR), object.isEmpty());
      }
    } catch (RuntimeException x) {
      throw new IllegalArgumentException(EXPECTED_JSON, x);
    }
    throw new IllegalArgumentException(EXPECTED_JSON);
  }

  private static final String EXPECTED_JSON =
      "content: expected: JSON, {} or {\"connector\": \"name or port\"}";

  private static final String EXPECTED_QUERY =
      "query: expected: nothing, or connector=name-or-port";

  /**
   * Reads a query: none, or {@code connector=name-or-port}.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  static DrainRequest ofQuery(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return SERVER;
    }
    Fields fields = new Fields();
    try {
      UrlEncoded.decodeTo(query, fields::add, StandardCharsets.UTF_8, 2);
      if (fields.getSize() == 1) {
        List<String> values = fields.getValuesOrEmpty(CONNECTOR);
        return of(values.size() == 1 ? values.get(0) : null, false);
      }
    } catch (RuntimeException x) {
      throw new IllegalArgumentException(EXPECTED_QUERY, x);
    }
    throw new IllegalArgumentException(EXPECTED_QUERY);
  }

  private static DrainRequest of(@Nullable Object connector, boolean empty) {
    if (connector instanceof String name && !name.isEmpty()) {
      return new DrainRequest(name);
    }
    if (empty) {
      return SERVER;
    }
    throw new IllegalArgumentException("connector: expected: a name or port");
  }

  /**
   * Jetty's parser, which neither recurses nor, here, gets to what makes it load a class: it gives
   * up at the first key but ours, and at an array or an object inside.
   */
  private static final class StrictJson extends AsyncJSON {

    private StrictJson() {
      super(new Factory());
    }

    @Override
    protected Map<String, Object> newObject(Context context) {
      if (context.depth() > 0) {
        throw new IllegalArgumentException(EXPECTED_JSON);
      }
      return new OneKey();
    }

    @Override
    protected List<Object> newArray(Context context) {
      throw new IllegalArgumentException(EXPECTED_JSON);
    }
  }

  private static final class OneKey extends HashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    @Override
    public Object put(String key, Object value) {
      if (!key.equals(CONNECTOR) || containsKey(key)) {
        throw new IllegalArgumentException(EXPECTED_JSON);
      }
      return super.put(key, value);
    }
  }
}
