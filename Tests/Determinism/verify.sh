#!/usr/bin/env bash
# The same bits at 1, 2, 3, 4 and 8 threads, with the other core idle and at work, on this processor's
# kernels and on others': twenty verifications of what one thread wrote.
# verify.sh [GRADUS [NOTEBOOK...]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
gradus=${1:-"$here/../../.build/release/gradus"}
shift || true
[ $# -gt 0 ] || set -- "$here/everything.grd.md"
folder=$(mktemp -d)
load=
trap 'rm -rf "$folder"; [ -z "$load" ] || kill "$load" 2>/dev/null || true' EXIT

for notebook in "$@"; do
  copy=$folder/$(basename "$notebook")
  cp "$notebook" "$copy"
  "$gradus" run --threads 1 --write "$copy" >/dev/null
done

passed=0
for busy in no yes; do
  if [ $busy = yes ]; then
    (while :; do :; done) &
    load=$!
  fi
  for processor in own SkylakeX; do
    for threads in 1 2 3 4 8; do
      if [ $processor = own ]; then unset OPENBLAS_CORETYPE; else export OPENBLAS_CORETYPE=$processor; fi
      if "$gradus" verify --threads $threads "$folder"/*.grd.md; then
        passed=$((passed + 1))
      else
        echo "differs: $threads threads, $processor kernels, other core busy: $busy"
      fi
    done
  done
done
echo "$passed of 20 have the same bits"
[ $passed = 20 ]
