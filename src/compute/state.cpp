#include "compute/registers.h"
#include "tile/eltwise.h"
#include "tw/abi_compute.h"

namespace tw {

void ComputeStateDeleter::operator()(ComputeState* state) const {
    delete state;
}

ComputeStatePtr make_compute_state() {
    return ComputeStatePtr(new ComputeState);
}

void reset_compute_state(ComputeState& s, const jit::ComputeOptions& options, Arch arch, Numerics numerics) {
    s.src_a.filled = s.src_a.consumed = s.src_b.filled = s.src_b.consumed = 0;
    for (bool& fp16 : s.fp16_tiles) fp16 = false;
    s.committed = s.released = 0;
    s.acquired = s.waited = false;
    s.bfp8_precise = options.bfp8_pack_precise;
    s.exact_matmul = numerics == Numerics::Exact;
    s.halves = options.dst_full_sync ? 1u : 2u;
    s.set_width(options.fp32_dest_acc);
    s.phases = phase_count(options.fidelity);
    s.arch = arch;
    s.unpack_init = s.math_init = TW_INIT_UNKNOWN;
    s.init_warnings = 0;
    s.warned_bcast = s.warned_turn = s.told_nonfinite = false;
    s.unpack_transpose = s.matmul_transpose = 0;
    s.math_accumulate = false;
    s.src_a_format = DataFormat::Invalid;
    s.pack_relu = 0;
    s.pack_relu_threshold = 0;
    s.pack_accumulate = false;
    s.pack_reduce_mask = 0xff;
    s.random_state = 0;
    for (tw_sfpu_unit& unit : s.sfpu_units) reset_sfpu_unit(unit);
}

}  // namespace tw
