"""Ctrl-C while a program runs: the run ends soon, Python sees its exception, the device goes on."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
import torch
import ttnn

from helpers import ONE_CORE, cb, copy_program, cores, kernel

# Never ends unless its argument is 0. Each spins in its own way: with calls, with none, and waiting for a semaphore that another core keeps busy.
YIELDING = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    if (get_arg_val<uint32_t>(0) == 0) return;
    volatile tt_l1_ptr uint32_t* word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    *word = 1;
    while (*word) invalidate_l1_cache();
}
"""
CALL_FREE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    if (get_arg_val<uint32_t>(0) == 0) return;
    volatile tt_l1_ptr uint32_t* word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    *word = 1;
    while (*word) {
    }
}
"""
BUSY = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    while (get_arg_val<uint32_t>(0) != 0) {
        cb_reserve_back(0, 1);
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        cb_pop_front(0, 1);
    }
}
"""


@pytest.fixture(autouse=True)
def python_hears_ctrl_c():
    """A shell starts what it runs in the background with SIGINT ignored, and Python then leaves it so."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def run_options():
    from tilewright import _core

    yield _core
    _core.set_run_options(None)


@pytest.mark.parametrize("text", [YIELDING, CALL_FREE, BUSY], ids=["yielding", "call-free", "busy"])
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_a_run_that_never_would(device, run_options, text, workers):
    options = run_options.RunOptions.from_environment()
    options.schedule = run_options.Schedule.Parallel
    options.workers = workers
    options.hang_seconds = 1e9  # on a busy machine the signal may be late
    run_options.set_run_options(options)
    grid = cores(0, 0, 1, 1)
    io = [ttnn.zeros([1, 1, 32, 32], ttnn.bfloat16, ttnn.TILE_LAYOUT, device) for _ in range(2)]

    def program(forever):
        args = [(core, [forever]) for core in ttnn.corerange_to_cores(grid)]
        return ttnn.ProgramDescriptor(kernels=[kernel(text, grid, runtime_args=args)], cbs=[cb(on=grid)])

    ttnn.generic_op(io, program(0))  # compiled first, so that the signal hits the run
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            _interrupt_after(0.2, lambda: ttnn.generic_op(io, program(1)))

    a = ttnn.from_torch(torch.ones(1, 1, 32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    ttnn.generic_op([a, io[0]], copy_program(a, io[0], ONE_CORE))
    assert torch.equal(ttnn.to_torch(io[0]), ttnn.to_torch(a))


def test_a_handler_that_does_not_raise_lets_the_run_go_on(device):
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: seen.append(number))
    try:
        a = ttnn.from_torch(torch.ones(1, 1, 32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
        b = ttnn.zeros_like(a)
        long_one = kernel(
            YIELDING.replace("*word = 1;", "*word = 1; uint32_t rounds = 0;").replace(
                "while (*word)", "while (rounds++ < 3000000)"
            ),
            runtime_args=[((0, 0), [1])],
        )
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
        timer.start()
        ttnn.generic_op([a, b], ttnn.ProgramDescriptor(kernels=[long_one], cbs=[cb()]))
        timer.join()
        while not seen:  # Python calls the handler as soon as it may
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGUSR1, before)


def _interrupt_after(seconds, action):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        action()
        pytest.fail("the run ended by itself")
    finally:
        timer.cancel()
