"""Opening devices and asking them things (docs/upstream-api.md H1)."""

from __future__ import annotations

import pytest
import ttnn


def test_open_device_takes_keywords_only():
    with pytest.raises(TypeError):
        ttnn.open_device(0)
    with pytest.raises(RuntimeError, match=r"Device index 3 out of range. There are 1 devices available."):
        ttnn.open_device(device_id=3)


def test_closing_twice_is_silent_and_frees_tensors():
    d = ttnn.CreateDevice(0)
    t = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, d)
    ttnn.close_device(d)
    ttnn.close_device(d)
    assert not t.is_allocated()
    assert t.shape == [32, 32]
    with pytest.raises(RuntimeError, match="Tensor is not allocated"):
        t.buffer_address()


def test_device_and_mesh_device_are_one_class(device):
    assert ttnn.Device is ttnn.MeshDevice
    assert isinstance(device, ttnn.Device)
    assert repr(device) == "MeshDevice(1x1 grid, 1 devices)"
    assert device.shape == ttnn.MeshShape(1, 1)
    assert device.get_device_ids() == [0]
    assert device.get_devices() == [device]


def test_wormhole_has_eight_by_eight_workers_with_fast_dispatch(device):
    assert device.arch().name == "WORMHOLE_B0"
    assert device.compute_with_storage_grid_size() == (8, 8)
    assert (device.core_grid.x, device.core_grid.y) == (8, 8)
    assert device.dram_grid_size() == (12, 1)
    assert device.worker_core_from_logical_core(ttnn.CoreCoord(1, 2)) == (19, 20)
    assert device.logical_core_from_worker_core((19, 20)) == (1, 2)
    with pytest.raises(RuntimeError, match=r"No core coordinate found at location: \(20, 20, TENSIX, LOGICAL\)"):
        device.worker_core_from_logical_core((20, 20))


def test_slow_dispatch_gives_the_full_grid(monkeypatch):
    monkeypatch.setenv("TT_METAL_SLOW_DISPATCH_MODE", "1")
    d = ttnn.open_device(device_id=0)
    assert d.compute_with_storage_grid_size() == (8, 9)
    ttnn.close_device(d)


def test_blackhole_by_the_environment(monkeypatch):
    monkeypatch.setenv("ARCH_NAME", "blackhole")
    monkeypatch.delenv("TILEWRIGHT_CHIP", raising=False)
    assert ttnn.get_arch_name() == "blackhole"
    assert ttnn.get_dram_alignment() == 64
    d = ttnn.open_device(device_id=0)
    assert d.compute_with_storage_grid_size() == (13, 10)
    assert d.worker_core_from_logical_core((7, 0)) == (10, 2)
    ttnn.close_device(d)


def test_memory_view_counts_what_is_allocated(device):
    before = ttnn.device.get_memory_view(device, ttnn.BufferType.DRAM).total_bytes_allocated_per_bank
    t = ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device)
    after = ttnn.device.get_memory_view(device, ttnn.BufferType.DRAM)
    assert after.total_bytes_allocated_per_bank == before + 2048
    assert after.num_banks == 12
    assert ttnn.device.get_allocator_base_address(device, ttnn.BufferType.DRAM) == t.buffer_address() == 1048640


def test_a_mesh_of_several_devices_is_refused_with_the_number_there_is():
    with pytest.raises(RuntimeError, match="There are 1 devices available"):
        ttnn.open_mesh_device(ttnn.MeshShape(2, 4))
    mesh = ttnn.open_mesh_device()
    assert mesh.get_num_devices() == 1
    ttnn.close_mesh_device(mesh)


def test_default_device_is_remembered(device):
    assert ttnn.GetDefaultDevice() is device
    ttnn.SetDefaultDevice(None)
    assert ttnn.GetDefaultDevice() is None


def test_global_semaphore_takes_one_word_at_one_address(device):
    on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (3, 3))])
    s = ttnn.create_global_semaphore(device, on, 7)
    assert ttnn.get_global_semaphore_address(s) == 1499136 - 32
    ttnn.reset_global_semaphore_value(s, 3)
    with pytest.raises(RuntimeError, match="CoreRangeSet must have at least one core"):
        ttnn.create_global_semaphore(device, ttnn.CoreRangeSet([]), 0)
