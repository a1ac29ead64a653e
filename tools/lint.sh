#!/usr/bin/env bash
# Formatting, lint, types and layering; changes nothing. usage: tools/lint.sh [BUILD], a built tree (default build/dev)
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/dev}
status=0
check() { echo "lint: $1"; shift; "$@" || status=1; }
check clang-format bash -c "git ls-files '*.cpp' '*.h' | xargs .venv/bin/clang-format --dry-run -Werror"
check "ruff check" .venv/bin/ruff check .
check "ruff format" .venv/bin/ruff format --check .
check layers python3 tools/check_layers.py
check citations python3 tools/check_citations.py
check "finding codes" python3 tools/finding_codes.py
check "compute config" python3 tools/compute_config.py
# The extension's stub is made by the build, so the types are checked where the package is assembled.
check mypy bash -c "cd $build/stage && ../../../.venv/bin/mypy --strict --python-version 3.10 -p tilewright -p tilewright_pytest"
check clang-tidy tools/tidy.sh
exit $status
