"""One complete TTNN operation on the emulated device: sigmoid over 100 tiles on all cores.

Run by `make demo`. Everything below `import ttnn` is what one writes for a real card.
"""

import pathlib
import sys
import time

import numpy as np

import tilewright

tilewright.install()
import ttnn  # noqa: E402

KERNELS = pathlib.Path(__file__).parent / "kernels"
IN, OUT = 0, 16  # circular buffers


def sigmoid(x: "ttnn.Tensor") -> "ttnn.Tensor":
    """Elementwise sigmoid of a tiled, interleaved tensor; the same shape, dtype and memory as `x`."""
    device = x.device()
    y = ttnn.allocate_tensor_on_device(x.shape, x.dtype, x.layout, device, x.memory_config())
    num_tiles = x.buffer_num_pages()
    grid = device.compute_with_storage_grid_size()
    _, cores, group_1, _, tiles_1, tiles_2 = ttnn.split_work_to_cores(grid, num_tiles)

    read_args, write_args, compute_args = ttnn.RuntimeArgs(), ttnn.RuntimeArgs(), ttnn.RuntimeArgs()
    first = 0
    for core in ttnn.corerange_to_cores(cores):
        count = tiles_1 if group_1.contains(core) else tiles_2
        read_args[core.x][core.y] = [x.buffer_address(), first, count]
        write_args[core.x][core.y] = [y.buffer_address(), first, count]
        compute_args[core.x][core.y] = [count]
        first += count

    def circular_buffer(index):
        page = ttnn.tile_size(x.dtype)
        form = ttnn.CBFormatDescriptor(buffer_index=index, data_format=x.dtype, page_size=page)
        return ttnn.CBDescriptor(total_size=2 * page, core_ranges=cores, format_descriptors=[form])

    def kernel(name, args, config, tensor=None):
        return ttnn.KernelDescriptor(
            kernel_source=str(KERNELS / name),
            core_ranges=cores,
            compile_time_args=ttnn.TensorAccessorArgs(tensor).get_compile_time_args() if tensor is not None else [],
            runtime_args=args,
            config=config,
        )

    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel("read_tiles.cpp", read_args, ttnn.ReaderConfigDescriptor(), x),
            kernel("write_tiles.cpp", write_args, ttnn.WriterConfigDescriptor(), y),
            kernel("sigmoid.cpp", compute_args, ttnn.ComputeConfigDescriptor()),
        ],
        semaphores=[],
        cbs=[circular_buffer(IN), circular_buffer(OUT)],
    )
    return ttnn.generic_op([x, y], program)


def main() -> int:
    """Runs the operation twice (cold, warm), prints what happened; 1 if the result is wrong."""
    device = ttnn.open_device(device_id=0)
    grid = device.compute_with_storage_grid_size()
    print(f"chip     {ttnn.get_arch_name()}, {grid.x}x{grid.y} cores")

    values = np.random.default_rng(0).normal(size=(1, 1, 320, 320)).astype(np.float32)
    x = ttnn.from_numpy(values, dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)

    begin = time.perf_counter()
    y = sigmoid(x)
    cold = time.perf_counter() - begin
    summary = tilewright.last_run()
    print(
        f"kernels  {summary['kernels']} ({summary['kernels_compiled']} compiled, {summary['kernels_from_cache']} from the cache)"
    )
    begin = time.perf_counter()
    y = sigmoid(x)
    warm = time.perf_counter() - begin
    print(
        f"run      {summary['cores']} cores, {summary['fibers']} processors; {cold * 1e3:.1f} ms cold, {warm * 1e3:.2f} ms warm"
    )

    expected = 1 / (1 + np.exp(-ttnn.to_numpy(x).astype(np.float64)))
    error = np.abs(ttnn.to_numpy(y).astype(np.float64) - expected).max()
    limit = 2**-8  # one unit in the last place of bfloat16 just below 1
    print(f"error    {error:.5f} against numpy in float64 (limit {limit:.5f})")
    ttnn.close_device(device)
    return 0 if error <= limit else 1


if __name__ == "__main__":
    sys.exit(main())
