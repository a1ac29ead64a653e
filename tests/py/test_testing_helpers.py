"""The comparison helpers that tests of real kernels use (docs/upstream-api.md H12.3)."""

from __future__ import annotations

import math

import pytest
import torch
import ttnn

from tilewright import testing


def test_pcc_of_special_tensors():
    x = torch.randn(100)
    nan = torch.full((4,), math.nan)
    zero, one = torch.zeros(4), torch.ones(4)
    assert testing.comp_pcc(x, x) == (True, 1.0)
    assert testing.comp_pcc(nan, nan) == (True, 1.0)
    assert testing.comp_pcc(nan, one) == (False, 0.0)
    assert testing.comp_pcc(zero, one) == (False, 0.0)
    assert testing.comp_pcc(one, 2 * one) == (False, 0.0)  # constants have no correlation: they must be close
    assert testing.comp_pcc(one, one + 1e-6) == (True, 1.0)
    assert not testing.comp_pcc(x, -x)[0]
    assert testing.comp_pcc(x, x + 0.01 * torch.randn(100), 0.99)[0]


def test_pcc_is_pearsons_correlation():
    a, b = torch.tensor([1.0, 2, 3, 5]), torch.tensor([1.0, 2, 4, 4])
    expected = torch.corrcoef(torch.stack([a, b]))[0, 1].item()
    assert testing.comp_pcc(a, b)[1] == pytest.approx(expected, rel=1e-6)


def test_shapes_must_be_equal():
    with pytest.raises(AssertionError, match="shape"):
        testing.assert_with_pcc(torch.ones(2, 3), torch.ones(3, 2))
    assert not testing.check_with_pcc(torch.ones(2), torch.ones(3))[0]


def test_tensors_of_ttnn_are_taken_as_they_are():
    t = ttnn.from_torch(torch.arange(6.0).reshape(2, 3))
    assert testing.assert_equal(t, torch.arange(6.0).reshape(2, 3))[0]
    assert testing.assert_with_pcc(t, t) == (True, 1.0)
    with pytest.raises(AssertionError):
        testing.assert_equal(t, torch.zeros(2, 3))


def test_ulp_counts_units_of_the_expected_dtype():
    a = torch.tensor([1.0, 2.0]).to(torch.bfloat16)
    b = torch.tensor([1.0 + 2**-7, 2.0]).to(torch.bfloat16)  # one unit of bfloat16 above 1
    assert testing.comp_ulp(a, b, 1)[0]
    assert not testing.comp_ulp(a, b, 0.5)[0]
    assert not testing.comp_ulp(a, torch.tensor([math.inf, 2.0]).to(torch.bfloat16), 10)[0]
    assert testing.assert_with_ulp(a, b)[0]


def test_allclose_and_frobenius():
    a = torch.ones(10)
    assert testing.comp_allclose(a, a + 1e-7, rtol=1e-5)[0]
    assert not testing.comp_allclose(a, a + 1e-3)[0]
    assert testing.comp_allclose(torch.tensor([math.nan]), torch.tensor([math.nan]))[0]
    assert testing.assert_relative_frobenius(a, a * 1.001)[0]
    with pytest.raises(AssertionError):
        testing.assert_relative_frobenius(a, a * 1.1)
    testing.assert_numeric_metrics(a, a)
    assert not testing.assert_numeric_metrics(a, a * 2, assert_on_fail=False)[0]


def test_small_arithmetic():
    assert (testing.divup(7, 3), testing.roundup(7, 4), testing.roundup32(33), testing.nearest_32(1)) == (3, 8, 64, 32)
    assert testing.is_wormhole_b0()
    assert not testing.is_blackhole()


def test_all_bfloat16_patterns_are_there():
    t = testing.generate_all_bfloat16_bitpatterns(torch.bfloat16)
    assert t.view(torch.int16).unique().numel() == 65536


def test_stock_kernels_are_found_without_a_metal_tree(device):
    """The program of upstream's own generic_op test: exp by the kernels that it names."""
    shape = (1, 12, 32, 32)
    x = torch.rand(shape).to(torch.bfloat16)
    a = ttnn.from_torch(x, layout=ttnn.TILE_LAYOUT, device=device)
    b = ttnn.zeros_like(a)
    grid = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (7, 7))])
    _, on, group, _, each, _ = ttnn.split_work_to_cores(grid, 12)
    reads, writes = ttnn.RuntimeArgs(), ttnn.RuntimeArgs()
    for i, core in enumerate(ttnn.corerange_to_cores(group)):
        reads[core.x][core.y] = [a.buffer_address(), each, i * each]
        writes[core.x][core.y] = [b.buffer_address(), each, i * each]

    def cb(index):
        form = ttnn.CBFormatDescriptor(index, ttnn.bfloat16, 2048)
        return ttnn.CBDescriptor(total_size=4096, core_ranges=on, format_descriptors=[form])

    def kernel(source, config, words, args, defines=()):
        return ttnn.KernelDescriptor(
            kernel_source=source,
            core_ranges=on,
            compile_time_args=words,
            runtime_args=args,
            defines=list(defines),
            config=config,
        )

    unary = "ttnn/cpp/ttnn/operations/eltwise/unary/device/kernels/dataflow"
    words = ttnn.TensorAccessorArgs(a).get_compile_time_args()
    program = ttnn.ProgramDescriptor(
        kernels=[
            kernel(f"{unary}/reader_unary_interleaved_start_id.cpp", ttnn.ReaderConfigDescriptor(), words, reads),
            kernel(f"{unary}/writer_unary_interleaved_start_id.cpp", ttnn.WriterConfigDescriptor(), [16, *words], writes),
            kernel(
                "tests/tt_metal/tt_metal/test_kernels/compute/eltwise_sfpu.cpp",
                ttnn.ComputeConfigDescriptor(),
                [each, 1],
                [],
                [("SFPU_OP_EXP_INCLUDE", "1"), ("SFPU_OP_CHAIN_0", "exp_tile_init(); exp_tile(0);")],
            ),
        ],
        cbs=[cb(0), cb(16)],
    )
    out = ttnn.to_torch(ttnn.generic_op([a, b], program))
    assert torch.allclose(ttnn.to_torch(ttnn.exp(a)), out)
