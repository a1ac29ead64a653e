#!/usr/bin/env bash
# clang-tidy by .clang-tidy, on the build's own commands (build/dev/compile_commands.json).
# usage: tools/tidy.sh          what differs from main, and every 16th source: a minute or two, part of make lint
#        tools/tidy.sh --all    everything (make tidy)
set -euo pipefail
cd "$(dirname "$0")/.."
# A tree of the commands alone will do.
[ -e build/dev/compile_commands.json ] || .venv/bin/cmake --preset dev -DPython_EXECUTABLE="$PWD/.venv/bin/python" >/dev/null

all=$(git ls-files 'src/*.cpp')
if [ "${1:-}" = --all ]; then
  files=$all
else
  base=$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
  changed=$(git diff --name-only --diff-filter=d "$base" -- 'src/*.cpp')
  files=$(printf '%s\n' "$changed" "$(awk 'NR % 16 == 1' <<<"$all")" | sed '/^$/d' | sort -u)
fi
# One file a call: its findings stay together, and one that crashes takes no other along.
xargs -P "$(nproc)" -n 1 .venv/bin/clang-tidy -p build/dev --quiet 2>/dev/null <<<"$files" | { grep -v '^\[' || true; }
exit "${PIPESTATUS[0]}"
