package io.http2drain.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The program h2spec 2.1.1, out of the Maven plug-in that carries it. */
final class H2Spec {

  private static final String ARCHIVE = "/h2spec/2.1.1/h2spec_linux_amd64.tar.gz";

  private static final Path DIRECTORY = Path.of("target", "h2spec");

  /** How long a case waits for an answer. */
  private static final String CASE_SECONDS = "2";

  private static final long LIMIT_SECONDS = 240;

  private H2Spec() {}

  static void unpack() throws IOException, InterruptedException {
    Files.createDirectories(DIRECTORY);
    Process tar = new ProcessBuilder("tar", "-xz", "-C", DIRECTORY.toString()).start();
    try (InputStream archive = H2Spec.class.getResourceAsStream(ARCHIVE);
        var in = tar.getOutputStream()) {
      Objects.requireNonNull(archive, ARCHIVE).transferTo(in);
    }
    if (tar.waitFor() != 0) {
      throw new IOException("tar: " + tar.exitValue());
    }
  }

  /**
   * Runs the cases of these sections, or all; those that are strict, too.
   *
   * @param name of the report, which is kept
   * @return {@code passed}, {@code failed} or {@code skipped} for each case, by the id that h2spec
   *     knows it by, such as {@code http2/6.5/1}
   */
  static Map<String, String> run(String name, int port, boolean tls, List<String> sections)
      throws IOException, InterruptedException {
    Path report = DIRECTORY.resolve(name + ".xml");
    Files.deleteIfExists(report);
    List<String> command = new ArrayList<>();
    command.add(DIRECTORY.resolve("h2spec").toString());
    command.addAll(sections);
    command.addAll(List.of("-S", "-p", Integer.toString(port), "-o", CASE_SECONDS));
    command.addAll(List.of("-j", report.toString()));
    if (tls) {
      command.addAll(List.of("-t", "-k"));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(DIRECTORY.resolve(name + ".txt").toFile())
            .start();
    // Its exit status says whether all passed, which they do not.
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(name + ": not done within " + LIMIT_SECONDS + " s");
    }
    return read(report);
  }

  private static Map<String, String> read(Path report) throws IOException {
    Map<String, String> results = new LinkedHashMap<>();
    try {
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      NodeList suites =
          builder.parse(report.toFile()).getDocumentElement().getElementsByTagName("testsuite");
      for (int i = 0; i < suites.getLength(); i++) {
        Element suite = (Element) suites.item(i);
        NodeList cases = suite.getElementsByTagName("testcase");
        for (int j = 0; j < cases.getLength(); j++) {
          Element element = (Element) cases.item(j);
          results.put(suite.getAttribute("package") + "/" + (j + 1), result(element));
        }
      }
    } catch (ParserConfigurationException | SAXException x) {
      throw new IOException(report.toString(), x);
    }
    return results;
  }

  private static String result(Element testCase) {
    if (testCase.getElementsByTagName("skipped").getLength() > 0) {
      return "skipped";
    }
    int bad =
        testCase.getElementsByTagName("failure").getLength()
            + testCase.getElementsByTagName("error").getLength();
    return bad > 0 ? "failed" : "passed";
  }
}
