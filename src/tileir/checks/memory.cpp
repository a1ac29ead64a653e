// Circular buffers fit into L1.
#include "tileir/check.h"
#include "tileir/cpp_text.h"

#include <fmt/format.h>

namespace tw::tileir {
Size l1_bytes(const Program& program) {
    Size sum;
    for (const Cb& cb : program.cbs) {
        if (!cb.over.empty()) continue;
        sum = sum +
              cb.pages * (cb.page_elements ? *cb.page_elements * element_bytes(cb.format) : Size(tile_bytes(cb.format)));
    }
    return sum;
}

void check_memory(const Program& program, const Bindings& sizes, int64_t bytes, Findings& findings) {
    const Size wanted = l1_bytes(program);
    const auto value = wanted.value(program.bind(sizes));
    if (value && *value > bytes) {
        findings.add(Check::Memory, nullptr,
                     fmt::format("circular buffers take {} = {} bytes, of {} that there are", wanted.str(), *value, bytes));
    }
}

}  // namespace tw::tileir
