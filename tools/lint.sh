#!/usr/bin/env bash
# Formatting, lint, types and layering; changes nothing.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
check() { echo "lint: $1"; shift; "$@" || status=1; }
check clang-format bash -c "git ls-files '*.cpp' '*.h' | xargs .venv/bin/clang-format --dry-run -Werror"
check "ruff check" .venv/bin/ruff check .
check "ruff format" .venv/bin/ruff format --check .
check layers python3 tools/check_layers.py
check mypy .venv/bin/mypy
exit $status
