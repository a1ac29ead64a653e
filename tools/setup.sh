#!/usr/bin/env bash
# Installs what is asked for: Debian packages (when root, or with sudo) and a Python environment in .venv.
# Safe to run again: what is there is left alone. usage: tools/setup.sh [--system-only] [build | test | lint | bench | sanitize | all]
#   build  compilers, libraries, CMake, NumPy: what `make demo` needs
#   test   the same and what the tests need (PyTorch for the CPU)      lint, bench, sanitize  the same and their tools
set -euo pipefail
cd "$(dirname "$0")/.."
die() { echo "setup: $*" >&2; exit 1; }

system_only=0
purpose=all
for argument in "$@"; do
  case $argument in
    --system-only) system_only=1 ;;
    build|test|lint|bench|sanitize|all) purpose=$argument ;;
    *) die "unknown argument '$argument': [--system-only] [build | test | lint | bench | sanitize | all]" ;;
  esac
done

build=(g++ make libboost-context-dev libfmt-dev libxxhash-dev libhwy-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev binutils)
# Kernels use C++20 that g++ 12 rejects in places: a newer clang compiles them all (docs/kernel-jit.md).
compilers=(clang-19 lld-19)
packages=("${build[@]}")
requirements=(build)
case $purpose in
  test) packages+=(ccache doctest-dev gdb); requirements+=(test) ;;
  lint) packages+=(ccache doctest-dev gdb); requirements+=(test lint) ;;
  bench) packages+=(ccache doctest-dev libbenchmark-dev); requirements+=(test) ;;
  # clang's sanitizers; where clang++-19 does not come from Debian, g++'s serve.
  sanitize) packages+=(ccache doctest-dev gdb libclang-rt-19-dev); requirements+=(test) ;;
  all) packages+=(ccache doctest-dev gdb libbenchmark-dev libclang-rt-19-dev); requirements+=(test lint) ;;
esac

python=${PYTHON:-python3}
has_headers() { "$python" -c 'import os, sysconfig; exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' 2>/dev/null; }
has_venv() { "$python" -c 'import venv, ensurepip' 2>/dev/null; }
# Debian's own, or the one that is to be installed.
is_debians() { local path; path=$(command -v "$python") || path=$python; [ "$path" = /usr/bin/python3 ] || [ "$path" = python3 ]; }

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

if command -v apt-get >/dev/null; then
  missing=()
  for p in "${packages[@]}"; do installed "$p" || missing+=("$p"); done
  if ! command -v clang++-19 >/dev/null && ! command -v clang++-20 >/dev/null; then missing+=("${compilers[@]}"); fi
  if is_debians; then
    command -v "$python" >/dev/null || missing+=(python3)
    has_venv || missing+=(python3-venv)
    has_headers || missing+=(python3-dev)
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    sudo=""
    if [ "$(id -u)" -ne 0 ]; then
      ask="setup: these Debian packages are missing; install them and run this again:
  apt-get install --no-install-recommends ${missing[*]}"
      sudo=$(command -v sudo) || { echo "$ask" >&2; exit 1; }
      # A password can be asked for on a terminal only.
      sudo -n true 2>/dev/null || [ -t 0 ] || { echo "$ask" >&2; exit 1; }
    fi
    echo "setup: installing ${missing[*]}"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
      # clang-19 is not in every release; the rest must succeed, and the JIT says which compiler it found.
      rest=(); for p in "${missing[@]}"; do case $p in clang-19|lld-19|libclang-rt-19-dev) ;; *) rest+=("$p");; esac; done
      $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${rest[@]}" clang lld >/dev/null
    }
  fi
else
  echo "setup: no apt-get here; please install the equivalents of: ${packages[*]} ${compilers[*]}" >&2
fi
[ $system_only = 1 ] && exit 0

command -v "$python" >/dev/null || die "there is no $python; name one: make PYTHON=/path/to/python3 ..."
"$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' ||
  die "$python is not Python 3.10 to 3.13; name another: make PYTHON=/path/to/python3 ..."
has_headers || die "$python has no Python.h: install its development package (Debian: python3-dev)"

# An environment that a failed attempt left half made is made anew.
if [ -e .venv ] && ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  echo "setup: .venv is broken, making it anew"
  rm -rf .venv
fi
if [ ! -e .venv ]; then
  has_venv || die "$python cannot make environments: install its venv package (Debian: python3-venv)"
  "$python" -m venv .venv || { rm -rf .venv; die "$python -m venv .venv failed"; }
fi

# PyPI's torch for x86-64 brings 4 GB of CUDA libraries; PyTorch's own index has one without, where it can be reached.
torch_index() {
  .venv/bin/python - <<'PY'
import urllib.request
index = "https://download.pytorch.org/whl/cpu"
try:
    urllib.request.urlopen(index + "/torch/", timeout=5).close()
    print("--extra-index-url", index)
except OSError:
    pass
PY
}
quiet=-q
[ -t 1 ] && quiet=""
for name in "${requirements[@]}"; do
  list=tools/requirements-$name.txt
  stamp=.venv/.ready-$name-$(cksum < "$list" | cut -d' ' -f1)
  [ -e "$stamp" ] && continue
  echo "setup: Python packages of $list into .venv"
  options=""
  [ "$name" = test ] && options=$(torch_index)
  .venv/bin/python -m pip install $quiet $options -r "$list"
  touch "$stamp"
done
