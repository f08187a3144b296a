package io.http2drain.deploy;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A mapping in a YAML document; what is asked for and is not there fails the test. */
record Manifest(Map<?, ?> keys) {

  /** The documents of a file; a key that is there twice fails the test. */
  static List<Manifest> read(Path file) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Manifest> documents = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file)) {
      for (Object document : new Yaml(new SafeConstructor(strict)).loadAll(reader)) {
        documents.add(new Manifest((Map<?, ?>) document));
      }
    }
    return documents;
  }

  boolean has(String key) {
    return keys.containsKey(key);
  }

  private <T> T value(String key, Class<T> type) {
    Object value = keys.get(key);
    if (!type.isInstance(value)) {
      throw new AssertionError(
          key + ": " + value + " (expected: " + type.getSimpleName() + ") in " + keys);
    }
    return type.cast(value);
  }

  Manifest at(String... path) {
    Manifest here = this;
    for (String key : path) {
      here = new Manifest(here.value(key, Map.class));
    }
    return here;
  }

  String text(String key) {
    return value(key, String.class);
  }

  long number(String key) {
    return value(key, Integer.class);
  }

  List<Manifest> list(String key) {
    List<Manifest> list = new ArrayList<>();
    for (Object element : value(key, List.class)) {
      list.add(new Manifest((Map<?, ?>) element));
    }
    return list;
  }

  List<String> texts(String key) {
    List<String> list = new ArrayList<>();
    for (Object element : value(key, List.class)) {
      list.add((String) element);
    }
    return list;
  }
}
