// Whether a program's results depend on bytes that nobody has written: circular buffers' memory before the first push, new
// tensors.
//
// Following each byte through the arithmetic would tell of much that never reaches a result: padding, rows that a mask
// takes out. So the program is run a second time from the same state, with other bytes where nobody had written, and only
// what comes out is compared, logical elements alone. What differs is traced by further runs, each with the other bytes in
// one place only. All of this is for the check `uninitialized` (level full); it costs a second run, more only if there is a
// finding.
#pragma once

#include "base/error.h"
#include "ledger/launch.h"
#include "runtime/launch.h"
#include "tensor/tensor.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tw {

class SecondRun {
public:
    // Before the first run: keeps what the call's tensors hold, and lays the first pattern.
    SecondRun(Device&, const std::vector<Tensor>& io, std::span<const runtime::CoreLaunch>, ledger::Launch& of_first_run);

    // After it. `again` runs the program with a ledger that is thrown away. The results of the first run stay.
    std::optional<Diagnostic> compare(const std::function<void()>& again);

private:
    struct Source {  // memory that nobody has written
        int cb = -1;
        const ledger::Tensor* tensor = nullptr;
    };
    struct Kept {
        Tensor tensor;
        ledger::Tensor* entry = nullptr;
        std::vector<uint8_t> before;  // packed pages; empty: it had no data
        std::vector<uint8_t> after;   // likewise, by the first run
        bool compared = false;
    };
    struct Difference {
        const Kept* kept = nullptr;
        uint64_t element = 0;
    };

    bool is_possible() const;
    void lay(const Source&, uint32_t pattern) const;
    void lay_all(uint32_t pattern) const;
    void restore() const;
    std::optional<Difference> run_and_compare(const std::function<void()>& again, const Source* other) const;
    std::vector<uint8_t> elements_of(const Tensor&) const;
    std::vector<ledger::Access> places_of(const Kept& result, const Source*) const;
    Diagnostic words(const Difference&, const Source*) const;

    Device& device_;
    std::span<const runtime::CoreLaunch> launches_;
    ledger::Launch& ledger_;
    std::vector<Kept> kept_;
    std::vector<Source> sources_;
};

}  // namespace tw
