package io.http2drain.example;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RequestJournalTest {
  private final Path directory;

  RequestJournalTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void forgetTheProperty() {
    System.clearProperty("io.http2drain.example.journal");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/think?ms=0", "/think?ms=0&async=true", "/stream?ms=0", "/events?ms=0"})
  void everyPathIsJournalled(String path) throws Exception {
    try (RunningWebapp webapp = journalled()) {
      assertEquals(200, send(webapp, path, "id-1").statusCode());
      assertEquals(List.of("id-1"), journal());
    }
  }

  @Test
  void lineIsThereBeforeTheServletAnswers() throws Exception {
    try (RunningWebapp webapp = journalled()) {
      HttpResponse<InputStream> running =
          webapp
              .client(Version.HTTP_2)
              .send(
                  webapp
                      .request("/stream?chunks=2&ms=60000")
                      .header("x-request-id", "running")
                      .build(),
                  BodyHandlers.ofInputStream());
      try (InputStream body = running.body()) {
        assertEquals(0, body.read());
        assertEquals(List.of("running"), journal());
      }
    }
  }

  @Test
  void requestThatTheServletRefusesIsJournalledToo() throws Exception {
    try (RunningWebapp webapp = journalled()) {
      assertEquals(400, send(webapp, "/think?ms=x", "bad").statusCode());
      assertEquals(List.of("bad"), journal());
    }
  }

  @Test
  void concurrentRequestsWriteWholeLines() throws Exception {
    try (RunningWebapp webapp = journalled()) {
      HttpClient client = webapp.client(Version.HTTP_2);
      List<CompletableFuture<?>> requests = new ArrayList<>();
      TreeSet<String> ids = new TreeSet<>();
      for (int i = 0; i < 500; i++) {
        String id = "request-" + i;
        ids.add(id);
        // No more at once than a client may have open on one connection.
        if (i >= 50) {
          requests.get(i - 50).get(10, SECONDS);
        }
        requests.add(
            client.sendAsync(
                webapp.request("/think?ms=0").header("x-request-id", id).build(),
                BodyHandlers.discarding()));
      }
      for (CompletableFuture<?> request : requests) {
        request.get(10, SECONDS);
      }
      assertEquals(500, journal().size());
      assertEquals(ids, new TreeSet<>(journal()));
    }
  }

  @ParameterizedTest
  @CsvSource({"a b/c\\d;e,abcde", "A-Z_0.9,A-Z_0.9", "../../etc,....etc", "{\"x\":1},x1"})
  void idIsReducedToSafeCharacters(String id, String line) throws Exception {
    try (RunningWebapp webapp = journalled()) {
      assertEquals(200, send(webapp, "/think?ms=0", id).statusCode());
      assertEquals(List.of(line), journal());
    }
  }

  @Test
  void idIsCutAfter100Characters() throws Exception {
    try (RunningWebapp webapp = journalled()) {
      send(webapp, "/think?ms=0", "/".repeat(50) + "x".repeat(101));
      assertEquals(List.of("x".repeat(100)), journal());
    }
  }

  @Test
  void requestWithoutUsableIdLeavesNoLine() throws Exception {
    try (RunningWebapp webapp = journalled()) {
      assertEquals(200, send(webapp, "/think?ms=0", "///").statusCode());
      assertEquals(200, webapp.get(Version.HTTP_1_1, "/think?ms=0").statusCode());
      assertEquals(List.of(), journal());
    }
  }

  @Test
  void journalOfAnEarlierRunIsContinued() throws Exception {
    try (RunningWebapp webapp = journalled()) {
      send(webapp, "/think?ms=0", "first");
    }
    try (RunningWebapp webapp = journalled()) {
      send(webapp, "/think?ms=0", "second");
    }
    assertEquals(List.of("first", "second"), journal());
  }

  @Test
  void withoutThePropertyNothingIsWritten() throws Exception {
    try (RunningWebapp webapp = new RunningWebapp().start()) {
      assertEquals(200, send(webapp, "/think?ms=0", "unseen").statusCode());
      assertFalse(Files.exists(file()));
    }
  }

  @Test
  void fileThatCannotBeOpenedStopsTheStartAndIsNamed() throws Exception {
    System.setProperty(
        "io.http2drain.example.journal", directory.resolve("missing/journal").toString());
    try (RunningWebapp webapp = new RunningWebapp()) {
      ServletException e = assertThrows(ServletException.class, webapp::start);
      assertTrue(
          String.valueOf(e.getMessage())
              .startsWith("io.http2drain.example.journal: " + directory.resolve("missing/journal")),
          e::toString);
    }
  }

  private RunningWebapp journalled() throws Exception {
    System.setProperty("io.http2drain.example.journal", file().toString());
    return new RunningWebapp().start();
  }

  private static HttpResponse<String> send(RunningWebapp webapp, String path, String id)
      throws Exception {
    return webapp
        .client(Version.HTTP_2)
        .send(webapp.request(path).header("x-request-id", id).build(), BodyHandlers.ofString());
  }

  private Path file() {
    return directory.resolve("journal");
  }

  private List<String> journal() throws Exception {
    return Files.readAllLines(file());
  }
}
