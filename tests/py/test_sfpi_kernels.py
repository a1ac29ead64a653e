"""Kernels with SFPU code of their own against scalar models in numpy's float32: every operation is one IEEE operation."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

from tile_programs import EXAMPLES, TileProgram, like

KERNEL = """
#include "api/compute/common.h"
#include "api/compute/compute_kernel_api.h"
#include "api/compute/tile_move_copy.h"
#ifdef TRISC_MATH
#include "sfpi.h"
namespace ckernel::sfpu {
BODY
}
#endif
void kernel_main() {
    const uint32_t count = get_arg_val<uint32_t>(0);
    compute_kernel_hw_startup(0, 16);
    copy_init(0);
    INIT
    for (uint32_t i = 0; i < count; ++i) {
        cb_wait_front(0, 1);
        cb_reserve_back(16, 1);
        tile_regs_acquire();
        copy_tile(0, 0, 0);
        CALL
        tile_regs_commit();
        tile_regs_wait();
        pack_tile(0, 16);
        tile_regs_release();
        cb_pop_front(0, 1);
        cb_push_back(16, 1);
    }
}
"""
CALL = "MATH((SFPU_UNARY_CALL(DST_SYNC_MODE, DST_ACCUM_MODE, compute, (8), 0, VectorMode::RC)));"
EACH = """
template <int ITERATIONS>
inline void compute() {
    for (int d = 0; d < ITERATIONS; d++) {
        sfpi::vFloat x = sfpi::dst_reg[0];
        %s
        sfpi::dst_reg[0] = y;
        sfpi::dst_reg++;
    }
}
"""


def f32(x):
    return np.asarray(x, np.float32)


def run(device, values, body, call=CALL, init="", fp32=True, dtype=ttnn.float32, expect_dtype=None):
    x = ttnn.from_numpy(f32(values), dtype=dtype, layout=ttnn.TILE_LAYOUT, device=device)
    y = like(x)
    program = TileProgram([x, y])
    program.cb(0, x.dtype)
    program.cb(16, y.dtype)
    program.kernel(
        EXAMPLES / "read_tiles.cpp", ttnn.ReaderConfigDescriptor(), lambda f, n: [x.buffer_address(), f, n], (x,)
    )
    program.kernel(
        EXAMPLES / "write_tiles.cpp", ttnn.WriterConfigDescriptor(), lambda f, n: [y.buffer_address(), f, n], (y,)
    )
    text = KERNEL.replace("BODY", body).replace("CALL", call).replace("INIT", init)
    program.kernel(text, ttnn.ComputeConfigDescriptor(fp32_dest_acc_en=fp32), lambda f, n: [n])
    return np.asarray(ttnn.to_numpy(program.run())).astype(np.float32)


def samples(tiles=2, low=-4.0, high=4.0, seed=0):
    """Values that bf16 holds: they reach DST unchanged."""
    values = np.random.default_rng(seed).uniform(low, high, size=(1, tiles, 32, 32)).astype(np.float32)
    return (values.view(np.uint32) & 0xFFFF0000).view(np.float32)


def test_polynomial(device):
    x = samples()
    y = run(device, x, EACH % "sfpi::vFloat y = ((x * 0.25f + 0.5f) * x - 1.75f) * x + 3.0f;")
    expected = ((x * f32(0.25) + f32(0.5)) * x - f32(1.75)) * x + f32(3.0)
    np.testing.assert_array_equal(y, expected)


def test_nested_conditions(device):
    x = samples()
    body = (
        EACH
        % """
        sfpi::vFloat y = x;
        v_if(x < -1.0f) {
            y = -x;
            v_if(y > 3.0f) { y = 3.0f; }
            v_elseif(y > 2.0f) { y += 0.5f; }
            v_else { y *= 2.0f; }
            v_endif;
        }
        v_elseif(x >= 0.0f && x < 2.0f) {
            sfpi::vInt e = sfpi::exexp(x);
            v_if(e < -1) { y = 0.125f; }
            v_endif;
            v_block {
                v_and(e == 0);
                y = y + 10.0f;
                v_and(x > 1.5f);
                y = y + 100.0f;
            }
            v_endblock;
        }
        v_else { y = x * x; }
        v_endif;
    """
    )
    e = np.frexp(x)[1] - 1
    y = -x
    first = np.where(y > 3, 3, np.where(y > 2, y + f32(0.5), y * 2))
    second = np.where((e < -1) | (x == 0), f32(0.125), x)
    second = np.where(e == 0, second + 10, second)
    second = np.where((e == 0) & (x > 1.5), second + 100, second)
    expected = np.where(x < -1, first, np.where((x >= 0) & (x < 2), second, x * x))
    np.testing.assert_array_equal(run(device, x, body), f32(expected))


def test_lookup_table_of_six_segments(device):
    x = samples(high=6, low=-6)
    slopes = [0.9755859375, 0.66015625, 0.36328125, 0.171875, 0.05078125, 0.0]
    offsets = [0.0, 0.14453125, 0.44140625, 0.728515625, 0.91015625, 1.0]
    words = []
    for values in (slopes, offsets):
        bits = np.asarray(values, np.float16).view(np.uint16)
        words += [int(bits[i]) | int(bits[i + 1]) << 16 for i in (0, 2, 4)]
    table = ", ".join(f"{w}u" for w in words)
    y = run(
        device,
        x,
        EACH % f"sfpi::vUInt t[6] = {{{table}}}; sfpi::vFloat y = sfpi::lut2(x, t[0], t[1], t[2], t[3], t[4], t[5]);",
    )
    segment = np.searchsorted([0.5, 1.0, 1.5, 2.0, 3.0], np.abs(x), side="right")
    expected = f32(slopes)[segment] * np.abs(x) + f32(offsets)[segment]
    np.testing.assert_array_equal(y, np.copysign(expected, x))


def test_lookup_table_of_bytes(device):
    x = samples(high=3, low=-3)
    # (1 + m / 16) / 2^e: 0x1c = 0.875, 0x30 = 0.125, 0x92 = -0.5625, 0xff = 0
    body = "sfpi::vFloat y = sfpi::lut(x, sfpi::vUInt(0x1cff), sfpi::vUInt(0x301c), sfpi::vUInt(0xff92));"
    a = np.abs(x)
    expected = np.where(a < 1, f32(0.875) * a, np.where(a < 2, f32(0.125) * a + f32(0.875), f32(-0.5625)))
    np.testing.assert_array_equal(run(device, x, EACH % body), np.copysign(expected, x))


def test_lanes_are_where_silicon_has_them(device):
    """Lane l of access i: row 4 (i / 2) + l / 8, column 2 (l % 8) + i % 2 of a face (docs/hardware.md 2.6)."""
    body = """
    template <int N>
    inline void compute(uint32_t& access) {
        for (int d = 0; d < N; d++) {
            sfpi::vInt lane = sfpi::vInt(sfpi::vConstTileId) >> 1;
            sfpi::vSMag id = sfpi::convert<sfpi::vSMag>(lane + access * 32);
            sfpi::dst_reg[0] = sfpi::convert<sfpi::vFloat>(id, sfpi::RoundMode::Nearest);
            sfpi::dst_reg++;
            access++;
        }
    }
    """
    call = "MATH((access = 0, _llk_math_eltwise_unary_sfpu_params_(ckernel::sfpu::compute<8>, 0, VectorMode::RC, access)));"
    y = run(device, np.zeros((1, 1, 32, 32)), body, call, init="uint32_t access = 0;")
    expected = np.zeros((32, 32))
    for face in range(4):
        for i in range(8):
            for lane in range(32):
                row, column = 4 * (i // 2) + lane // 8, 2 * (lane % 8) + i % 2
                expected[face // 2 * 16 + row, face % 2 * 16 + column] = (face * 8 + i) * 32 + lane
    np.testing.assert_array_equal(y[0, 0], expected)


@pytest.mark.parametrize(("mode", "faces"), [("R", (0, 1)), ("C", (0, 2)), ("RC", (0, 1, 2, 3)), ("None", (0,))])
def test_vector_modes_choose_faces(device, mode, faces):
    x = samples(1)
    call = f"MATH((_llk_math_eltwise_unary_sfpu_params_(ckernel::sfpu::compute<8>, 0, VectorMode::{mode})));"
    y = run(device, x, EACH % "sfpi::vFloat y = x + 1.0f;", call)
    expected = x.copy()
    for face in faces:
        part = np.s_[0, 0, face // 2 * 16 : face // 2 * 16 + 16, face % 2 * 16 : face % 2 * 16 + 16]
        expected[part] = x[part] + 1
    np.testing.assert_array_equal(y, expected)


def test_fields_of_floats(device):
    x = samples(1)
    body = (
        EACH
        % """
        sfpi::vInt e = sfpi::exexp(x, sfpi::ExponentMode::Biased);
        sfpi::vInt m = sfpi::exman9(x);
        sfpi::vFloat y = sfpi::setexp(sfpi::setman(sfpi::vFloat(1.0f), m), e);
        y = sfpi::setsgn(y, sfpi::reinterpret<sfpi::vInt>(x));
        v_if(y != x) { y = 1000.0f; }
        v_endif;
        y = sfpi::addexp(y, 3) + sfpi::abs(x);
    """
    )
    np.testing.assert_array_equal(run(device, x, body), x * 8 + np.abs(x))


def test_integers_and_shifts(device):
    x = samples(1, low=-1000, high=1000)
    body = (
        EACH
        % """
        sfpi::vInt n = sfpi::convert<sfpi::vInt>(sfpi::vSMag(sfpi::convert<sfpi::vSMag16>(x, sfpi::RoundMode::Nearest).get()));
        sfpi::vUInt u = sfpi::reinterpret<sfpi::vUInt>(n);
        sfpi::vInt r = (n + 7) - ((n & 15) ^ 3);
        r += sfpi::reinterpret<sfpi::vInt>(sfpi::shft(u, -28));
        r |= 1;
        v_if(n < 0) { r -= 5; }
        v_endif;
        sfpi::vFloat y = sfpi::int32_to_float(sfpi::reinterpret<sfpi::vInt>(sfpi::convert<sfpi::vSMag>(r)));
    """
    )
    n = np.trunc(np.abs(x) + 0.5) * np.sign(x)
    n = n.astype(np.int32)
    r = (n + 7) - ((n & 15) ^ 3)
    r = r + (n.view(np.uint32) >> 28).astype(np.int32)
    r = np.where(n < 0, (r | 1) - 5, r | 1)
    np.testing.assert_array_equal(run(device, x, body), r.astype(np.float32))


def test_neighbours_in_a_row(device):
    body = """
    template <int N>
    inline void compute() {
        for (int d = 0; d < N; d++) {
            sfpi::vFloat x = sfpi::dst_reg[0];
            sfpi::dst_reg[0] = sfpi::subvec_shflror1(x) - sfpi::subvec_shflshr1(x);
            sfpi::dst_reg++;
        }
    }
    """
    x = samples(1)
    y = run(device, x, body)
    expected = np.zeros_like(x)
    # Eight columns of one parity form a row of lanes; only the first differs: the last one has come round to it.
    for face_column in (0, 16):
        for parity in (0, 1):
            expected[..., face_column + parity] = x[..., face_column + 14 + parity]
    np.testing.assert_array_equal(y, expected)


def test_a_16_bit_dst_cuts_what_is_stored(device):
    x = samples(1)
    for text, expected in (
        ("sfpi::vFloat y = x * 1.01f;", lambda v: (v.view(np.uint32) & 0xFFFF0000).view(np.float32)),
        (
            "sfpi::vFloat y = sfpi::convert<sfpi::vFloat16b>(x * 1.01f, sfpi::RoundMode::Nearest);",
            lambda v: ((v.view(np.uint32) + 0x8000) & 0xFFFF0000).view(np.float32),
        ),
    ):
        y = run(device, x, EACH % text, fp32=False, dtype=ttnn.bfloat16)
        np.testing.assert_array_equal(y, expected(x * f32(1.01)))


def test_constants_and_registers_last_between_calls(device):
    body = (
        """
    inline void setup() {
        sfpi::vConstFloatPrgm0 = 2.5f;
        sfpi::l_reg[sfpi::LRegs::LReg3] = sfpi::vFloat(0.25f);
    }
    """
        + EACH
        % """
        sfpi::vFloat slope = sfpi::l_reg[sfpi::LRegs::LReg3];
        sfpi::vFloat y = x * sfpi::vConstFloatPrgm0 + slope * sfpi::vConst1 + sfpi::vConstNeg1;
    """
    )
    x = samples(3)
    y = run(device, x, body, init="MATH((sfpu::setup()));")
    np.testing.assert_array_equal(y, x * f32(2.5) + f32(0.25) + f32(-1))


def test_sorting_lanes(device):
    x = samples(2)
    body = """
    template <int N>
    inline void compute() {
        for (int d = 0; d < N; d++) {
            sfpi::vFloat low = sfpi::dst_reg[0], high = -low;
            sfpi::vec_min_max(low, high);
            sfpi::dst_reg[0] = sfpi::clamp(low + high * 3.0f, -5.0f, 5.0f);
            sfpi::dst_reg++;
        }
    }
    """
    a = np.abs(x)
    np.testing.assert_array_equal(run(device, x, body), np.clip(-a + a * 3, -5, 5))


def test_a_tile_outside_of_dst_is_refused(device):
    with pytest.raises(RuntimeError, match="DST tile"):
        run(device, samples(1), EACH % "sfpi::vFloat y = sfpi::dst_reg[32 * 9];")
