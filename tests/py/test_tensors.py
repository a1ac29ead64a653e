"""Tensors between torch, numpy and devices (docs/upstream-api.md H4, H5)."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import ttnn

import tilewright

ALL_DTYPES = [ttnn.bfloat16, ttnn.float32, ttnn.uint32, ttnn.int32, ttnn.uint16, ttnn.uint8, ttnn.int8]


@pytest.mark.parametrize("layout", [ttnn.ROW_MAJOR_LAYOUT, ttnn.TILE_LAYOUT])
@pytest.mark.parametrize("dtype", ALL_DTYPES)
@pytest.mark.parametrize("shape", [(32, 32), (1, 2, 33, 70), (5,), (3, 1)])
def test_values_survive_the_way_to_the_device_and_back(device, dtype, layout, shape):
    values = torch.arange(torch.tensor(shape).prod().item()).reshape(shape) % 100
    t = ttnn.from_torch(values, dtype=dtype, layout=layout, device=device)
    assert t.dtype == dtype
    assert t.shape == list(shape)
    assert torch.equal(ttnn.to_torch(t).to(torch.int64), values)


def test_to_torch_gives_the_dtypes_of_upstream(device):
    expected = {
        ttnn.bfloat16: torch.bfloat16,
        ttnn.float32: torch.float32,
        ttnn.bfloat8_b: torch.float32,
        ttnn.bfloat4_b: torch.float32,
        ttnn.int32: torch.int32,
        ttnn.uint8: torch.uint8,
        ttnn.int8: torch.int8,
        ttnn.uint16: torch.uint16,
        ttnn.uint32: torch.uint32,
    }
    for dtype, out in expected.items():
        t = ttnn.from_torch(torch.ones(32, 32), dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device)
        assert ttnn.to_torch(t).dtype == out


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.float32, ttnn.float32),
        (np.int32, ttnn.int32),
        (np.int64, ttnn.uint32),
        (np.uint32, ttnn.uint32),
        (np.int16, ttnn.uint16),
        (np.uint16, ttnn.uint16),
        (np.uint8, ttnn.uint8),
        (np.bool_, ttnn.uint8),
        (np.int8, ttnn.int8),
        (np.float64, ttnn.float32),
        (np.float16, ttnn.bfloat16),
    ],
)
def test_dtype_is_inferred_from_the_array(given, expected):
    t = ttnn.from_torch(np.ones((2, 3), given))
    assert t.dtype == expected
    assert t.layout == ttnn.ROW_MAJOR_LAYOUT
    assert t.to_list() == [[1, 1, 1], [1, 1, 1]]


def test_torch_bfloat16_is_taken_bit_by_bit():
    x = torch.from_numpy(np.arange(65536, dtype=np.uint16).view(np.int16)).view(torch.bfloat16)
    x = x[torch.isfinite(x)]
    y = ttnn.to_torch(ttnn.from_torch(x))
    assert torch.equal(y.view(torch.int16), x.view(torch.int16))


def test_block_floats_are_tiles_by_default_and_only():
    assert ttnn.from_torch(torch.ones(32, 32), dtype=ttnn.bfloat8_b).layout == ttnn.TILE_LAYOUT
    with pytest.raises(RuntimeError, match="Only TILE layout is supported for BFLOAT8_B dtype!"):
        ttnn.from_torch(torch.ones(32, 32), dtype=ttnn.bfloat8_b, layout=ttnn.ROW_MAJOR_LAYOUT)
    with pytest.raises(ValueError, match="datum for bfp2, bfp4, bfp8 is invalid"):
        ttnn.element_size(ttnn.bfloat4_b)


def test_strided_empty_and_scalar_arrays_are_taken():
    x = torch.arange(24.0).reshape(4, 6).t()
    assert torch.equal(ttnn.to_torch(ttnn.from_torch(x)), x)
    assert torch.equal(ttnn.to_torch(ttnn.from_torch(x[::2, 1:])), x[::2, 1:])
    assert ttnn.from_torch(torch.tensor(3.0)).item() == 3.0
    assert ttnn.from_torch(None) is None


def test_things_that_are_no_arrays_are_type_errors():
    for wrong in ("text", np.array(["a"]), np.ones(2, np.complex64)):
        with pytest.raises(TypeError):
            ttnn.from_torch(wrong)
    with pytest.raises(TypeError):
        ttnn.to_torch([1, 2])


def test_from_torch_with_a_spec_refuses_what_the_spec_says():
    spec = ttnn.TensorSpec((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT)
    assert ttnn.from_torch(torch.ones(32, 32), spec=spec).layout == ttnn.TILE_LAYOUT
    with pytest.raises(RuntimeError, match="ttnn.from_torch: dtype must be None when spec is specified"):
        ttnn.from_torch(torch.ones(32, 32), ttnn.bfloat16, spec=spec)
    with pytest.raises(RuntimeError, match="ttnn.from_torch: Shard spec must not be None for sharded tensors"):
        ttnn.from_torch(torch.ones(32, 32), memory_config=ttnn.L1_HEIGHT_SHARDED_MEMORY_CONFIG)


def test_torch_rank_squeezes_leading_ones():
    t = ttnn.from_torch(torch.ones(1, 1, 2, 3))
    assert list(ttnn.to_torch(t, torch_rank=2).shape) == [2, 3]
    with pytest.raises(RuntimeError, match="ttnn: Unable to squeeze to desired rank!"):
        ttnn.to_torch(t, torch_rank=1)


def test_the_tensor_knows_its_device_object(device):
    t = ttnn.zeros((32, 32), device=device)
    assert t.device() is device
    assert t.storage_type() == ttnn.StorageType.DEVICE
    h = t.cpu()
    assert h.device() is None
    with pytest.raises(RuntimeError, match="StorageType::HOST doesn't support buffer_address method"):
        h.buffer_address()


def test_deallocated_tensors_keep_their_shape(device):
    t = ttnn.ones((32, 64), ttnn.float32, ttnn.TILE_LAYOUT, device)
    ttnn.deallocate(t)
    ttnn.deallocate(t)
    assert not t.is_allocated()
    assert t.shape == [32, 64]
    assert "<buffer is not allocated>" in repr(t)
    for use in (t.cpu, t.buffer_address, lambda: ttnn.to_torch(t)):
        with pytest.raises(RuntimeError, match="Tensor is not allocated"):
            use()


def test_memory_is_freed_with_the_last_handle(device):
    a = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device).buffer_address()
    b = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device).buffer_address()
    assert a == b


def test_allocate_takes_device_by_either_name(device):
    for name in ("mesh_device", "device"):
        t = ttnn.allocate_tensor_on_device(
            shape=ttnn.Shape([1, 1, 32, 32]), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, **{name: device}
        )
        assert t.is_allocated()
    t = ttnn.allocate_tensor_on_device(t.spec, device)
    assert t.shape == [1, 1, 32, 32]
    with pytest.raises(TypeError):
        ttnn.allocate_tensor_on_device((1, 1), ttnn.bfloat16, ttnn.TILE_LAYOUT)


def test_creation_defaults(device):
    z = ttnn.zeros((2, 3))
    assert (z.dtype, z.layout, z.device()) == (ttnn.bfloat16, ttnn.ROW_MAJOR_LAYOUT, None)
    assert ttnn.full((2,), 7).to_list() == [7, 7]
    assert ttnn.arange(4, dtype=ttnn.int32).to_list() == [0, 1, 2, 3]
    assert ttnn.arange(1, 7, 2, dtype=ttnn.int32).to_list() == [1, 3, 5]
    assert ttnn.ones_like(z).to_list() == [[1, 1, 1], [1, 1, 1]]
    r = ttnn.rand((32, 32), device, low=2.0, high=3.0)
    assert (r.layout, r.dtype) == (ttnn.TILE_LAYOUT, ttnn.bfloat16)
    assert 2 <= float(ttnn.to_torch(r).min()) <= float(ttnn.to_torch(r).max()) <= 3
    with pytest.raises(TypeError):
        ttnn.empty((2, 2), ttnn.bfloat16, ttnn.ROW_MAJOR_LAYOUT)


def test_tensor_constructor_takes_arrays_and_lists(device):
    a = ttnn.Tensor(np.ones((32, 32), np.float32), ttnn.bfloat16, device, ttnn.TILE_LAYOUT)
    assert (a.dtype, a.layout, a.device()) == (ttnn.bfloat16, ttnn.TILE_LAYOUT, device)
    b = ttnn.Tensor([1, 2, 3, 4], [2, 2], ttnn.int32, ttnn.ROW_MAJOR_LAYOUT)
    assert b.to_list() == [[1, 2], [3, 4]]
    assert ttnn.Tensor(torch.zeros(2, 2)).dtype == ttnn.float32


def test_shape_behaves_as_a_sequence():
    s = ttnn.Shape([1, 2, 3])
    assert (len(s), s.rank, s[-1], list(s)) == (3, 3, 3, [1, 2, 3])
    assert s == [1, 2, 3] == s
    assert s == (1, 2, 3)
    assert s == ttnn.Shape((1, 2, 3))
    assert s != [1, 2]
    assert s.to_rank(4) == [1, 1, 2, 3]
    assert repr(s) == "Shape([1, 2, 3])"
    for wrong in ((1, 2), ([-1, 2],)):
        with pytest.raises(TypeError):
            ttnn.Shape(*wrong)
    with pytest.raises(RuntimeError, match="index out of range"):
        _ = s[5]
    with pytest.raises(RuntimeError, match="Can't convert shape rank"):
        ttnn.Shape([2, 3]).to_rank(1)


def test_tile_sizes_of_all_shapes():
    t = ttnn.Tile([16, 32])
    assert (t.tile_shape, t.face_shape, t.num_faces) == ([16, 32], [16, 16], 2)
    assert t.get_tile_size(ttnn.bfloat8_b) == 544
    assert repr(t) == "Tile with shape: [16, 32]"
    assert ttnn.Tile([32, 32], True).transpose_within_face
    assert ttnn.tile_size(ttnn.bfloat4_b) == 576
    with pytest.raises(RuntimeError, match="Tile size is not valid for our hardware"):
        ttnn.Tile([3, 32])


def test_memory_configs_compare_by_value():
    assert ttnn.MemoryConfig() == ttnn.DRAM_MEMORY_CONFIG
    assert ttnn.L1_MEMORY_CONFIG != ttnn.DRAM_MEMORY_CONFIG
    assert hash(ttnn.MemoryConfig()) == hash(ttnn.DRAM_MEMORY_CONFIG)
    assert repr(ttnn.DRAM_MEMORY_CONFIG).startswith(
        "MemoryConfig(memory_layout=TensorMemoryLayout::INTERLEAVED,buffer_type=BufferType::DRAM,shard_spec=std::nullopt"
    )
    with pytest.raises(AttributeError):
        ttnn.MemoryConfig().buffer_type = ttnn.BufferType.L1


@pytest.mark.parametrize(
    ("strategy", "shard"),
    [(ttnn.ShardStrategy.HEIGHT, [32, 128]), (ttnn.ShardStrategy.WIDTH, [256, 16]), (ttnn.ShardStrategy.BLOCK, [128, 32])],
)
def test_sharded_tensors_round_trip(device, strategy, shard):
    shape = (1, 1, 256, 128)
    config = ttnn.create_sharded_memory_config(shape, ttnn.CoreGrid(x=4, y=2), strategy)
    assert config.shard_spec.shape == shard
    layout = ttnn.ROW_MAJOR_LAYOUT if strategy == ttnn.ShardStrategy.WIDTH else ttnn.TILE_LAYOUT
    x = torch.randn(shape).to(torch.bfloat16)
    t = ttnn.from_torch(x, dtype=ttnn.bfloat16, layout=layout, device=device, memory_config=config)
    assert t.is_sharded()
    assert torch.equal(ttnn.to_torch(t), x)
    back = ttnn.to_memory_config(t, ttnn.DRAM_MEMORY_CONFIG)
    assert not back.is_sharded()
    assert torch.equal(ttnn.to_torch(back), x)


def test_sharded_memory_config_refuses_remainders_and_bare_sets():
    with pytest.raises(RuntimeError, match="Invalid sharding core_grid"):
        ttnn.create_sharded_memory_config((1, 1, 100, 64), ttnn.CoreGrid(x=3, y=1), ttnn.ShardStrategy.HEIGHT)
    on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (1, 0))])
    with pytest.raises(RuntimeError, match="height and width must be shard shape with CoreRangeSet"):
        ttnn.create_sharded_memory_config((64, 64), on, ttnn.ShardStrategy.HEIGHT)
    config = ttnn.create_sharded_memory_config(
        (32, 64), on, ttnn.ShardStrategy.HEIGHT, use_height_and_width_as_shard_shape=True
    )
    assert config.shard_spec.shape == [32, 64]


def test_accessor_args_of_a_host_tensor_are_refused(device):
    with pytest.raises(RuntimeError, match="Expected Tensor with DeviceStorage, got StorageType::HOST"):
        ttnn.TensorAccessorArgs(ttnn.zeros((32, 32)))
    t = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device)
    words = [5, *ttnn.TensorAccessorArgs(t).get_compile_time_args()]
    assert words == [5, 2, 2048]
    assert ttnn.TensorAccessorArgs(t).get_common_runtime_args() == []


def test_golden_ops_keep_layout_and_place(device):
    x = torch.randn(1, 1, 32, 40).to(torch.bfloat16)
    t = ttnn.from_torch(x, layout=ttnn.TILE_LAYOUT, device=device)
    y = ttnn.exp(t)
    assert (y.layout, y.dtype, y.device() is device) == (t.layout, t.dtype, True)
    assert torch.allclose(ttnn.to_torch(y), x.exp(), rtol=1e-2)
    assert torch.equal(ttnn.to_torch(t + t), x + x)
    assert torch.equal(ttnn.to_torch(t * 2), x * 2)
    m = ttnn.matmul(t, ttnn.from_torch(torch.eye(40).to(torch.bfloat16), layout=ttnn.TILE_LAYOUT, device=device))
    assert torch.equal(ttnn.to_torch(m), x)
    with pytest.raises(AttributeError, match="no attribute 'no_such_op'"):
        _ = ttnn.no_such_op


def test_squeeze_unsqueeze_and_view_keep_to_their_rules(device):
    t = ttnn.zeros((1, 3, 1, 64), ttnn.bfloat16, ttnn.ROW_MAJOR_LAYOUT, device)
    assert list(ttnn.squeeze(t).shape) == [3, 64]
    assert list(ttnn.squeeze(t, 1).shape) == [1, 3, 1, 64]
    assert list(ttnn.squeeze(t, [0, -2]).shape) == [3, 64]
    assert list(ttnn.unsqueeze(t, -5).shape) == [1, 1, 3, 1, 64]
    assert list(ttnn.view(t, (3, 64)).shape) == [3, 64]
    for wrong in (
        lambda: ttnn.squeeze(t, 4),
        lambda: ttnn.squeeze(t, [0, -4]),
        lambda: ttnn.unsqueeze(t, 5),
        lambda: ttnn.unsqueeze(t, -6),
        lambda: ttnn.view(t, (6, 32)),
        lambda: ttnn.view(ttnn.zeros((2, 16, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device), (1, 32, 32)),
    ):
        with pytest.raises(RuntimeError):
            wrong()


# What ttnn 0.81.1's host answers (x86's conversions); where it gives no answer the rule is docs/upstream-api.md H11.2.
TO_INTEGERS = [
    (ttnn.uint32, [-1.5, 2.7, 3e10], [4294967295, 2, 4230197248]),
    (ttnn.int32, [-1.5, 2.7, 3e10, float("nan"), float("-inf")], [-1, 2, -(2**31), -(2**31), -(2**31)]),
    (ttnn.uint16, [-1.5, 2.7, 70000.0, 3e10], [65535, 2, 4464, 0]),
    (ttnn.uint8, [-1.5, 2.7, 300.0, float("nan")], [255, 2, 44, 0]),
]


@pytest.mark.parametrize(
    ("dtype", "given", "expected"), TO_INTEGERS, ids=lambda v: str(v) if isinstance(v, ttnn.DataType) else ""
)
def test_floats_become_integers_as_on_the_host_of_ttnn(device, dtype, given, expected):
    made = [
        ttnn.Tensor(np.array([given], np.float32), dtype),
        ttnn.from_torch(torch.tensor([given]), dtype=dtype, device=device),
        ttnn.from_torch(torch.tensor([given]).double(), dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device),
        ttnn.to_dtype(ttnn.from_torch(torch.tensor([given])), dtype),
    ]
    for tensor in made:
        assert ttnn.to_numpy(tensor).tolist() == [expected]


def test_block_floats_may_share_the_exponents_of_columns():
    """col_tilize: 16 elements of a column that differ in magnitude by rows keep their own exponents."""
    x = torch.tensor([[2.0**c * (1 + r / 32) for c in range(64)] for r in range(32)])
    turned = ttnn.from_torch(x, dtype=ttnn.bfloat8_b, col_tilize=True)
    assert list(turned.shape) == [64, 32]
    assert torch.equal(ttnn.to_torch(turned).T, x)
    assert not torch.equal(ttnn.to_torch(ttnn.from_torch(x, dtype=ttnn.bfloat8_b)), x)
    for wrong in ({"dtype": ttnn.bfloat16}, {"dtype": ttnn.bfloat8_b, "layout": ttnn.ROW_MAJOR_LAYOUT}):
        with pytest.raises(tilewright.HostError, match="col_tilize=True requires"):
            ttnn.from_torch(x, col_tilize=True, **wrong)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 2**16, 2**40])
def test_full_refuses_what_an_integer_type_does_not_have(device, value):
    for make in (
        lambda: ttnn.full((32, 32), value, ttnn.uint16, ttnn.TILE_LAYOUT, device),
        lambda: ttnn.full_like(ttnn.zeros((3, 5), ttnn.uint16), value),
    ):
        with pytest.raises(tilewright.HostError, match="does not fit UINT16") as refused:
            make()
        assert refused.value.code == "op-number"
    assert ttnn.to_numpy(ttnn.full((2,), 2**32 - 1, ttnn.uint32)).tolist() == [2**32 - 1] * 2


def test_arange_needs_whole_bounds_and_a_step():
    with pytest.raises(tilewright.HostError, match="Step must be nonzero"):
        ttnn.arange(0, 10, 0)
    for wrong, words in {
        (1.5,): "end = 1.5",
        (0, "3"): "end = '3'",
        (): "allowed: \\(end\\)",
        (1, 2, 3, 4): "allowed",
    }.items():
        with pytest.raises(TypeError, match=words):
            ttnn.arange(*wrong)
    assert ttnn.to_numpy(ttnn.arange(10, 0, -3, dtype=ttnn.int32)).tolist() == [10, 7, 4, 1]


def test_item_is_for_one_element():
    with pytest.raises(tilewright.HostError, match="exactly one element, but got 2 elements"):
        ttnn.ones((2,)).item()
