#!/usr/bin/env bash
# Builds sdist and wheel, installs the wheel in a fresh environment, and does there, outside of the tree, what a user does first.
# usage: tools/try_wheel.sh            builds as a user's `pip install .` does
#        tools/try_wheel.sh build/X    takes the objects of a CMake tree of this clone along (CI: what is tried is the packaging)
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
cmake="$PWD/.venv/bin/cmake"
trap 'rm -rf "$work"' EXIT
step() { echo "wheel: $*"; }

step sdist
.venv/bin/python - "$work" <<'PY'
import sys
from scikit_build_core.build import build_sdist
build_sdist(sys.argv[1])
PY
tar -C "$work" -xf "$work"/tilewright-*.tar.gz
source=$(echo "$work"/tilewright-*/)
# All that git has is in it, but for what only a clone needs.
missing=$(git ls-files | grep -v -e '^\.ci/' -e '^\.git' | while read -r f; do [ -e "$source$f" ] || echo "$f"; done)
[ -z "$missing" ] || { echo "wheel: the sdist lacks" $missing >&2; exit 1; }

step build
options=()
from=$source
if [ $# -gt 0 ]; then
  options=("-Cbuild-dir=$1" "-Ccmake.build-type=Release" "-Cbuild.targets=tilewright;tilewright-cli;_core_stub")
  from=.
fi
.venv/bin/python -m pip wheel -q --no-deps --no-build-isolation "${options[@]}" -w "$work" "$from"

step install
packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
.venv/bin/python -m venv "$work/venv"
"$work/venv/bin/pip" install -q numpy pytest "$work"/tilewright-*.whl
cp -r examples "$work/examples"
cd "$work"
export PATH="$work/venv/bin:$PATH"
unset PYTHONPATH TILEWRIGHT_CLI TILEWRIGHT_PYTHON
step demo
python examples/demo.py
tilewright run examples/demo.py
tilewright --version
step an operation
tilewright doctor
tilewright new --example list | grep -q gelu
tilewright new --schema | python -m json.tool >/dev/null
tilewright new --example gelu --kernels working -o ops
# What operations are tested with is PyTorch, which a wheel does not bring: refused with the remedy. Then the clone's is lent.
if tilewright build ops 2>refused.log; then echo "wheel: built without PyTorch?" >&2; exit 1; fi
grep -q 'pip install torch' refused.log
echo "$packages" > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/lent.pth"
tilewright build ops
tilewright test ops -q
tilewright report ops
tilewright lint ops --static
step a test with the device fixture
mkdir project
cat > project/test_device.py <<'PY'
import numpy as np
import ttnn


def test_a_tensor_comes_back(device):
    values = np.arange(32 * 64, dtype=np.float32).reshape(32, 64)
    x = ttnn.from_numpy(values, dtype=ttnn.float32, layout=ttnn.TILE_LAYOUT, device=device)
    np.testing.assert_array_equal(ttnn.to_numpy(x), values)
PY
(cd project && tilewright pytest -q . && python -m pytest -q -p tilewright.pytest_plugin)
# Asked for by nobody, the plug-in leaves other people's tests alone.
printf 'import pytest\ndef test_plain():\n    with pytest.raises(ImportError):\n        import ttnn\n' > project/test_plain.py
(cd project && python -m pytest -q test_plain.py)
step a C++ program
# The same wheel serves C++ programs.
package=$(python -c 'import tilewright; print(tilewright.__path__[0])')
"$cmake" -S examples/cpp -B cpp -Dtilewright_ROOT="$package" >/dev/null
"$cmake" --build cpp >/dev/null
./cpp/sigmoid
echo "wheel: works in a fresh environment"
