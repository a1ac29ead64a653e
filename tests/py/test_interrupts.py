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

# Never ends. Each spins in its own way: with calls, with none, and waiting for a semaphore that another core keeps busy.
YIELDING = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    volatile tt_l1_ptr uint32_t* word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    *word = 1;
    while (*word) invalidate_l1_cache();
}
"""
CALL_FREE = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    volatile tt_l1_ptr uint32_t* word = reinterpret_cast<volatile tt_l1_ptr uint32_t*>(get_write_ptr(0));
    *word = 1;
    while (*word) {
    }
}
"""
BUSY = """
#include "api/dataflow/dataflow_api.h"
void kernel_main() {
    for (;;) {
        cb_reserve_back(0, 1);
        cb_push_back(0, 1);
        cb_wait_front(0, 1);
        cb_pop_front(0, 1);
    }
}
"""


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
    run_options.set_run_options(options)
    grid = cores(0, 0, 1, 1)
    io = [ttnn.zeros([1, 1, 32, 32], ttnn.bfloat16, ttnn.TILE_LAYOUT, device) for _ in range(2)]
    program = ttnn.ProgramDescriptor(kernels=[kernel(text, grid)], cbs=[cb(on=grid)])
    with pytest.raises(KeyboardInterrupt):  # compiled first, so that the signal hits the run
        _interrupt_after(0.5, lambda: ttnn.generic_op(io, program))
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        _interrupt_after(0.2, lambda: ttnn.generic_op(io, program))
    assert time.monotonic() - begin < 5

    a = ttnn.from_torch(torch.ones(1, 1, 32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    ttnn.generic_op([a, io[0]], copy_program(a, io[0], ONE_CORE))
    assert torch.equal(ttnn.to_torch(io[0]), ttnn.to_torch(a))


def test_a_handler_that_does_not_raise_lets_the_run_go_on(device):
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda *_: seen.append(time.monotonic()))
    try:
        a = ttnn.from_torch(torch.ones(1, 1, 32, 32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
        b = ttnn.zeros_like(a)
        long_one = kernel(
            YIELDING.replace("*word = 1;", "*word = 1; uint32_t rounds = 0;").replace(
                "while (*word)", "while (rounds++ < 3000000)"
            )
        )
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        ttnn.generic_op([a, b], ttnn.ProgramDescriptor(kernels=[long_one], cbs=[cb()]))
        time.sleep(0.1)
        assert seen
    finally:
        signal.signal(signal.SIGUSR1, before)


def _interrupt_after(seconds, action):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        action()
        time.sleep(5)  # a signal that comes late still ends the test
    finally:
        timer.cancel()
