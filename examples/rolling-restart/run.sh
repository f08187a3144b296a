#!/usr/bin/env bash
# Restarts three Jetty servers one after the other behind a proxy that is under load, and prints what the proxy's
# clients, over HTTP/2 and HTTP/1.1, saw of it. Ends with status 1 when a request was lost.
#
#   examples/rolling-restart/run.sh [--proxy haproxy|nghttpx] [--rounds 10] [--stock]
#
# By default behind both proxies; with --stock the same with stock Jetty, beside it.
# Needs JDK 17 or newer, Maven 3.8 or newer, and the proxies (Debian: haproxy, nghttp2-proxy).
set -euo pipefail
cd "$(dirname "$0")/../.."

. examples/build.sh
exec "${java[@]}" -Xmx512m io.http2drain.rolling.RollingRestart "$@"
