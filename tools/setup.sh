#!/usr/bin/env bash
# Installs what a build needs: Debian packages (when root, or with sudo) and a Python environment in .venv.
# Safe to run again: what is there is left alone. usage: tools/setup.sh [--system-only]
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(g++ make ccache libboost-context-dev libfmt-dev libxxhash-dev libhwy-dev doctest-dev nlohmann-json3-dev
          libyaml-cpp-dev libcli11-dev libbenchmark-dev binutils gdb)
# Kernels use C++20 that g++ 12 rejects in places: a newer clang compiles them all (docs/kernel-jit.md).
compilers=(clang-19 lld-19)

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

if command -v apt-get >/dev/null; then
  missing=()
  for p in "${packages[@]}"; do installed "$p" || missing+=("$p"); done
  if ! command -v clang++-19 >/dev/null && ! command -v clang++-20 >/dev/null; then missing+=("${compilers[@]}"); fi
  command -v python3 >/dev/null || missing+=(python3 python3-venv python3-dev)
  if [ ${#missing[@]} -gt 0 ]; then
    sudo=""
    if [ "$(id -u)" -ne 0 ]; then
      sudo=$(command -v sudo) || { echo "setup: these Debian packages are missing and need root: ${missing[*]}" >&2; exit 1; }
    fi
    echo "setup: installing ${missing[*]}"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
      # clang-19 is not in every release; the rest must succeed, and the JIT says which compiler it found.
      rest=(); for p in "${missing[@]}"; do case $p in clang-19|lld-19) ;; *) rest+=("$p");; esac; done
      $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${rest[@]}" clang lld >/dev/null
    }
  fi
else
  echo "setup: no apt-get here; please install the equivalents of: ${packages[*]} ${compilers[*]}" >&2
fi
[ "${1:-}" = --system-only ] && exit 0

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || {
  echo "setup: $python is not Python 3.10 to 3.13; set PYTHON" >&2; exit 1; }
stamp=.venv/.ready-$(cksum < tools/requirements.txt | cut -d' ' -f1)
if [ ! -e "$stamp" ]; then
  echo "setup: Python packages into .venv"
  [ -e .venv/bin/python ] || "$python" -m venv .venv || { echo "setup: python3-venv is missing" >&2; exit 1; }
  .venv/bin/python -m pip install -q -r tools/requirements.txt
  touch "$stamp"
fi
