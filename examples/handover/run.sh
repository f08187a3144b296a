#!/usr/bin/env bash
# One Jetty takes over a port from another, again and again, under a load of new connections; counts those lost.
#
#   examples/handover/run.sh [--mode reuseport|inherit|restart] [--handovers 100] [--rate 100] [--migrate 0|1]
#
#   inherit    (the default) both accept from one listening socket, which a third process keeps open, as systemd does
#   restart    the same, but the old one has ended before the next one starts; clients wait in the socket's queue
#   reuseport  each has a listening socket of its own (SO_REUSEPORT)
#   --migrate  sets the kernel's net.ipv4.tcp_migrate_req for the time of the run (root only)
#
# Ends with status 1 when a connection was lost where none may be: in inherit and restart, and in reuseport with
# tcp_migrate_req=1. Needs JDK 17 or newer, Maven 3.8 or newer, and perl.
set -euo pipefail
cd "$(dirname "$0")/../.."

. examples/build.sh
# Servers that start quickly: there are many of them.
export JDK_JAVA_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m"
exec perl examples/handover/listen.pl "${java[@]}" io.http2drain.handover.Handover "$@"
