"""Whole operations beside numpy and torch on the same cores in the same run; times are medians, results are ratios.

usage: python bench/operations.py [--quick]
"""

from __future__ import annotations

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import tilewright

tilewright.install()
import ttnn  # noqa: E402

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "py"))
from tile_programs import TileProgram, like, sigmoid_program  # noqa: E402

KERNELS = ROOT / "bench" / "kernels"
QUICK = "--quick" in sys.argv


def median_seconds(function, least_runs: int = 5, least_seconds: float = 0.5) -> float:
    """The median of at least `least_runs` calls that take `least_seconds` together; one call before them warms up."""
    function()
    times: list[float] = []
    while len(times) < least_runs or sum(times) < (0.1 if QUICK else least_seconds):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def report(name: str, ours: float, theirs: float | None = None, whose: str = "", aim: str = "") -> None:
    line = f"{name:<44}{ours * 1e3:>10.2f} ms"
    if theirs is not None:
        line += f"{theirs * 1e3:>10.2f} ms {whose:<8} ratio {theirs / ours:.3f}"
    print(line + (f"   (aim: {aim})" if aim else ""), flush=True)


def tensor(device, shape, seed=0):
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return ttnn.from_numpy(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)


def eltwise(device) -> None:
    for per_core in (1, 16, 256):
        tiles = 64 * per_core
        x = tensor(device, (1, tiles, 32, 32))
        y = like(x)
        program = sigmoid_program(x, y)
        values = ttnn.to_numpy(x).astype(np.float32)
        ours = median_seconds(program.run)
        theirs = median_seconds(lambda values=values: 1 / (1 + np.exp(-values)))
        aim = "under 0.5 ms" if per_core == 1 else ">= 0.25"
        report(f"sigmoid bf16, 64 cores, {per_core} tiles a core", ours, theirs, "numpy", aim)


def matmul_program(a, b, y) -> TileProgram:
    """Each core computes a block of output tiles; its row of A and column of B stream through the CBs block by block."""
    m, k, n = a.shape[-2] // 32, a.shape[-1] // 32, b.shape[-1] // 32
    program = TileProgram([a, b, y], tiles=64)
    rows, columns = m // 8, n // 8  # of tiles in one core's output block
    across = min(4, columns)  # subblock of DST: 8 tiles in 16-bit mode
    down = min(2, rows)
    block = min(8, k)  # tiles of k at a time
    for index, source, pages in ((0, a, 2 * rows * block), (1, b, 2 * block * columns), (16, y, rows * columns)):
        program.cb(index, source.dtype, pages)
    shape = [m, k, n, rows, columns, down, across, block]
    program.kernel(
        KERNELS / "read_blocks.cpp",
        ttnn.ReaderConfigDescriptor(),
        lambda first, _: [a.buffer_address(), b.buffer_address(), first // 8, first % 8],
        (a, b),
        compile_time_args=shape,
    )
    program.kernel(
        KERNELS / "write_block.cpp",
        ttnn.WriterConfigDescriptor(),
        lambda first, _: [y.buffer_address(), first // 8, first % 8],
        (y,),
        compile_time_args=shape,
    )
    program.kernel(KERNELS / "matmul_blocks.cpp", ttnn.ComputeConfigDescriptor(), lambda *_: [], compile_time_args=shape)
    return program


def matmul(device) -> None:
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    for size in (512,) if QUICK else (512, 2048):
        a, b = tensor(device, (1, 1, size, size), 1), tensor(device, (1, 1, size, size), 2)
        y = like(a)
        program = matmul_program(a, b, y)
        ta, tb = (torch.from_numpy(ttnn.to_numpy(t).astype(np.float32))[0, 0] for t in (a, b))
        program.run()
        expected = (ta @ tb).numpy()
        error = np.abs(ttnn.to_numpy(y).astype(np.float32)[0, 0] - expected).max() / np.abs(expected).max()
        assert error < 0.05, f"the matmul is wrong by {error}"
        ours, theirs = median_seconds(program.run), median_seconds(lambda ta=ta, tb=tb: ta @ tb)
        report(f"matmul bf16 {size}^3, 64 cores", ours, theirs, "torch", ">= 0.25 at 2048^3")


def cold_start() -> None:
    """A new process with an empty kernel cache but the precompiled headers in place, less a process that only imports."""
    program = "import examples.demo as d, sys; sys.exit(d.main())"
    with tempfile.TemporaryDirectory() as cache:
        env = dict(os.environ, TILEWRIGHT_CACHE=cache)
        subprocess.run([sys.executable, "-c", program], env=env, cwd=ROOT, check=True, capture_output=True)
        times = []
        for _ in range(3):
            for kernels in pathlib.Path(cache).glob("kernels"):
                subprocess.run(["rm", "-rf", str(kernels)], check=True)
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], env=env, cwd=ROOT, check=True, capture_output=True)
            times.append(time.perf_counter() - begin)
        report("cold start: process, 5 kernels, run, check", statistics.median(times), aim="under 1500 ms")
    imports = "import tilewright; tilewright.install(); import ttnn"
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", imports], check=True)
    with_import = time.perf_counter() - begin
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    report("import ttnn", with_import - (time.perf_counter() - begin), aim="under 300 ms")


def main() -> None:
    device = ttnn.open_device(device_id=0)
    print(
        f"{'resident with an open n150':<44}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>10.0f} MB   (aim: under 200)"
    )
    eltwise(device)
    matmul(device)
    ttnn.close_device(device)
    cold_start()


if __name__ == "__main__":
    main()
