package io.http2drain.home;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** A program in another language, from this module's test resources. */
record TestScript(String name) {

  Path path() {
    URL url = TestScript.class.getResource("/" + name);
    if (url == null) {
      throw new AssertionError("no test resource " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(url.toString(), e);
    }
  }
}
