"""Small programs and shapes that several tests share."""

from __future__ import annotations

from typing import Any

import ttnn

# Seconds that another process may take before it counts as one that never ends: no machine is so busy.
PATIENCE = 3600

SOURCE = ttnn.KernelDescriptor.SourceType.SOURCE_CODE

# Copies pages [first, first + count) of one interleaved tensor to another, through circular buffer 0.
COPY_KERNEL = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    uint32_t from = get_arg_val<uint32_t>(0), to = get_arg_val<uint32_t>(1);
    uint32_t count = get_arg_val<uint32_t>(2), first = get_arg_val<uint32_t>(3);
    constexpr auto from_args = TensorAccessorArgs<0>();
    constexpr auto to_args = TensorAccessorArgs<from_args.next_compile_time_args_offset()>();
    auto source = TensorAccessor(from_args, from);
    auto target = TensorAccessor(to_args, to);
    uint32_t l1 = get_write_ptr(0);
    for (uint32_t i = first; i < first + count; i++) {
        noc_async_read_page(i, source, l1);
        noc_async_read_barrier();
        noc_async_write_page(i, target, l1);
        noc_async_write_barrier();
    }
}
"""

# Writes what a circular buffer gives, block by block.
BLOCK_WRITE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    constexpr uint32_t page = get_compile_time_arg_val(0), block = get_compile_time_arg_val(1);
    const auto to = TensorAccessor(TensorAccessorArgs<2>(), get_arg_val<uint32_t>(0), page);
    const uint32_t first = get_arg_val<uint32_t>(1), count = get_arg_val<uint32_t>(2);
    for (uint32_t done = 0; done < count;) {
        const uint32_t n = count - done < block ? count - done : block;
        cb_wait_front(16, n);
        for (uint32_t i = 0; i < n; i++)
            noc_async_write(get_read_ptr(16) + i * page, to.get_noc_addr(first + done + i), page);
        noc_async_write_barrier();
        cb_pop_front(16, n);
        done += n;
    }
}
"""

NOTHING = """
void kernel_main() {}
"""


def cores(x0: int, y0: int, x1: int, y1: int) -> Any:
    return ttnn.CoreRangeSet([ttnn.CoreRange((x0, y0), (x1, y1))])


ONE_CORE = cores(0, 0, 0, 0)


def kernel(text: str = NOTHING, on: Any = ONE_CORE, config: Any = None, **fields: Any) -> Any:
    return ttnn.KernelDescriptor(
        kernel_source=text,
        source_type=SOURCE,
        core_ranges=on,
        config=config if config is not None else ttnn.ReaderConfigDescriptor(),
        **fields,
    )


def cb(index: int = 0, total: int = 2048, page: int = 2048, on: Any = ONE_CORE, dtype: Any = ttnn.bfloat16) -> Any:
    return ttnn.CBDescriptor(
        total_size=total,
        core_ranges=on,
        format_descriptors=[ttnn.CBFormatDescriptor(buffer_index=index, data_format=dtype, page_size=page)],
    )


def tiles(device: Any, shape: tuple[int, ...] = (1, 1, 32, 32), memory_config: Any = None) -> Any:
    return ttnn.zeros(shape, ttnn.bfloat16, ttnn.TILE_LAYOUT, device, memory_config)


def copy_program(source: Any, target: Any, on: Any, config: Any = None) -> Any:
    """Each core of `on` copies its share of the pages."""
    places = ttnn.corerange_to_cores(on)
    pages = source.buffer_num_pages()
    args = ttnn.RuntimeArgs()
    first = 0
    for i, core in enumerate(places):
        count = pages // len(places) + (i < pages % len(places))
        args[core.x][core.y] = [source.buffer_address(), target.buffer_address(), count, first]
        first += count
    words = (
        ttnn.TensorAccessorArgs(source).get_compile_time_args() + ttnn.TensorAccessorArgs(target).get_compile_time_args()
    )
    page = source.buffer_aligned_page_size()
    return ttnn.ProgramDescriptor(
        kernels=[kernel(COPY_KERNEL, on, config, compile_time_args=words, runtime_args=args)],
        semaphores=[],
        cbs=[cb(total=page, page=page, on=on, dtype=source.dtype)],
    )


def made(
    device: Any, values: Any, dtype: Any = ttnn.bfloat16, layout: Any = ttnn.TILE_LAYOUT, memory_config: Any = None
) -> Any:
    return ttnn.from_torch(values, dtype=dtype, layout=layout, device=device, memory_config=memory_config)


def accessor_words(*tensors: Any) -> list[int]:
    return [word for t in tensors for word in ttnn.TensorAccessorArgs(t).get_compile_time_args()]
