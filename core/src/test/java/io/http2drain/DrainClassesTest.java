package io.http2drain;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DrainClassesTest {

  /** While nobody records, they are not to be loaded. */
  private static final Predicate<String> EVENTS =
      name -> name.startsWith(DrainEvents.class.getName() + '$');

  @Test
  void load_loadsEveryClassThereIs() throws IOException, URISyntaxException {
    Path classes = Path.of(Drain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      TreeSet<String> expected =
          files
              .map(file -> classes.relativize(file).toString())
              .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
              .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
              .filter(EVENTS.negate())
              .collect(toCollection(TreeSet::new));
      TreeSet<String> loaded =
          DrainClasses.load().stream()
              .map(Class::getName)
              .filter(EVENTS.negate())
              .collect(toCollection(TreeSet::new));
      assertEquals(expected, loaded);
    }
  }
}
