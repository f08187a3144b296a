package io.http2drain.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of the live page, read once. */
final class LivePage {

  /**
   * A file.
   *
   * @param content not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
  record Resource(String contentType, byte[] content) {}

  private LivePage() {}

  /** The files, each with the path at which it is served. */
  static Map<String, Resource> resources() {
    Map<String, Resource> resources = new LinkedHashMap<>();
    resources.put("/", read("page.html", "text/html;charset=utf-8"));
    for (String script : new String[] {"page.js", "words.js", "timeline.js", "steer.js"}) {
      resources.put("/" + script, read(script, "text/javascript;charset=utf-8"));
    }
    resources.put("/page.css", read("page.css", "text/css;charset=utf-8"));
    resources.put("/icon.svg", read("icon.svg", "image/svg+xml"));
    return resources;
  }

  private static Resource read(String name, String contentType) {
    try (InputStream in = LivePage.class.getResourceAsStream("live/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource: live/" + name);
      }
      return new Resource(contentType, in.readAllBytes());
    } catch (IOException x) {
      throw new UncheckedIOException(x);
    }
  }
}
