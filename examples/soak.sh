#!/usr/bin/env bash
# Starts, loads and stops servers under peers that chance has drawn, and accounts for every stream; fails on the
# first that is lost or run twice. Usage: examples/soak.sh [SEED [CYCLES]]; without a seed it picks one.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-$RANDOM$RANDOM}
cycles=${2:-300}
exec mvn -q -B -ntp -pl core -am test -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dsoak.seed="$seed" -Dsoak.cycles="$cycles"
