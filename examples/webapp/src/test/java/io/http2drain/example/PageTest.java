package io.http2drain.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class PageTest {
  @RegisterExtension static final RunningWebapp webapp = new RunningWebapp();

  @ParameterizedTest
  @EnumSource(Version.class)
  void rootServesThePage(Version version) throws Exception {
    HttpResponse<String> response = webapp.get(version, "/");
    assertEquals(200, response.statusCode());
    assertEquals(version, response.version());
    assertTrue(response.headers().firstValue("content-type").orElseThrow().startsWith("text/html"));
    assertTrue(response.body().startsWith("<!doctype html>"));
    assertTrue(response.body().contains("Hold 10 requests"));
  }

  @Test
  void pageLoadsNothingFromElsewhere() throws Exception {
    String page = webapp.get(Version.HTTP_1_1, "/").body();
    assertFalse(Pattern.compile("(?i)(src|href)=[\"']?(https?:)?//").matcher(page).find());
    assertFalse(page.contains("@import"));
    assertFalse(page.contains("url("));
  }

  @Test
  void deploymentDescriptorIsNotServed() throws Exception {
    assertEquals(404, webapp.get(Version.HTTP_1_1, "/WEB-INF/web.xml").statusCode());
  }

  @Test
  void unknownPathAnswers404() throws Exception {
    assertEquals(404, webapp.get(Version.HTTP_2, "/nothing-here").statusCode());
  }
}
