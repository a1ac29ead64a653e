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

void reset_compute_state(ComputeState& s, const jit::ComputeOptions& options, Arch arch, Numerics numerics,
                         ComputeChecks checks) {
    s.src_a.filled = s.src_a.consumed = s.src_b.filled = s.src_b.consumed = 0;
    for (bool& fp16 : s.fp16_tiles) fp16 = false;
    s.committed = s.released = 0;
    s.acquired = s.waited = false;
    s.book = {};
    s.pack_book = {};
    s.relu_section = s.sums_section = {};
    s.bfp8_precise = options.bfp8_pack_precise;
    s.exact_matmul = numerics == Numerics::Exact;
    s.halves = options.dst_full_sync ? 1u : 2u;
    s.set_width(options.fp32_dest_acc);
    s.phases = phase_count(options.fidelity);
    s.arch = arch;
    for (uint32_t i = 0; i < 3; ++i) {
        s.config[i] = compute::ThreadConfig{};
        if (checks.config) s.config[i].rows = compute::config_rows(arch == Arch::Blackhole, i);
    }
    s.note_width();
    s.stale_poison = checks.poison;
    s.startup_missed = false;
    s.warned_bcast = s.warned_turn = s.warned_half_turn = s.told_nonfinite = false;
    s.told_line = 0;
    s.told_what = 0;
    for (uint8_t& made_by : s.made_by) made_by = 0;
    s.unpack_transpose = s.matmul_transpose = 0;
    s.one_for_both = nullptr;
    s.math_accumulate = false;
    s.src_a_format = DataFormat::Invalid;
    s.pack_relu = 0;
    s.relu_used = s.relu_kept = false;
    s.pack_relu_threshold = 0;
    s.pack_accumulate = false;
    s.pack_reduce_mask = 0xff;
    s.packed_masked = nullptr;
    s.random_state = 0;
    for (tw_sfpu_unit& unit : s.sfpu_units) reset_sfpu_unit(unit);
}

}  // namespace tw
