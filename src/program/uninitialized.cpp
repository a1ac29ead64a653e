#include "program/uninitialized.h"

#include "core/core.h"
#include "core/push_watch.h"
#include "diagnose/explain.h"
#include "tensor/buffer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

namespace tw {
namespace {

// As float32 and as two bfloat16 they are numbers near one that differ; as integers they are large.
constexpr uint32_t kFirst = 0x3fb53fb5, kSecond = 0x3f9d3f9d;
// More than this is not kept: such a program is not run twice.
constexpr uint64_t kMostBytes = uint64_t{512} << 20;

void fill(uint8_t* to, uint64_t bytes, uint32_t pattern) {
    for (uint64_t at = 0; at + 4 <= bytes; at += 4) std::memcpy(to + at, &pattern, 4);
}

std::string gap_words(const std::optional<PushWatch::Gap>& gap) {
    if (!gap) return "";
    const std::string page =
        gap->pages == 1 ? "the page that is" : fmt::format("page {} of the {} that are", gap->page, gap->pages);
    if (gap->bytes == gap->page_bytes) return fmt::format("; {} pushed has nothing in it", page);
    return fmt::format("; in {} pushed, bytes {} to {} are not written", page, gap->offset, gap->offset + gap->bytes - 1);
}

}  // namespace

SecondRun::SecondRun(Device& device, const std::vector<Tensor>& io, std::span<const runtime::CoreLaunch> launches,
                     ledger::Launch& ledger)
    : device_(device), launches_(launches), ledger_(ledger) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < io.size(); ++i) {
        ledger::Tensor* t = ledger.in_call(i);
        if (!t || t->place != i) continue;
        bytes += io[i].buffer()->size();
        kept_.push_back({.tensor = io[i], .entry = t});
    }
    if (bytes > kMostBytes) kept_.clear();
    if (!is_possible()) return;
    for (Kept& k : kept_) {
        if (k.entry->had_data) {
            k.before.resize(k.tensor.buffer()->size());
            k.tensor.buffer()->read(k.before);
        } else {
            sources_.push_back({.tensor = k.entry});
        }
    }
    uint64_t cbs = 0;
    for (const runtime::CoreLaunch& launch : launches)
        for (const runtime::CbPlacement& cb : launch.cbs)
            if (!ledger.find(ledger::Memory::L1, cb.address)) cbs |= uint64_t{1} << cb.index;
    for (int cb = 0; cb < TW_MAX_CBS; ++cb)
        if (cbs >> cb & 1) sources_.push_back({.cb = cb});
    lay_all(kFirst);
}

bool SecondRun::is_possible() const {
    return !kept_.empty() && std::ranges::none_of(launches_, [](const auto& launch) { return !launch.remote_cbs.empty(); });
}

void SecondRun::lay(const Source& source, uint32_t pattern) const {
    if (const ledger::Tensor* t = source.tensor) {
        const bool dram = t->allocation->memory == ledger::Memory::Dram;
        for (uint32_t bank = 0; bank < t->banks; ++bank)
            if (t->allocation->is_on(bank))
                fill((dram ? device_.dram(bank) : device_.l1(device_.l1_bank_core(bank))) + t->begin, t->end - t->begin,
                     pattern);
        return;
    }
    for (const runtime::CoreLaunch& launch : launches_)
        for (const runtime::CbPlacement& cb : launch.cbs)
            if (cb.index == source.cb && !ledger_.find(ledger::Memory::L1, cb.address))
                fill(device_.l1(launch.core) + cb.address, cb.size, pattern);
}

void SecondRun::lay_all(uint32_t pattern) const {
    for (const Source& source : sources_) lay(source, pattern);
}

void SecondRun::restore() const {
    for (const Kept& k : kept_)
        if (!k.before.empty()) k.tensor.buffer()->write(k.before);
}

std::vector<uint8_t> SecondRun::elements_of(const Tensor& tensor) const {
    const HostType type = natural_host_type(tensor.dtype());
    std::vector<uint8_t> elements(tensor.logical_volume() * size_of(type));
    tensor.read(elements.data(), type);
    return elements;
}

std::optional<SecondRun::Difference> SecondRun::run_and_compare(const std::function<void()>& again,
                                                                const Source* other) const {
    restore();
    lay_all(other ? kFirst : kSecond);
    if (other) lay(*other, other->cb == -1 && !other->tensor ? kFirst : kSecond);
    again();
    std::vector<uint8_t> packed;
    for (const Kept& k : kept_) {
        if (!k.compared) continue;
        packed.resize(k.after.size());
        k.tensor.buffer()->read(packed);
        if (packed == k.after) continue;  // most often, and elements need not be taken out of their tiles
        const std::vector<uint8_t> now = elements_of(k.tensor);
        k.tensor.buffer()->write(k.after);
        const std::vector<uint8_t> first = elements_of(k.tensor);
        const auto [at, unused] = std::ranges::mismatch(first, now);
        if (at == first.end()) continue;
        const auto byte = static_cast<uint64_t>(at - first.begin());
        return Difference{&k, byte / size_of(natural_host_type(k.tensor.dtype()))};
    }
    return std::nullopt;
}

std::optional<Diagnostic> SecondRun::compare(const std::function<void()>& again) {
    // State that is neither a tensor of the call nor set anew by a launch would be another one the second time.
    for (const auto memory : {ledger::Memory::Dram, ledger::Memory::L1})
        for (const ledger::Tensor& t : ledger_.tensors(memory))
            if (t.place == ledger::kNone && t.first_write.who) return std::nullopt;
    if (!is_possible() || sources_.empty()) return std::nullopt;
    for (Kept& k : kept_) {
        const ledger::Tensor& t = *k.entry;
        if (!t.first_write.who && !t.pinned) continue;
        k.after.resize(k.tensor.buffer()->size());
        k.tensor.buffer()->read(k.after);
        // A page that nobody wrote has been told of.
        const bool whole = std::ranges::find(t.writer, 0) == t.writer.end();
        k.compared = whole || t.had_data;
    }
    std::optional<Diagnostic> found;
    if (const auto difference = run_and_compare(again, nullptr)) {
        const Source nothing;
        // A program whose result is another one each time depends on the order of its cores.
        if (!run_and_compare(again, &nothing)) {
            const Source* culprit = nullptr;
            watch_pushes(kSecond);
            for (const Source& source : sources_) {
                if (!run_and_compare(again, &source)) continue;
                culprit = &source;
                break;
            }
            stop_watching_pushes();
            found = words(*difference, culprit);
        }
    }
    restore();
    for (const Kept& k : kept_)
        if (!k.after.empty()) k.tensor.buffer()->write(k.after);
    return found;
}

// Where what was not written should have been: the transfer that left it out, or else the push of the page; in a buffer
// that is never pushed the last store or transfer; before the tensor was read; else where the result was written.
std::vector<ledger::Access> SecondRun::places_of(const Kept& result, const Source* source) const {
    std::vector<ledger::Access> out;
    const auto add = [&](const PushWatch::Place& p) {
        if (p.who) out.push_back({p.who, p.site});
    };
    const auto add_buffer = [&](int cb) {
        const auto i = static_cast<size_t>(cb);
        if (const auto& gap = push_watch.gaps[i]) {
            add(gap->fill);
            add(gap->push);
        } else {
            add(push_watch.last[i].who || !push_watch.stored[i].who ? push_watch.landed[i] : push_watch.stored[i]);
            add(push_watch.last[i]);
        }
    };
    if (source && source->cb >= 0) add_buffer(source->cb);
    if (source && source->tensor) {
        if (source->tensor->first_read.who) return {source->tensor->first_read};
        for (const runtime::CoreLaunch& launch : launches_)
            for (const runtime::CbPlacement& cb : launch.cbs)
                if (out.empty() && ledger_.find(ledger::Memory::L1, cb.address) == source->tensor) add_buffer(cb.index);
    }
    if (out.empty() && result.entry->first_write.who) out.push_back(result.entry->first_write);
    return out;
}

Diagnostic SecondRun::words(const Difference& difference, const Source* source) const {
    const Kept& k = *difference.kept;
    const Shape& shape = k.tensor.logical_shape();
    std::vector<uint64_t> index(shape.rank());
    uint64_t left = difference.element;
    for (size_t i = index.size(); i-- > 0; left /= shape[static_cast<int>(i)]) index[i] = left % shape[static_cast<int>(i)];
    Diagnostic d;
    d.category = Category::KernelError;
    d.code = "uninitialized";
    d.what = fmt::format("element [{}] of {} depends on bytes{} that nobody has written", fmt::join(index, ", "),
                         ledger_.name_of(*k.entry), source && source->cb >= 0 ? fmt::format(" of CB {}", source->cb) : "");
    for (const ledger::Access& at : places_of(k, source)) {
        std::vector<Finding> known{{.problem = problem_at(at.who, at.site, ProblemKind::Custom)}};
        diagnose::find_lines(known);  // a store through a pointer is known by its code
        const std::string place = diagnose::place(known.front().problem);
        d.at.push_back(d.at.empty() ? place : "pushed at " + place);
    }
    if (d.at.empty()) d.at.push_back(fmt::format("generic_op, io_tensors[{}]", k.entry->place));
    const std::string where = !source          ? "in several places at once"
                              : source->tensor ? fmt::format("in {}", ledger_.name_of(*source->tensor))
                                               : fmt::format("in CB {}", source->cb);
    d.why = fmt::format(
        "a second run that differed from the first in what lay {} before, and in nothing else, gave another "
        "value",
        where);
    if (source && source->cb >= 0) d.why += gap_words(push_watch.gaps[static_cast<size_t>(source->cb)]);
    d.fix = source && source->tensor
                ? "write the tensor before it is read, or pass the address of the one that is meant"
                : "fill each page of the buffer before it is pushed, the part of a tile that no row of the "
                  "tensor fills included; a page_size larger than what is written to a page is such a part, too";
    return d;
}

}  // namespace tw
