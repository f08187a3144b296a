package io.http2drain.live;

import io.http2drain.home.ExternalProgram;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium with an empty profile. */
final class Browser implements AutoCloseable {

  private static final ExternalProgram CHROMIUM =
      new ExternalProgram("chromium", "the package chromium");
  private static final ExternalProgram DRIVER =
      new ExternalProgram("chromedriver", "the package chromium-driver");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * Starts the browser; the test is skipped where there is none.
   *
   * @param profile an empty directory
   */
  static Browser start(Path profile) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.require());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(DRIVER.require()))
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  /** What the page is looked at with: the width in pixels, and light or dark. */
  void lookWith(int width, String scheme) {
    var unused =
        driver.executeCdpCommand(
            "Emulation.setDeviceMetricsOverride",
            Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 500));
    unused =
        driver.executeCdpCommand(
            "Emulation.setEmulatedMedia",
            Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void open(URI page) {
    driver.get(page.toString());
  }

  /** The text that is seen of the element with this id. */
  String text(String id) {
    return driver.findElement(By.id(id)).getText();
  }

  boolean isShown(String id) {
    return driver.findElement(By.id(id)).isDisplayed();
  }

  void click(String id) {
    driver.findElement(By.id(id)).click();
  }

  void type(String id, String text) {
    driver.findElement(By.id(id)).sendKeys(text);
  }

  int count(String selector) {
    return driver.findElements(By.cssSelector(selector)).size();
  }

  /** The text of each element that a selector finds, at one moment. */
  List<String> texts(String selector) {
    Object texts =
        driver.executeScript(
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)",
            selector);
    return ((List<?>) Objects.requireNonNull(texts)).stream().map(String::valueOf).toList();
  }

  /** What a script returns. */
  Object run(String script) {
    return Objects.requireNonNull(driver.executeScript(script), script);
  }

  void await(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > LIMIT.toNanos()) {
        throw new AssertionError("not within " + LIMIT + ": " + what + "\n" + seen());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  void awaitText(String id, String part) {
    await(id + " says: " + part, () -> text(id).contains(part));
  }

  /** All the text of the page. */
  String seen() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** What the page, or the browser about it, wrote to the console. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** The whole page as PNG. */
  void screenshot(Path file) throws IOException {
    Number width = (Number) run("return innerWidth");
    Number height = (Number) run("return document.documentElement.scrollHeight");
    Map<String, Object> picture =
        driver.executeCdpCommand(
            "Page.captureScreenshot",
            Map.of(
                "captureBeyondViewport",
                true,
                "clip",
                Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
    String data = Objects.requireNonNull((String) picture.get("data"));
    Path unused = Files.createDirectories(Objects.requireNonNull(file.getParent()));
    unused = Files.write(file, Base64.getDecoder().decode(data));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
