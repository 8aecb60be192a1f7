#!/bin/sh
# Runs every test; arguments go to pytest. Thousands of small databases are made and dropped meanwhile: where memory has
# room, their folder is there, and no test waits for a disk that serves other people too.
set -eu
cd "$(dirname "$0")/.."

ROOM_KB=4194304
place=${TMPDIR:-/tmp}
memory=/dev/shm
free_kb() { df -Pk "$memory" 2>/dev/null | awk 'NR == 2 {print $4}'; }
available_kb() { awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null; }
runs_programs() { ! grep -q "^[^ ]* $memory [^ ]* [^ ]*noexec" /proc/mounts; }
if [ -w "$memory" ] && [ "$(free_kb)" -gt "$ROOM_KB" ] && [ "$(available_kb)" -gt $((2 * ROOM_KB)) ] && runs_programs; then
    place=$memory
fi

folder=$(mktemp -d "$place/certsvc-tests-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
# Hundreds of tests start the programs anew; without compiled modules each start compiles them all.
export PYTHONDONTWRITEBYTECODE=
.venv/bin/pytest --basetemp="$folder/tests" -o tmp_path_retention_policy=failed "$@"
