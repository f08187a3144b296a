package io.http2drain.home;

import io.http2drain.home.grpc.ThinkingServlet;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The example web application with a gRPC servlet beside its own. */
final class GrpcWar {
  private static final String SERVLET =
      """
        <servlet>
          <servlet-name>grpc</servlet-name>
          <servlet-class>%s</servlet-class>
          <async-supported>true</async-supported>
        </servlet>
        <servlet-mapping>
          <servlet-name>grpc</servlet-name>
          <url-pattern>/drain.Thinking/*</url-pattern>
        </servlet-mapping>
      </web-app>
      """
          .formatted(ThinkingServlet.class.getName());

  private GrpcWar() {}

  /** Writes the war into the directory. */
  static Path pack(Path directory) throws IOException {
    Path war = directory.resolve("with-grpc.war");
    Files.copy(BuildOutput.WEBAPP.path(), war);
    try (FileSystem zip = FileSystems.newFileSystem(war)) {
      Path webInf = zip.getPath("WEB-INF");
      Path webXml = webInf.resolve("web.xml");
      String text = Files.readString(webXml);
      Files.writeString(webXml, text.replace("</web-app>", SERVLET));
      copyAll(BuildOutput.GRPC_LIB.path(), Files.createDirectories(webInf.resolve("lib")));
      Path classes = webInf.resolve("classes/io/http2drain/home/grpc");
      copyAll(compiledClasses(), Files.createDirectories(classes));
    }
    return war;
  }

  private static Path compiledClasses() {
    try {
      Path root =
          Path.of(
              ThinkingServlet.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return root.resolve("io/http2drain/home/grpc");
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(from)) {
      files = list.toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(file.getFileName().toString()));
    }
  }
}
