# Sourced by the scripts of the examples, at the root of the repository: builds, gets jetty-home through Maven, and leaves
# in the array "java" the command that runs a class of examples/demo.
# shellcheck shell=bash

echo "Building, and getting jetty-home through Maven …"
mvn -B -q -ntp pre-integration-test -DskipTests

one() { # The only file that matches.
  ls -d "$@" | head -1
}
java=(java)
[ -z "${JAVA_HOME:-}" ] || java=("$JAVA_HOME/bin/java")
java+=(
  -cp "examples/demo/target/classes:examples/demo/target/lib/*"
  -Dtest.jetty.home="$(one jetty-module/target/jetty-home/jetty-home-*)"
  -Dtest.webapp="$(one examples/webapp/target/*.war)"
  -Ddrain.archive="$(one jetty-module/target/jetty-http2-drain-*.tar.gz)"
  -Ddrain.etc=etc
  -Dtest.rolling.restart=examples/rolling-restart
)
