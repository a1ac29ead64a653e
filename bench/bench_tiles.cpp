// Tiles between L1 and registers beside memcpy of the same bytes, and products of tiles. "bytes_per_second" counts the
// bytes of the tiles in L1, once, as memcpy's does.
#include "tile/matmul.h"
#include "tile/pack.h"
#include "tile/unpack.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

namespace tw::bench {
namespace {

// A working set like that of a core's circular buffers: 64 tiles, from a multiple of 64 bytes on as an allocator of L1
// gives them.
constexpr uint32_t kTiles = 64;

struct L1 {
    explicit L1(DataFormat format) : bytes(tile_bytes(format, {})), data(size_t{kTiles} * bytes / 64 + 1) {
        uint32_t seed = 1;
        for (Line& line : data) {
            for (uint8_t& b : line.bytes) b = static_cast<uint8_t>((seed = seed * 1664525u + 1013904223u) >> 24 & 0x3fu);
        }
    }
    uint8_t* tile(uint32_t i) { return data.data()->bytes + size_t{i} * bytes; }
    struct alignas(64) Line {
        uint8_t bytes[64];
    };
    uint32_t bytes;
    std::vector<Line> data;
};

struct Words {
    alignas(64) uint32_t data[kTileWords];
    Words() {
        for (uint32_t i = 0; i < kTileWords; ++i) data[i] = 0x3f800000u + (i * 40503u % 65536u << 8) + (i << 31);
    }
};

void count_bytes(benchmark::State& state, const L1& l1) {
    state.SetBytesProcessed(state.iterations() * kTiles * l1.bytes);
}

void copy_memory(benchmark::State& state) {
    L1 from(DataFormat::Float16_b), to(DataFormat::Float16_b);
    for (auto _ : state) {
        for (uint32_t i = 0; i < kTiles; ++i) std::memcpy(to.tile(i), from.tile(i), from.bytes);
        benchmark::ClobberMemory();
    }
    count_bytes(state, from);
}
BENCHMARK(copy_memory);

template <DataFormat kFormat>
void unpack(benchmark::State& state) {
    L1 l1(kFormat);
    Words words;
    for (uint32_t i = 0; i < kTiles; ++i) pack_tile(words.data, kFormat, {}, {}, l1.tile(i));
    for (auto _ : state) {
        for (uint32_t i = 0; i < kTiles; ++i) unpack_tile(l1.tile(i), kFormat, {}, SrcPrecision::Bf16, words.data);
        benchmark::ClobberMemory();
    }
    count_bytes(state, l1);
}
BENCHMARK(unpack<DataFormat::Float16_b>)->Name("unpack_bf16");
BENCHMARK(unpack<DataFormat::UInt16>)->Name("unpack_uint16");
BENCHMARK(unpack<DataFormat::Float32>)->Name("unpack_float32");
BENCHMARK(unpack<DataFormat::Bfp8_b>)->Name("unpack_bfp8");
BENCHMARK(unpack<DataFormat::Bfp4_b>)->Name("unpack_bfp4");

template <DataFormat kFormat>
void pack(benchmark::State& state) {
    L1 l1(kFormat);
    Words words;
    for (auto _ : state) {
        for (uint32_t i = 0; i < kTiles; ++i) pack_tile(words.data, kFormat, {}, {}, l1.tile(i));
        benchmark::ClobberMemory();
    }
    count_bytes(state, l1);
}
BENCHMARK(pack<DataFormat::Float16_b>)->Name("pack_bf16");
BENCHMARK(pack<DataFormat::UInt16>)->Name("pack_uint16");
BENCHMARK(pack<DataFormat::Float32>)->Name("pack_float32");
BENCHMARK(pack<DataFormat::Bfp8_b>)->Name("pack_bfp8");
BENCHMARK(pack<DataFormat::Bfp4_b>)->Name("pack_bfp4");

// A block row of eight tiles, two faces at a time, as the tilizing unpacker and the untilizing packer go over it.
template <bool kToTiles>
void rows_and_tiles(benchmark::State& state) {
    L1 l1(DataFormat::Float16_b);
    Words words;
    constexpr uint32_t kWide = 8, kStride = kWide * 64;
    for (auto _ : state) {
        for (uint32_t i = 0; i < kTiles; ++i) {
            uint8_t* first = l1.tile(i / kWide * kWide) + i % kWide * 64;
            for (uint32_t half = 0; half < 2; ++half) {
                uint8_t* at = first + half * kFaceRows * kStride;
                uint32_t* faces = words.data + half * 2 * kFaceWords;
                if (kToTiles) {
                    unpack_rows(at, kStride, DataFormat::Float16_b, kFaceRows, 2, SrcPrecision::Bf16, faces);
                } else {
                    pack_rows(faces, DataFormat::Float16_b, kFaceRows, 2, kStride, {}, at);
                }
            }
        }
        benchmark::ClobberMemory();
    }
    count_bytes(state, l1);
}
BENCHMARK(rows_and_tiles<true>)->Name("tilize_bf16");
BENCHMARK(rows_and_tiles<false>)->Name("untilize_bf16");

// arg: fidelity phases (1 LoFi .. 4 HiFi4).
template <bool kExact, bool kFp32>
void matmul(benchmark::State& state) {
    Words a, b, dst;
    for (auto* w : {&a, &b}) {
        for (uint32_t& v : w->data) v &= 0xffff0000u;
    }
    const MatmulMode mode{.dst = kFp32 ? DstKind::Fp32 : DstKind::Bf16, .phases = static_cast<uint32_t>(state.range(0))};
    for (auto _ : state) {
        std::memset(dst.data, 0, sizeof dst.data);
        for (int k = 0; k < 16; ++k) (kExact ? matmul_exact : matmul_fast)(a.data, {}, b.data, {}, dst.data, mode);
        benchmark::ClobberMemory();
    }
    state.counters["FLOP/s"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * 16 * 2 * 32 * 32 * 32, benchmark::Counter::kIsRate);
}
BENCHMARK(matmul<false, false>)->Name("matmul_tiles_fast")->DenseRange(1, 4);
BENCHMARK(matmul<false, true>)->Name("matmul_tiles_fast_fp32")->DenseRange(1, 4);
BENCHMARK(matmul<true, false>)->Name("matmul_tiles_exact")->DenseRange(1, 4);
BENCHMARK(matmul<true, true>)->Name("matmul_tiles_exact_fp32")->DenseRange(1, 4);

}  // namespace
}  // namespace tw::bench
