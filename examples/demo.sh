#!/usr/bin/env bash
# Stops stock Jetty and ours under the same loads, with SIGTERM, and prints what became of the requests.
#
#   examples/demo.sh                   the table; ends with status 1 when ours lost a request
#   examples/demo.sh --timeline FILE   a picture (SVG) of one stop, as its clients see it
#
# Needs JDK 17 or newer and Maven 3.8 or newer; everything else comes through Maven.
set -euo pipefail
cd "$(dirname "$0")/.."

. examples/build.sh

main=io.http2drain.demo.Demo
arguments=()
if [ "${1:-}" = "--timeline" ]; then
  main=io.http2drain.demo.Timeline
  arguments=("${2:?--timeline FILE}")
fi
exec "${java[@]}" -Xmx1g "$main" "${arguments[@]+"${arguments[@]}"}"
