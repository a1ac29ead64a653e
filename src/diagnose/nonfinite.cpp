// The first NaN or infinity of a core (--checks nonfinite).
#include "diagnose/explain.h"
#include "tw/abi_compute.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

namespace tw::diagnose {
namespace {

// The numbers of Math records (compute/*.cpp).
std::string operation_name(uint64_t op) {
    static constexpr const char* kSfpu[] = {
#define TW_SFPU(name) #name,
#include "tw/sfpu.def"
#undef TW_SFPU
    };
    if (op >= 32) return op - 32 < TW_SFPU_COUNT ? kSfpu[op - 32] : "the kernel's own vector code";
    if (op >= 24) return "a reduction";
    if (op == 16) return "a product of matrices";
    if (op == 0) return "a copy";
    const uint64_t binary = op - 1;
    return binary == TW_ELWMUL ? "a multiplication" : binary == TW_ELWSUB ? "a subtraction" : "an addition";
}

const Rule first(ProblemKind::Nonfinite, "nonfinite", [](const Problem& p, Diagnostic& d) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(p.d));
    const char* name = std::isnan(value) ? "NaN" : value < 0 ? "-inf" : "inf";
    const uint64_t index = p.c, face = index / 256;
    const uint64_t row = face / 2 * 16 + index % 256 / 16, column = face % 2 * 16 + index % 16;
    if (p.what.empty()) {
        d.what = fmt::format("{} gives the first {} of this core: DST tile {}, element [{}][{}]", operation_name(p.a), name,
                             p.b, row, column);
        d.why = "all that the core unpacked up to here was finite";
    } else {
        d.what = fmt::format("tile {} of CB {} has the first {} of this core when it is unpacked: element [{}][{}]", p.b,
                             p.a, name, row, column);
        d.why = "it was in the data already";
    }
    d.fix = "look at the operands there; an infinity that is meant (a maximum's start) is told of, too";
});

}  // namespace
}  // namespace tw::diagnose
