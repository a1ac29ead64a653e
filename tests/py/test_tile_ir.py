"""Tile programs end to end: what their kernels compute on the device is what the program means in float64."""

from __future__ import annotations

import numpy as np
import pytest
import ttnn

import tile_ir
from tilewright import _core

# Rows of x are divided by their length: a fold, a broadcast, functions in between; a row of tiles is kept for the second pass.
TEXT = """op scale_rows {
  param slope: f32 rt
  sym B: host
  sym H: host
  sym W: host
  sym Ht = ceil(H, 32): host
  sym Wt = ceil(W, 32): ct
  sym hl = H - 32 * Ht + 32: host
  sym wl = W - 32 * Wt + 32: host
  tensor x: in bf16 tile [B, Ht, Wt] last hl, wl pad any, 0
  tensor y: out f32 tile [B, Ht, Wt] last hl, wl
  cb x: bf16 [2 * Wt]
  cb one: bf16 [1]
  cb squares: f32 [Wt]
  cb scale: f32 [2]
  cb y: f32 [2]
  push one[1] as w {
    fill w[0] by scaler(1, 32, 32)
  }
  hold one[1] as o {
    unit u in B * Ht {
      push x[Wt] as w {
        for i in 0..Wt {
          w[i] <- x[Wt * u + i]
        }
      }
      take x[Wt] as X {
        push squares[Wt] as Q {
          for i in 0..Wt {
            regs(1) {
              d[0] = copy X[i]
              d[0] = square d[0]
              pack d[0] -> Q[i]
            }
          }
        }
        take squares[Wt] as Q {
          push scale[1] as S {
            regs(1) {
              for i in 0..Wt {
                d[0] += reduce.sum.row Q[i], o[0]
              }
              d[0] = add_imm d[0], 1
              d[0] = rsqrt d[0]
              pack d[0] -> S[0]
            }
          }
        }
        take scale[1] as S {
          for i in 0..Wt {
            push y[1] as Y {
              regs(1) {
                d[0] = mul X[i], S[0] bcast col
                d[0] = leaky_relu d[0], slope
                pack d[0] -> Y[0]
              }
            }
            take y[1] as w {
              y[Wt * u + i] <- w[0]
            }
          }
        }
      }
    }
  }
}
"""


def expected(x: np.ndarray, slope: float) -> np.ndarray:
    y = x / np.sqrt((x * x).sum(-1, keepdims=True) + 1)
    return np.where(y >= 0, y, y * slope)


# One tile; fewer units than cores; two groups of cores; more than two units on a core; widths off 32; several tiles wide.
SHAPES = [(1, 32, 32), (3, 47, 47), (2, 64, 130), (67, 32, 33), (149, 1, 40), (5, 1000, 15)]


@pytest.mark.parametrize("shape", SHAPES)
def test_kernels_compute_what_the_program_means(device, shape):
    sizes = dict(zip("BHW", shape, strict=True))
    assert _core.check_tile_program(TEXT, [sizes], registers=4) == []
    x = np.random.default_rng(1).normal(size=shape)
    t = ttnn.from_numpy(x.astype(np.float32), dtype=ttnn.bfloat16, layout=ttnn.TILE_LAYOUT, device=device)
    x = np.asarray(ttnn.to_numpy(t)).astype(np.float64)  # as bfloat16 has it
    y = ttnn.allocate_tensor_on_device(ttnn.Shape(shape), ttnn.float32, ttnn.TILE_LAYOUT, device, ttnn.DRAM_MEMORY_CONFIG)
    for slope in (0.25, 3.0):  # a second call of the cached program, too
        meant, findings = _core.evaluate_tile_program(
            TEXT, sizes, {"slope": slope}, {"x": tile_ir.pages_of(x, 0)}, registers=4
        )
        assert findings == []
        np.testing.assert_allclose(tile_ir.array_of(meant["y"], shape), expected(x, slope), rtol=1e-12)
        tile_ir.run(TEXT, sizes, {"slope": slope}, {"x": t, "y": y}, ["x"], "y", fp32_dest_acc_en=True)
        got = np.asarray(ttnn.to_numpy(y)).astype(np.float64)
        np.testing.assert_allclose(got, expected(x, slope), rtol=2e-2, atol=2e-3)


def test_a_program_that_is_wrong_is_told_before_it_is_written():
    sizes = {"B": 1, "H": 32, "W": 47}
    found = _core.check_tile_program(TEXT.replace(" pad any, 0", ""), [sizes], registers=4)
    assert [(check, statement) for check, _, statement, _ in found] == [("padding", "d[0] += reduce.sum.row Q[i], o[0]")]
    found = _core.check_tile_program(TEXT, [sizes], registers=4, l1_bytes=10_000)
    assert [check for check, *_ in found] == ["memory"]
