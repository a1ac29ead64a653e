#include "program/stale_addresses.h"

#include "program/kernel_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace tw {
namespace {

// The words that stand at an index of all lists of a kernel are one, or none.
std::optional<uint32_t> word_of(const KernelDescriptor& kernel, bool common, uint32_t index) {
    if (common)
        return index < kernel.common_runtime_args.size() ? std::optional(kernel.common_runtime_args[index]) : std::nullopt;
    std::optional<uint32_t> word;
    for (const auto& [core, args] : kernel.runtime_args) {
        if (index >= args.size()) continue;
        if (word && *word != args[index]) return std::nullopt;
        word = args[index];
    }
    return word;
}

uint32_t longest(const KernelDescriptor& kernel) {
    size_t most = 0;
    for (const auto& [core, args] : kernel.runtime_args) most = std::max(most, args.size());
    return static_cast<uint32_t>(most);
}

}  // namespace

void StaleAddresses::note(const ProgramDescriptor& program, const std::vector<Tensor>& io) {
    std::vector<uint64_t> addresses;
    for (const Tensor& t : io) addresses.push_back(t.buffer()->address());
    if (addresses == noted_) return;
    noted_ = std::move(addresses);
    holders_.clear();
    for (uint32_t k = 0; k < program.kernels.size(); ++k) {
        const KernelDescriptor& kernel = program.kernels[k];
        for (const bool common : {false, true}) {
            const auto count = common ? static_cast<uint32_t>(kernel.common_runtime_args.size()) : longest(kernel);
            for (uint32_t i = 0; i < count; ++i) {
                const std::optional<uint32_t> word = word_of(kernel, common, i);
                if (!word) continue;
                for (uint32_t place = 0; place < io.size(); ++place) {
                    if (io[place].buffer()->address() != *word) continue;
                    holders_.push_back({k, i, place, common, *word});
                    break;
                }
            }
        }
    }
}

std::vector<Diagnostic> StaleAddresses::find(const ProgramDescriptor& program, const std::vector<Tensor>& io) const {
    std::vector<Diagnostic> out;
    for (const Holder& h : holders_) {
        if (h.kernel >= program.kernels.size() || h.place >= io.size()) continue;
        const KernelDescriptor& kernel = program.kernels[h.kernel];
        const uint64_t now = io[h.place].buffer()->address();
        if (now == h.address || word_of(kernel, h.common, h.index) != h.address) continue;
        const auto other = std::ranges::find_if(io, [&](const Tensor& t) { return t.buffer()->address() == h.address; });
        Diagnostic d;
        d.category = Category::KernelError;
        d.code = "stale-address";
        d.what = fmt::format("{} arg {} of {} still is the address that io_tensors[{}] had in an earlier call ({:#x})",
                             h.common ? "common" : "runtime", h.index, kernel_name(program, kernel), h.place, h.address);
        d.at = {fmt::format("kernel {}", kernel_name(program, kernel))};
        d.why = other == io.end()
                    ? fmt::format(
                          "io_tensors[{}] is at {:#x} in this call: the kernel goes to another tensor, or to memory "
                          "that was freed",
                          h.place, now)
                    : fmt::format("io_tensors[{}] is at {:#x} in this call, and at the old address is io_tensors[{}]",
                                  h.place, now, other - io.begin());
        d.fix = "write buffer_address() of this call's tensors into the descriptor before each call, or make it anew";
        out.push_back(std::move(d));
    }
    return out;
}

bool shows_wrong_address(const Diagnostic& d) {
    static constexpr std::array<std::string_view, 11> kCodes = {
        "accessor-wrong-base", "accessor-wrong-page", "input-not-read", "noc-foreign-memory",
        "noc-left-page",       "noc-past-page",       "noc-past-shard", "output-not-written",
        "page-out-of-range",   "tensor-not-in-call",  "wrote-input"};
    return std::ranges::find(kCodes, d.code) != kCodes.end();
}

}  // namespace tw
