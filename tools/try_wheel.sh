#!/usr/bin/env bash
# Builds the wheel as a user's `pip install .` does, installs it in a fresh environment, and runs what a user runs first.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
cmake="$PWD/.venv/bin/cmake"
trap 'rm -rf "$work"' EXIT
.venv/bin/python -m pip wheel -q --no-deps --no-build-isolation -w "$work" .
.venv/bin/python -m venv "$work/venv"
"$work/venv/bin/pip" install -q numpy "$work"/tilewright-*.whl
cp -r examples "$work/examples"
cd "$work"
./venv/bin/python examples/demo.py
./venv/bin/python -m tilewright run examples/demo.py
./venv/bin/tilewright --version
# The same wheel serves C++ programs.
package=$(./venv/bin/python -c 'import tilewright; print(tilewright.__path__[0])')
"$cmake" -S examples/cpp -B cpp -Dtilewright_ROOT="$package" >/dev/null
"$cmake" --build cpp >/dev/null
./cpp/sigmoid
echo "wheel: works in a fresh environment"
