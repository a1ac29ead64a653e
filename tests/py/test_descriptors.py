"""Descriptors: construction, live members, older spellings (docs/upstream-api.md H8, H13)."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

from helpers import NOTHING, ONE_CORE, SOURCE, cb, cores, kernel


def program(**fields):
    return ttnn.ProgramDescriptor(**{"kernels": [kernel()], "cbs": [cb()], "semaphores": [], **fields})


# ---------------------------------------------------------------- live members


def test_edits_through_getters_reach_the_descriptor():
    p = program()
    p.cbs[0].total_size = 4096
    p.cbs[0].format_descriptors[0].page_size = 1024
    p.kernels[0].compile_time_args.append(4)
    p.kernels[0].common_runtime_args.extend([1, 2])
    p.kernels[0].runtime_args[0][0] = [5]
    p.kernels[0].runtime_args[0][0].append(6)
    p.kernels[0].config = ttnn.ComputeConfigDescriptor()
    p.kernels[0].config.math_fidelity = ttnn.MathFidelity.LoFi
    assert p.cbs[0].total_size == 4096
    assert p.cbs[0].format_descriptors[0].page_size == 1024
    assert p.kernels[0].compile_time_args == [4]
    assert p.kernels[0].common_runtime_args == [1, 2]
    assert p.kernels[0].runtime_args[0][0] == [5, 6]
    assert p.kernels[0].config.math_fidelity == ttnn.MathFidelity.LoFi


def test_appending_to_lists_is_not_lost():
    p = program()
    p.kernels.append(kernel())
    p.semaphores.append(ttnn.SemaphoreDescriptor(id=0, core_ranges=ONE_CORE, initial_value=0))
    p.cbs[0].format_descriptors.append(ttnn.CBFormatDescriptor(1, ttnn.float32, 1024))
    p.kernels[0].defines.append(("A", "1"))
    assert (len(p.kernels), len(p.semaphores), len(p.cbs[0].format_descriptors)) == (2, 1, 2)
    assert p.kernels[0].defines == [("A", "1")]


@pytest.mark.parametrize("wrong", [[None], [1], "kernels", None, [ttnn.CBDescriptor()]])
def test_lists_take_only_their_own_elements(wrong):
    p = program()
    with pytest.raises(TypeError):
        ttnn.ProgramDescriptor(kernels=wrong)
    with pytest.raises(TypeError):
        p.kernels = wrong
    with pytest.raises(TypeError):
        p.kernels.extend(wrong)
    with pytest.raises(TypeError):
        ttnn.merge_program_descriptors(wrong)
    assert len(p.kernels) == 1


def test_an_element_outlives_its_list():
    p = program(kernels=[kernel(compile_time_args=[i]) for i in range(3)])
    k, words = p.kernels[1], p.kernels[2].compile_time_args
    p.kernels = []
    for _ in range(100):
        p.kernels.append(kernel())
    assert k.compile_time_args == [1]
    assert words == [2]


def test_a_program_copies_its_kernels():
    k = kernel(compile_time_args=[1])
    p = program(kernels=[k])
    k.compile_time_args.append(2)
    assert p.kernels[0].compile_time_args == [1]


def test_an_old_config_cannot_be_written_into_a_new_one():
    k = kernel(config=ttnn.ComputeConfigDescriptor())
    old = k.config
    k.config = ttnn.DataMovementConfigDescriptor(processor=ttnn.DataMovementProcessor.RISCV_1)
    old.fp32_dest_acc_en = True
    assert k.config.processor == ttnn.DataMovementProcessor.RISCV_1


@pytest.mark.parametrize(
    "thing",
    [
        ttnn.ProgramDescriptor(),
        ttnn.CBDescriptor(),
        ttnn.KernelDescriptor(),
        ttnn.SemaphoreDescriptor(),
        ttnn.TileDescriptor(),
    ],
)
def test_unknown_attributes_are_refused(thing):
    with pytest.raises(AttributeError):
        thing.no_such_field = 1


@pytest.mark.parametrize(
    "cls",
    [
        ttnn.ProgramDescriptor,
        ttnn.CBDescriptor,
        ttnn.KernelDescriptor,
        ttnn.CBFormatDescriptor,
        ttnn.ComputeConfigDescriptor,
    ],
)
def test_unknown_keywords_are_type_errors(cls):
    with pytest.raises(TypeError, match="incompatible function arguments"):
        cls(no_such_keyword=1)


# ---------------------------------------------------------------- kernels


@pytest.mark.parametrize(
    "args", [[1, 2], (1, 2), np.array([1, 2]), np.array([1, 2], np.uint32), [np.int64(1), 2], [True, 2]]
)
def test_compile_time_args_take_any_integers(args):
    assert kernel(compile_time_args=args).compile_time_args == [1, 2]


@pytest.mark.parametrize("args", [[-1], [2**32], [1.0], ["1"], "1", [None], np.array([1.5]), {1: 2}, {1}])
def test_compile_time_args_refuse_the_rest(args):
    with pytest.raises(TypeError, match="incompatible function arguments"):
        kernel(compile_time_args=args)


@pytest.mark.parametrize("defines", [{"A": "1"}, [("A", 1)], ["A"], [("A",)]])
def test_defines_are_pairs_of_strings(defines):
    with pytest.raises(TypeError):
        kernel(defines=defines)


def test_named_compile_time_args_are_no_dict():
    assert kernel(named_compile_time_args=[("a", 1)]).named_compile_time_args == [("a", 1)]
    with pytest.raises(TypeError):
        kernel(named_compile_time_args={"a": 1})


def test_source_type_is_reached_by_every_path():
    import ttnn._ttnn.program_descriptor as inner

    assert inner.SourceType is ttnn.KernelDescriptor.SourceType
    assert inner.KernelDescriptor is ttnn.KernelDescriptor
    assert ttnn._ttnn.program_descriptor.SourceType.SOURCE_CODE == SOURCE
    assert ttnn.KernelDescriptor(
        kernel_source="a.cpp", core_ranges=ONE_CORE, config=ttnn.ReaderConfigDescriptor()
    ).source_type == (ttnn.KernelDescriptor.SourceType.FILE_PATH)


def test_core_ranges_must_be_a_set():
    with pytest.raises(TypeError):
        kernel(on=ttnn.CoreRange((0, 0), (1, 1)))
    with pytest.raises(TypeError):
        kernel(on=[ttnn.CoreCoord(0, 0)])


def test_older_config_names_are_aliases():
    assert ttnn.ReaderConfig is ttnn.ReaderConfigDescriptor
    assert ttnn.WriterConfig is ttnn.WriterConfigDescriptor
    assert ttnn.ComputeConfig is ttnn.ComputeConfigDescriptor
    assert ttnn.DataMovementConfig is ttnn.DataMovementConfigDescriptor


def test_compute_config_defaults():
    c = ttnn.ComputeConfigDescriptor()
    assert c.math_fidelity == ttnn.MathFidelity.HiFi4
    assert not (c.math_approx_mode or c.fp32_dest_acc_en or c.dst_full_sync_en or c.bfp8_pack_precise)
    assert list(c.unpack_to_dest_mode) == []
    c.unpack_to_dest_mode = [ttnn.UnpackToDestMode.Default] * 32
    assert len(c.unpack_to_dest_mode) == 32


def test_noc_names_are_aliases():
    assert ttnn.NOC.RISCV_0_default == ttnn.NOC.NOC_0
    assert ttnn.NOC.RISCV_1_default == ttnn.NOC.NOC_1


# ---------------------------------------------------------------- runtime args


def test_runtime_args_grow_anywhere_and_are_live():
    rt = ttnn.RuntimeArgs()
    rt[5][7] = [1, 2]
    rt[0][0] = np.array([3])
    words = rt[5][7]
    words.append(4)
    rt[5].extend(7, [5, 6])
    assert rt[5][7] == [1, 2, 4, 5, 6]
    assert len(rt) == 2
    assert [(core.x, core.y, list(v)) for core, v in rt] == [(5, 7, [1, 2, 4, 5, 6]), (0, 0, [3])]
    with pytest.raises(IndexError, match=r"No runtime args found for CoreCoord\(1, 1\)"):
        _ = rt[1][1]


def test_replacing_a_list_keeps_holders_in_step():
    rt = ttnn.RuntimeArgs()
    rt[0][0] = [1]
    words = rt[0][0]
    rt[0][0] = [2, 3]
    assert words == [2, 3]
    rt.clear()
    words.append(4)
    assert words == [2, 3, 4]
    assert len(rt) == 0


@pytest.mark.parametrize(
    "given",
    [
        [(ttnn.CoreCoord(0, 1), [7])],
        [((0, 1), [7])],
        [[ttnn.CoreCoord(0, 1), [7]]],
        [[[], [7]]],
    ],
)
def test_runtime_args_come_in_four_shapes(given):
    k = kernel(runtime_args=given)
    assert k.runtime_args[0][1] == [7]
    assert len(k.runtime_args) == 1


def test_nested_lists_are_columns_of_rows():
    k = kernel(runtime_args=[[[1, 2], [3]], [[], [4]]])
    assert [(c.x, c.y, list(v)) for c, v in k.runtime_args] == [(0, 0, [1, 2]), (0, 1, [3]), (1, 1, [4])]


def test_kernel_runtime_args_iterate_to_an_end():
    rt = ttnn.RuntimeArgs()
    rt[0][0] = [1]
    assert len(list(kernel(runtime_args=rt).runtime_args)) == 1


@pytest.mark.parametrize("bad", [[-1], [2**32], [1.5], "x", [None]])
def test_runtime_args_refuse_what_is_no_word(bad):
    rt = ttnn.RuntimeArgs()
    with pytest.raises(TypeError):
        rt[0][0] = bad
    with pytest.raises(TypeError):
        rt.append(ttnn.CoreCoord(0, 0), bad)
    with pytest.raises(TypeError):
        rt[-1]


def test_vector_of_words_is_like_a_list():
    v = ttnn.VectorUInt32([3, 1, 2])
    assert (len(v), v[-1], v[:2], list(v), v.count(1), 3 in v) == (3, 2, [3, 1], [3, 1, 2], 1, True)
    v.insert(0, 9)
    assert v.pop() == 2
    v.remove(3)
    assert v == [9, 1]
    assert repr(v) == "ttnn._ttnn.program_descriptor.VectorUInt32([9, 1])"
    with pytest.raises(IndexError):
        _ = v[5]
    with pytest.raises(TypeError):
        v.append(-1)


def test_append_runtime_args_pads_to_the_longest():
    a = kernel(on=cores(0, 0, 1, 0))
    b = kernel(on=cores(0, 0, 1, 0), runtime_args=[((0, 0), [1, 2]), ((1, 0), [3])])
    a.append_runtime_args_from(b)
    assert (a.runtime_args[0][0], a.runtime_args[1][0]) == ([1, 2], [3, 0])
    a.extend_runtime_args_uniform([9])
    assert a.runtime_args[1][0] == [3, 0, 9]
    with pytest.raises(RuntimeError, match="Cannot append a kernel's runtime args from itself"):
        a.append_runtime_args_from(a)


# ---------------------------------------------------------------- circular buffers, semaphores, programs


def test_cb_format_takes_either_kind_of_format():
    for given in (ttnn.bfloat16, ttnn.DataFormat.Float16_b):
        f = ttnn.CBFormatDescriptor(buffer_index=3, data_format=given, page_size=2048)
        assert f.data_format == ttnn.DataFormat.Float16_b
        assert f.data_format_as_uint8 == 5
    for wrong in (-1, 256, 300):
        with pytest.raises(TypeError):
            ttnn.CBFormatDescriptor(buffer_index=wrong, data_format=ttnn.bfloat16, page_size=2048)


def test_num_pages_is_compared_with_the_total_size():
    f = ttnn.CBFormatDescriptor(buffer_index=0, data_format=ttnn.bfloat16, page_size=2048, num_pages=2)
    ttnn.CBDescriptor(total_size=4096, core_ranges=ONE_CORE, format_descriptors=[f])
    with pytest.warns(UserWarning, match="num_pages"):
        ttnn.CBDescriptor(total_size=2048, core_ranges=ONE_CORE, format_descriptors=[f])


def test_tile_and_face_geometry_of_a_format():
    f = ttnn.CBFormatDescriptor(0, ttnn.bfloat16, 512, ttnn.TileDescriptor(16, 32))
    f.tile.height = 8
    assert f.tile == ttnn.TileDescriptor(8, 32)
    f.tile = ttnn.Tile([4, 32])
    assert f.tile.height == 4
    f.tile = None
    assert f.tile is None
    f.face_geometry = ttnn.FaceGeometry(8, 2)
    assert f.face_geometry.face_r_dim == 8
    for bad, message in (
        ((0, 4), "face_r_dim must be > 0"),
        ((17, 4), "<= FACE_HEIGHT"),
        ((16, 0), "num_faces must be > 0"),
    ):
        with pytest.raises(RuntimeError, match=message):
            ttnn.FaceGeometry(*bad)


def test_semaphore_needs_its_id_and_value():
    s = ttnn.SemaphoreDescriptor(id=3, core_ranges=ONE_CORE, initial_value=9)
    assert (s.id, s.initial_value, s.core_type) == (3, 9, ttnn.CoreType.WORKER)
    with pytest.raises(AttributeError):
        s.id = 4
    with pytest.raises(TypeError):
        ttnn.SemaphoreDescriptor(core_ranges=ONE_CORE, initial_value=0)
    with pytest.raises(TypeError):
        ttnn.SemaphoreDescriptor(0, ONE_CORE, 0)


def test_cb_of_a_sharded_tensor_is_its_memory(device):
    config = ttnn.create_sharded_memory_config((128, 64), ttnn.CoreGrid(x=4, y=1), ttnn.ShardStrategy.HEIGHT)
    t = ttnn.zeros((128, 64), ttnn.bfloat16, ttnn.TILE_LAYOUT, device, config)
    c = ttnn.cb_descriptor_from_sharded_tensor(2, t)
    assert (c.total_size, c.buffer_address(), c.has_buffer()) == (4096, t.buffer_address(), True)
    assert c.core_ranges == config.shard_spec.grid
    assert c.format_descriptors[0].page_size == 2048
    assert (
        ttnn.get_cb_address(ttnn.cb_descriptor_from_sharded_tensor(2, t, address_offset=2048)) == t.buffer_address() + 2048
    )
    with pytest.raises(RuntimeError, match="Address offset \\+ total size exceeds buffer size"):
        ttnn.cb_descriptor_from_sharded_tensor(2, t, total_size=8192)
    with pytest.raises(RuntimeError, match="Tensor must be sharded to automatically create a CBDescriptor"):
        ttnn.cb_descriptor_from_sharded_tensor(0, ttnn.zeros((32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device))
    plain = cb()
    assert plain.buffer_address() is None
    plain.set_buffer_from_tensor(t)
    assert plain.buffer_address() == t.buffer_address()


def test_merging_programs_concatenates_and_refuses_shared_cores():
    a = program(kernels=[kernel(on=cores(0, 0, 0, 0))])
    b = program(kernels=[kernel(on=cores(1, 0, 1, 0))])
    a.custom_program_hash = 5
    m = ttnn.merge_program_descriptors([a, b])
    assert (len(m.kernels), len(m.cbs), m.custom_program_hash) == (2, 2, None)
    assert len(ttnn.merge_program_descriptors([]).kernels) == 0
    with pytest.raises(RuntimeError, match="overlapping kernel core ranges between descriptor 0 and 1"):
        ttnn.merge_program_descriptors([a, a])


def test_the_hash_sees_structure_and_not_values():
    h = ttnn.compute_program_descriptor_hash

    def one(**fields):
        return h(program(kernels=[kernel(runtime_args=[((0, 0), [1])], **fields)]))

    base = one()
    assert base == one()
    assert base == h(program(kernels=[kernel(runtime_args=[((0, 0), [2])])]))
    assert base != one(compile_time_args=[1])
    assert base != one(defines=[("A", "1")])
    assert base != h(program(kernels=[kernel(NOTHING + " ", runtime_args=[((0, 0), [1])])]))
    assert base != h(program(kernels=[kernel(runtime_args=[((0, 0), [1])])], cbs=[cb(total=4096)]))
    p = program()
    p.custom_program_hash = 77
    assert h(p) == 77


def test_mesh_program_descriptor_appends():
    d = ttnn.MeshProgramDescriptor()
    r = ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(0, 0), ttnn.MeshCoordinate(0, 0))
    d[r] = program()
    assert r in d
    assert len(list(d)) == 1
    assert len(d[r].kernels) == 1
    with pytest.raises(RuntimeError, match="MeshCoordinateRange not found in MeshProgramDescriptor"):
        _ = d[ttnn.MeshCoordinateRange(ttnn.MeshCoordinate(1, 0), ttnn.MeshCoordinate(1, 0))]
