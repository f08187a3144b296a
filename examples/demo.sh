#!/usr/bin/env bash
# Stops stock Jetty and ours under the same loads, with SIGTERM, and prints what became of the requests.
#
#   examples/demo.sh                   the table; ends with status 1 when ours lost a request
#   examples/demo.sh --timeline FILE   a picture (SVG) of one stop, as its clients see it
#
# Needs JDK 17 or newer and Maven 3.8 or newer; everything else comes through Maven.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "Building, and getting jetty-home through Maven …"
mvn -B -q -ntp pre-integration-test -DskipTests

main=io.http2drain.demo.Demo
arguments=()
if [ "${1:-}" = "--timeline" ]; then
  main=io.http2drain.demo.Timeline
  arguments=("${2:?--timeline FILE}")
fi

java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
one() { # The only file that matches.
  ls -d "$@" | head -1
}
exec "$java" -Xmx1g \
  -cp "examples/demo/target/classes:examples/demo/target/lib/*" \
  -Dtest.jetty.home="$(one jetty-module/target/jetty-home/jetty-home-*)" \
  -Dtest.webapp="$(one examples/webapp/target/*.war)" \
  -Ddrain.archive="$(one jetty-module/target/jetty-http2-drain-*.tar.gz)" \
  "$main" "${arguments[@]+"${arguments[@]}"}"
