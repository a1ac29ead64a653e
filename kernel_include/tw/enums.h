// Enumerations that both data-movement and compute kernels name: data formats, and the pool, reduce and broadcast kinds
// that host defines such as REDUCE_OP expand to. Values as on silicon (docs/upstream-api.md K7).
#pragma once

#include <cstdint>

enum class DataFormat : std::uint8_t {
#define TW_DATA_FORMAT(name, code) name = code,
#include "tw/data_formats.def"
#undef TW_DATA_FORMAT
};

constexpr bool is_uint32_format(DataFormat f) {
    return f == DataFormat::UInt32;
}
constexpr bool is_bfp8_b_format(DataFormat f) {
    return f == DataFormat::Bfp8_b;
}
constexpr bool is_bfp4_b_format(DataFormat f) {
    return f == DataFormat::Bfp4_b;
}

namespace ckernel {

enum class VectorMode : std::uint8_t { None = 0, R = 1, C = 2, RC = 4, RC_custom = 6, Invalid = 255 };
enum class ReduceDim : std::uint8_t { REDUCE_ROW, REDUCE_COL, REDUCE_SCALAR };
enum class PoolType : std::uint8_t { SUM, AVG, MAX, MIN };
enum class DataCopyType : std::uint8_t { A2D, B2D };
enum class EltwiseBinaryType : std::uint8_t { ELWMUL, ELWDIV, ELWADD, ELWSUB, ELWLESS };
enum class EltwiseBinaryReuseDestType { NONE = 0, DEST_TO_SRCA = 1, DEST_TO_SRCB = 2 };
enum class DstSync : std::uint8_t { SyncHalf = 0, SyncFull = 1 };
enum class BroadcastType : std::uint8_t { NONE = 0, COL = 1, ROW = 2, SCALAR = 3 };
enum class Transpose : std::uint8_t { None = 0, IntraFace = 1, InterFace = 2, Both = 3 };
enum class MathFidelity : std::uint8_t { LoFi = 0, HiFi2 = 2, HiFi3 = 3, HiFi4 = 4 };

// The compute threads as mailbox partners.
enum ThreadId { UnpackThreadId = 0, MathThreadId = 1, PackThreadId = 2, BriscThreadId = 3 };

}  // namespace ckernel

// Kernels write these names with and without the namespace.
using ckernel::BroadcastType;
using ckernel::DstSync;
using ckernel::EltwiseBinaryReuseDestType;
using ckernel::EltwiseBinaryType;
using ckernel::MathFidelity;
using ckernel::PoolType;
using ckernel::ReduceDim;
using ckernel::VectorMode;
