"""Turns golden .npz files into the flat files that the C++ tests read (tests/cpp/test_compute_golden.h).

python atoms_and_ops.py ops.npz ops.bin [--tile]      --tile keeps one 32x32 tile of every 64x64 array
python atoms_and_ops.py atoms_blackhole.npz atoms_blackhole.bin [--rows N]
"""

import argparse
import struct

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--tile", action="store_true")
    parser.add_argument("--rows", type=int)
    args = parser.parse_args()
    arrays = np.load(args.source)
    names = arrays.files
    with open(args.target, "wb") as out:
        out.write(b"TWG1" + struct.pack("<I", len(names)))
        for name in names:
            a = np.ascontiguousarray(arrays[name].astype(np.uint32))
            if args.tile and a.shape == (64, 64) and not name.startswith("matmul"):
                a = np.ascontiguousarray(a[:32, :32])
            if args.tile and name.startswith("packraw") and name.endswith("_o"):
                a = np.ascontiguousarray(a[:1])
            if args.rows and a.ndim == 2:
                a = np.ascontiguousarray(a[: args.rows])
            half = not np.any(a & 0xFFFF)
            text = name.encode()
            out.write(struct.pack("<I", len(text)) + text + struct.pack("<I", a.ndim))
            out.write(struct.pack(f"<{a.ndim}I", *a.shape) + struct.pack("<I", 2 if half else 4))
            out.write((a >> 16).astype(np.uint16).tobytes() if half else a.tobytes())


if __name__ == "__main__":
    main()
