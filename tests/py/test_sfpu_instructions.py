"""Kernels that write out the vector unit's instructions, against models of the same in numpy."""

from __future__ import annotations

import numpy as np
import pytest

from test_sfpi_kernels import f32, run, samples

HEAD = '#include "ckernel.h"\n#include "lltt.h"\n'
CALL = "MATH((_llk_math_eltwise_unary_sfpu_params_(compute, 0, VectorMode::RC_custom)));"


def instructions(device, values, text, **options):
    body = f"inline void compute() {{ {text} }}"
    return run(
        device,
        values,
        f"}}\n{HEAD}namespace ckernel::sfpu {{\n{body}",
        call=CALL.replace("compute", "sfpu::compute"),
        **options,
    )


def lanes(tile, group, odd=0):
    """The 32 lanes of one access: four rows by eight columns of the upper left face."""
    return tile[..., 4 * group : 4 * group + 4, odd:16:2]


def test_multiply_add_over_a_tile(device):
    """A loop of load, multiply-add with a constant, store; the address moves on with the store."""
    x = samples()
    got = instructions(
        device,
        x,
        """
        addr_mod_t{.dest = {.incr = 2}}.set(ADDR_MOD_6);
        TTI_SFPLOADI(p_sfpu::LREG1, sfpi::SFPLOADI_MOD0_FLOATB, 0x3fc0);
        for (int i = 0; i < 32; i++) {
            TTI_SFPLOAD(p_sfpu::LREG0, InstrModLoadStore::DEFAULT, ADDR_MOD_3, 0);
            TTI_SFPMAD(p_sfpu::LREG0, p_sfpu::LREG1, p_sfpu::LCONST_1, p_sfpu::LREG0, 0);
            TTI_SFPNOP;
            TTI_SFPSTORE(p_sfpu::LREG0, InstrModLoadStore::DEFAULT, ADDR_MOD_2, 0);
        }
        """,
    )
    np.testing.assert_array_equal(got, f32(x * f32(1.5) + f32(1)))


def test_recorded_instructions_are_replayed(device):
    x = samples()
    got = instructions(
        device,
        x,
        """
        lltt::record<lltt::Exec>(4, 4);
        TTI_SFPLOAD(p_sfpu::LREG2, 0, ADDR_MOD_3, 0);
        TTI_SFPADD(p_sfpu::LCONST_1, p_sfpu::LREG2, p_sfpu::LREG2, p_sfpu::LREG2, 0);
        TTI_SFPSTORE(p_sfpu::LREG2, 0, ADDR_MOD_3, 0);
        TTI_INCRWC(0, 2, 0, 0);
        for (int i = 1; i < 32; i++) lltt::replay(4, 4);
        """,
    )
    np.testing.assert_array_equal(got, x + x)


def test_lanes_are_chosen_by_flags(device):
    """abs by negation where x < 0, and 1 elsewhere where it is 0."""
    x = samples(1)
    x[0, 0, :2] = 0
    got = instructions(
        device,
        x,
        """
        for (int i = 0; i < 32; i++) {
            TTI_SFPLOAD(p_sfpu::LREG0, 0, ADDR_MOD_3, 0);
            TTI_SFPSETCC(0, p_sfpu::LREG0, 0, sfpi::SFPSETCC_MOD1_LREG_LT0);
            TTI_SFPMOV(0, p_sfpu::LREG0, p_sfpu::LREG0, 1);
            TTI_SFPENCC(0, 0, 0, 0);
            TTI_SFPSETCC(0, p_sfpu::LREG0, 0, sfpi::SFPSETCC_MOD1_LREG_EQ0);
            TTI_SFPMOV(0, p_sfpu::LCONST_1, p_sfpu::LREG0, 0);
            TTI_SFPENCC(sfpi::SFPENCC_IMM12_BOTH, 0, 0, sfpi::SFPENCC_MOD1_EI_RI);
            TTI_SFPSTORE(p_sfpu::LREG0, 0, ADDR_MOD_3, 0);
            TTI_INCRWC(0, 2, 0, 0);
        }
        """,
    )
    np.testing.assert_array_equal(got, np.where(x == 0, 1, np.abs(x)))


def test_flags_nest(device):
    """2 where x > 1, 3 where 0 <= x <= 1, else 4: pushed, complemented and popped."""
    x = samples(1)
    got = instructions(
        device,
        x,
        """
        TTI_SFPLOADI(p_sfpu::LREG2, 0, 0x4000);
        TTI_SFPLOADI(p_sfpu::LREG3, 0, 0x4040);
        TTI_SFPLOADI(p_sfpu::LREG4, 0, 0x4080);
        for (int i = 0; i < 32; i++) {
            TTI_SFPLOAD(p_sfpu::LREG0, 0, ADDR_MOD_3, 0);
            TTI_SFPMAD(p_sfpu::LREG11, p_sfpu::LREG0, p_sfpu::LCONST_1, p_sfpu::LREG1, 0);
            TTI_SFPPUSHC(0, 0, 0, 0);
            TTI_SFPSETCC(0, p_sfpu::LREG0, 0, sfpi::SFPSETCC_MOD1_LREG_GTE0);
            TTI_SFPPUSHC(0, 0, 0, 0);
            TTI_SFPSETCC(0, p_sfpu::LREG1, 0, sfpi::SFPSETCC_MOD1_LREG_LT0);
            TTI_SFPMOV(0, p_sfpu::LREG2, p_sfpu::LREG5, 0);
            TTI_SFPCOMPC(0, 0, 0, 0);
            TTI_SFPMOV(0, p_sfpu::LREG3, p_sfpu::LREG5, 0);
            TTI_SFPPOPC(0, 0, 0, 0);
            TTI_SFPCOMPC(0, 0, 0, 0);
            TTI_SFPMOV(0, p_sfpu::LREG4, p_sfpu::LREG5, 0);
            TTI_SFPPOPC(0, 0, 0, 0);
            TTI_SFPSTORE(p_sfpu::LREG5, 0, ADDR_MOD_3, 0);
            TTI_INCRWC(0, 2, 0, 0);
        }
        """,
    )
    np.testing.assert_array_equal(got, np.where(x > 1, 2, np.where(x >= 0, 3, 4)))


def test_swaps_sort_and_indices_follow(device):
    """Four rows of lanes are sorted by a transpose and swaps; the indices in registers 4 to 7 go along."""
    x = samples(1)
    got = instructions(
        device,
        x,
        """
        TTI_SFPLOADI(p_sfpu::LREG0, sfpi::SFPLOADI_MOD0_USHORT, 4);
        TTI_SFPCONFIG(0, 15, 0);
        TTI_SFPLOAD(p_sfpu::LREG0, 0, ADDR_MOD_3, 0);
        TTI_SFPLOAD(p_sfpu::LREG1, 0, ADDR_MOD_3, 4);
        TTI_SFPLOAD(p_sfpu::LREG2, 0, ADDR_MOD_3, 8);
        TTI_SFPLOAD(p_sfpu::LREG3, 0, ADDR_MOD_3, 12);
        TTI_SFPLOADI(p_sfpu::LREG4, 0, 0x0000);
        TTI_SFPLOADI(p_sfpu::LREG5, 0, 0x3f80);
        TTI_SFPLOADI(p_sfpu::LREG6, 0, 0x4000);
        TTI_SFPLOADI(p_sfpu::LREG7, 0, 0x4040);
        TTI_SFPSWAP(0, p_sfpu::LREG0, p_sfpu::LREG1, p_sfpswap::ALL_ROWS_MAX);
        TTI_SFPSWAP(0, p_sfpu::LREG2, p_sfpu::LREG3, p_sfpswap::ALL_ROWS_MAX);
        TTI_SFPSWAP(0, p_sfpu::LREG0, p_sfpu::LREG2, p_sfpswap::ALL_ROWS_MAX);
        TTI_SFPSTORE(p_sfpu::LREG0, 0, ADDR_MOD_3, 0);
        TTI_SFPSTORE(p_sfpu::LREG4, 0, ADDR_MOD_3, 2);
        TTI_SFPLOADI(p_sfpu::LREG0, sfpi::SFPLOADI_MOD0_USHORT, 0);
        TTI_SFPCONFIG(0, 15, 0);
        """,
    )
    four = np.stack([lanes(x[0, 0], g) for g in range(4)])
    np.testing.assert_array_equal(lanes(got[0, 0], 0), four.max(0))
    np.testing.assert_array_equal(lanes(got[0, 0], 0, odd=1), four.argmax(0))


def test_transpose_and_shuffles(device):
    x = samples(1)
    got = instructions(
        device,
        x,
        """
        for (uint32_t r = 0; r < 4; r++) TT_SFPLOAD(r, 0, ADDR_MOD_3, 4 * r);
        TTI_SFPTRANSP(0, 0, 0, 0);
        TTI_SFPSTORE(p_sfpu::LREG1, 0, ADDR_MOD_3, 0);
        TTI_SFPSHFT2(0, p_sfpu::LREG1, p_sfpu::LREG1, sfpi::SFPSHFT2_MOD1_SUBVEC_SHFLROR1);
        TTI_SFPNOP;
        TTI_SFPSTORE(p_sfpu::LREG1, 0, ADDR_MOD_3, 4);
        """,
    )
    second_rows = np.stack([lanes(x[0, 0], g)[1] for g in range(4)])
    np.testing.assert_array_equal(lanes(got[0, 0], 0), second_rows)
    np.testing.assert_array_equal(lanes(got[0, 0], 1), np.roll(second_rows, 1, axis=1))


BITS = {
    "TTI_SFPAND(0, 1, 0, 0);": lambda w: w & 0x00FF00FF,
    "TTI_SFPOR(0, 1, 0, 0);": lambda w: w | 0x00FF00FF,
    "TTI_SFPXOR(0, 1, 0, 0);": lambda w: w ^ 0x00FF00FF,
    "TTI_SFPNOT(0, 0, 0, 0);": lambda w: ~w,
    "TTI_SFPSHFT(5, 0, 0, 1);": lambda w: w << 5,
    "TTI_SFPSHFT((-5) & 0xfff, 0, 0, 1);": lambda w: w >> 5,
    "TTI_SFPIADD(77, 0, 0, 5);": lambda w: w + 77,
    "TTI_SFPIADD((-77) & 0xfff, 0, 0, 5);": lambda w: w - 77,
    "TTI_SFPIADD(0, 1, 0, 6);": lambda w: 0x00FF00FF - w,
    "TTI_SFPEXEXP(0, 0, 0, 0);": lambda w: (w >> 23 & 255) - 127,
    "TTI_SFPEXMAN(0, 0, 0, 0);": lambda w: (w & 0x7FFFFF) | 0x800000,
    "TTI_SFPSETEXP(128, 0, 0, 1);": lambda w: (w & 0x807FFFFF) | 128 << 23,
    "TTI_SFPSETMAN(0x7ff, 0, 0, 1);": lambda w: (w & 0xFF800000) | 0x7FF << 11,
    "TTI_SFPSETSGN(1, 0, 0, 1);": lambda w: w | 0x80000000,
    "TTI_SFPDIVP2(3, 0, 0, 1);": lambda w: w + (3 << 23),
    "TTI_SFPABS(0, 0, 0, 1);": lambda w: w & 0x7FFFFFFF,
    "TTI_SFPLOADI(0, 8, 0x1234);": lambda w: (w & 0xFFFF) | 0x12340000,
    "TTI_SFPLOADI(0, 10, 0x1234);": lambda w: (w & 0xFFFF0000) | 0x1234,
    "TTI_SFPLOADI(0, 1, 0x3c00);": lambda w: w * 0 + 0x3F800000,
    "TTI_SFPLOADI(0, 4, 0xffff);": lambda w: w * 0 + 0xFFFFFFFF,
}


@pytest.mark.parametrize("instruction", list(BITS))
def test_bits(device, instruction):
    x = samples(1)
    got = instructions(
        device,
        x,
        f"""
        TTI_SFPLOADI(1, sfpi::SFPLOADI_MOD0_UPPER, 0x00ff);
        TTI_SFPLOADI(1, sfpi::SFPLOADI_MOD0_LOWER, 0x00ff);
        TTI_SFPLOAD(0, InstrModLoadStore::INT32, ADDR_MOD_3, 0);
        {instruction}
        TTI_SFPSTORE(0, InstrModLoadStore::INT32, ADDR_MOD_3, 0);
        """,
    )
    words = np.ascontiguousarray(lanes(x[0, 0], 0)).view(np.uint32).astype(np.int64)
    stored = np.ascontiguousarray(lanes(got[0, 0], 0)).view(np.uint32)
    np.testing.assert_array_equal(stored, (BITS[instruction](words) & 0xFFFFFFFF).astype(np.uint32))


@pytest.mark.parametrize(("mode", "low", "high"), [(2, 0, 255), (3, -127, 127), (6, 0, 65535), (7, -32767, 32767)])
def test_rounding_to_integers_and_back(device, mode, low, high):
    x = samples(1, -300, 300)
    got = instructions(
        device,
        x,
        f"""
        TTI_SFPLOAD(0, 0, ADDR_MOD_3, 0);
        TTI_SFP_STOCH_RND(0, 0, 0, 0, 0, {mode});
        TTI_SFPCAST(0, 0, 0);
        TTI_SFPSTORE(0, 0, ADDR_MOD_3, 0);
        """,
    )
    v = lanes(x[0, 0], 0)
    # Without a sign the magnitude is kept.
    rounded = np.copysign(np.floor(np.abs(v) + f32(0.5)), v if low < 0 else 1)
    np.testing.assert_array_equal(lanes(got[0, 0], 0), np.clip(rounded, low, high))
