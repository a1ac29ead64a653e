#include "program/address_audit.h"

#include "core/core.h"
#include "cpp_text/lexer.h"
#include "diagnose/explain.h"
#include "jit/source_tree.h"
#include "tensor/buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tw {
namespace {

// As float32 and as two bfloat16 a number near one; as an integer it is large.
constexpr uint32_t kOther = 0x3fab3fab;
// More than this is not kept: such a program is not audited.
constexpr uint64_t kMostAuditedBytes = uint64_t{512} << 20;

// Buffer::read and write note that somebody has put data there; this is to leave no trace.
template <class F>
void each_page(const Buffer& buffer, std::vector<uint8_t>& packed, F copy) {
    packed.resize(buffer.size());
    PageCursor cursor = buffer.cursor();
    for (uint64_t page = 0; page < buffer.num_pages(); ++page, cursor.next())
        copy(cursor.pointer(), packed.data() + page * buffer.page_size());
}

std::vector<uint8_t> contents(const Buffer& buffer) {
    std::vector<uint8_t> packed;
    each_page(buffer, packed, [&](uint8_t* there, uint8_t* here) { std::memcpy(here, there, buffer.page_size()); });
    return packed;
}

void put(const Buffer& buffer, std::vector<uint8_t>& packed) {
    each_page(buffer, packed, [&](uint8_t* there, uint8_t* here) { std::memcpy(there, here, buffer.page_size()); });
}

void fill(const Buffer& buffer) {
    std::vector<uint8_t> packed(buffer.size());
    for (size_t at = 0; at + 4 <= packed.size(); at += 4) std::memcpy(packed.data() + at, &kOther, 4);
    put(buffer, packed);
}

std::vector<uint8_t> elements_of(const Tensor& tensor) {
    const HostType type = natural_host_type(tensor.dtype());
    std::vector<uint8_t> elements(tensor.logical_volume() * size_of(type));
    tensor.read(elements.data(), type);
    return elements;
}

ledger::Memory memory_of(const Buffer& buffer) {
    return buffer.is_dram() ? ledger::Memory::Dram : ledger::Memory::L1;
}

// 0x100040, 1048640u, 1'048'640; nothing where it is no whole number.
std::optional<uint64_t> value_of(std::string_view spelling) {
    std::string digits;
    for (const char c : spelling)
        if (c != '\'') digits += c;
    int base = 10;
    std::string_view rest = digits;
    if (rest.starts_with("0x") || rest.starts_with("0X")) base = 16, rest.remove_prefix(2);
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
    if (error != std::errc() || end == rest.data()) return std::nullopt;
    const std::string_view suffix(end, static_cast<size_t>(rest.data() + rest.size() - end));
    if (suffix.find_first_not_of("uUlL") != std::string_view::npos) return std::nullopt;
    return value;
}

// The line, counted from 1, in which the number stands; 0: in none.
int line_of_number(std::string_view text, uint64_t number) {
    const cpp_text::TokenList list = cpp_text::tokenize(text, 0, text.size());
    for (const cpp_text::Token& token : list.tokens) {
        const std::string_view spelling = text.substr(token.begin, token.end - token.begin);
        if (token.kind == cpp_text::TokenKind::Number && value_of(spelling) == number)
            return cpp_text::Lines(text).at(token.begin).line;
        if (token.kind != cpp_text::TokenKind::Directive) continue;
        const cpp_text::TokenList body = cpp_text::tokenize(text, token.begin, token.end, true);
        for (const cpp_text::Token& word : body.tokens)
            if (word.kind == cpp_text::TokenKind::Number &&
                value_of(text.substr(word.begin, word.end - word.begin)) == number)
                return cpp_text::Lines(text).at(word.begin).line;
    }
    return 0;
}

}  // namespace

AddressAudit::AddressAudit(Device& device, const std::vector<Tensor>& io, const ProgramDescriptor& program)
    : device_(device), io_(io), program_(program) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < io.size(); ++i) {
        const std::shared_ptr<Buffer>& buffer = io[i].buffer();
        const auto known = std::ranges::find_if(movers_, [&](const Mover& m) { return m.tensor.buffer() == buffer; });
        mover_of_.push_back(static_cast<uint32_t>(known - movers_.begin()));
        if (known != movers_.end()) continue;
        bytes += buffer->size();
        movers_.push_back({.name = fmt::format("io_tensors[{}]", i), .tensor = io[i]});
        Mover& m = movers_.back();
        m.begin = buffer->address();
        m.end = m.begin + buffer->aligned_size_per_bank();
    }
    if (bytes > kMostAuditedBytes)
        why_not_ = fmt::format("its tensors have {} MB, and {} are kept at most", bytes >> 20, kMostAuditedBytes >> 20);
    if (std::ranges::any_of(program.cbs, [](const CBDescriptor& cb) { return cb.is_global; }))
        why_not_ = "it has a global circular buffer, whose state goes on from one run to the next";
    // What stands in an argument must say by itself which tensor is meant.
    for (const Mover& a : movers_)
        for (const Mover& b : movers_)
            if (&a != &b && a.begin < b.end && b.begin < a.end)
                why_not_ = fmt::format("{} and {} lie at the same addresses", a.name, b.name);
    if (!why_not_.empty()) movers_.clear();
    for (Mover& m : movers_) m.before = contents(*m.tensor.buffer());
}

// False where there is no room for a second set of tensors.
bool AddressAudit::move_all() {
    try {
        for (Mover& m : movers_) {
            const Buffer& old = *m.tensor.buffer();
            std::shared_ptr<Buffer> moved =
                Buffer::create(old.device_ptr(), old.buffer_type(), old.layout(), "a tensor moved by the audit");
            m.moved = moved->address();
            m.elsewhere = Tensor::over(std::move(moved), m.tensor.spec());
        }
    } catch (const Error&) {
        why_not_ = "there is no room for a second set of its tensors";
        return false;
    }
    return true;
}

ProgramDescriptor AddressAudit::moved_program(Taken taken) const {
    ProgramDescriptor program = program_;
    const auto move = [&](uint32_t& word) {
        for (const Mover& m : movers_) {
            if (word != m.begin && (taken == Taken::Bases || !m.has(word))) continue;
            word = static_cast<uint32_t>(word - m.begin + m.moved);
            return;
        }
    };
    for (KernelDescriptor& kernel : program.kernels) {
        std::ranges::for_each(kernel.common_runtime_args, move);
        for (auto& [core, args] : kernel.runtime_args) std::ranges::for_each(args, move);
    }
    for (CBDescriptor& cb : program.cbs) {
        const std::shared_ptr<Buffer> buffer = cb.buffer.lock();
        for (const Mover& m : movers_)
            if (buffer && buffer == m.tensor.buffer()) cb.set_buffer(m.elsewhere.buffer());
    }
    return program;
}

AddressAudit::Outcome AddressAudit::run_moved(Plan& plan, const Run& run, Taken taken) {
    Outcome out;
    for (Mover& m : movers_) {
        fill(*m.tensor.buffer());
        put(*m.elsewhere.buffer(), m.before);
    }
    const ProgramDescriptor program = moved_program(taken);
    ledger::Launch ledger(device_.allocations(), device_.l1_base(), device_.chip().dram_base);
    for (uint32_t i = 0; i < io_.size(); ++i)
        ledger.name_tensor(i, movers_[mover_of_[i]].elsewhere.buffer()->unique_id(),
                           static_cast<uint8_t>(io_[i].spec().data_format()));
    try {
        run(plan.bind(device_, program), ledger);
    } catch (const Error& error) {
        out.ended = std::ranges::none_of(error.diagnostics(), [](const Diagnostic& d) {
            return d.category != Category::KernelError || d.code == "deadlock" || d.code == "hang";
        });
    }
    for (const Mover& m : movers_) {
        const ledger::Tensor* t = ledger.find(memory_of(*m.tensor.buffer()), m.begin);
        if (!t) continue;
        for (const ledger::Access* access : {&t->first_read, &t->first_write})
            if (access->who)
                out.used.push_back({.mover = &m,
                                    .image = processor_of(access->who).image,
                                    .at = diagnose::place(problem_at(access->who, access->site, ProblemKind::Custom)),
                                    .write = access == &t->first_write});
    }
    for (const Mover& m : movers_)
        if (!out.differs && elements_of(m.elsewhere) != m.elements) out.differs = &m;
    return out;
}

// Where it is, from the same beginning. A program whose results depend on the order of its cores, or on what nobody wrote,
// would be blamed for nothing.
bool AddressAudit::is_repeatable(Plan& plan, const Run& run) {
    for (Mover& m : movers_) put(*m.tensor.buffer(), m.before);
    ledger::Launch ledger(device_.allocations(), device_.l1_base(), device_.chip().dram_base);
    for (uint32_t i = 0; i < io_.size(); ++i)
        ledger.name_tensor(i, io_[i].buffer()->unique_id(), static_cast<uint8_t>(io_[i].spec().data_format()));
    try {
        run(plan.bind(device_, program_), ledger);
    } catch (const Error&) {
        return false;
    }
    return std::ranges::all_of(movers_, [](const Mover& m) { return elements_of(m.tensor) == m.elements; });
}

std::vector<Diagnostic> AddressAudit::run(Plan& plan, const Run& run) {
    std::vector<Diagnostic> found = movers_.empty() ? std::vector<Diagnostic>{} : compare(plan, run);
    // Silence would say that nothing was found.
    if (found.empty() && !why_not_.empty()) {
        Diagnostic d;
        d.category = Category::KernelError;
        d.severity = Severity::Note;
        d.code = "not-audited";
        d.what = "the check audit-cache has not looked at this program";
        d.at = {"generic_op"};
        d.why = why_not_;
        found.push_back(std::move(d));
    }
    return found;
}

std::vector<Diagnostic> AddressAudit::compare(Plan& plan, const Run& run) {
    for (Mover& m : movers_) {
        m.after = contents(*m.tensor.buffer());
        m.elements = elements_of(m.tensor);
    }
    std::vector<Diagnostic> found;
    if (move_all()) {
        Outcome outcome = run_moved(plan, run, Taken::Bases);
        if (!outcome.is_clean()) {
            // An argument may be an address with something added to it.
            if (run_moved(plan, run, Taken::Ranges).is_clean()) outcome = {};
        }
        if (!outcome.used.empty() || (!outcome.is_clean() && is_repeatable(plan, run)))
            found = explain(plan, outcome);
        else if (!outcome.ended)
            why_not_ = "with its tensors elsewhere it does not run to its end";
        else if (!outcome.is_clean())
            why_not_ = "its results differ from run to run, with its tensors where they are";
    }
    for (Mover& m : movers_) put(*m.tensor.buffer(), m.after);
    plan.bind(device_, program_);
    return found;
}

namespace {

Diagnostic baked(std::string what, std::string why) {
    Diagnostic d;
    d.category = Category::KernelError;
    d.code = "baked-address";
    d.what = std::move(what);
    d.why = std::move(why);
    return d;
}

}  // namespace

// What of a kernel that a cached program keeps holds the address; false: nothing does.
bool AddressAudit::explain_by(const Plan& plan, const Mover& m, const Used* used, std::vector<Diagnostic>& out) const {
    const std::string evidence =
        used ? fmt::format("with {} moved to {:#x} the kernel still {} {:#x}", m.name, m.moved,
                           used->write ? "writes to" : "reads from", m.begin)
             : fmt::format("with {} moved from {:#x} to {:#x} the results are others", m.name, m.begin, m.moved);
    const size_t before = out.size();
    for (size_t i = 0; i < plan.requests().size(); ++i) {
        const jit::KernelImage& image = *plan.images()[i];
        if (used && used->image != &image) continue;
        const jit::KernelRequest& request = plan.requests()[i];
        const auto add = [&](const std::string& holder, const std::string& at, bool kept) {
            Diagnostic d = baked(fmt::format("{} of {} is the address of {} ({:#x})", holder, image.name, m.name, m.begin),
                                 evidence + (kept ? "; a program from the program cache keeps what it was built with, and "
                                                    "another address makes another program, whose kernels are built anew"
                                                  : ": nothing changes it when the tensor lies elsewhere"));
            d.at = {at.empty() ? fmt::format("kernel {}", image.name) : at};
            d.fix = fmt::format(
                "pass {}.buffer_address() as a runtime arg or a common one, and read it by get_arg_val or "
                "get_common_arg_val",
                m.name);
            if (std::ranges::none_of(out, [&](const Diagnostic& e) { return e.what == d.what; })) out.push_back(d);
        };
        const std::string at = used ? used->at : "";
        for (size_t a = 0; a < request.compile_time_args.size(); ++a)
            if (request.compile_time_args[a] == m.begin) add(fmt::format("compile-time arg {}", a), at, true);
        for (const auto& [name, value] : request.named_compile_time_args)
            if (value == m.begin) add(fmt::format("compile-time arg \"{}\"", name), at, true);
        for (const auto& [name, value] : request.defines)
            if (value_of(value) == m.begin || line_of_number(value, m.begin)) add("the define " + name, at, true);
        if (!image.sources) continue;
        for (const auto& file : image.sources->files)
            if (const int line = line_of_number(file->text, m.begin))
                add("a number in the text", fmt::format("{}:{}", file->shown, line), false);
    }
    return out.size() > before;
}

std::vector<Diagnostic> AddressAudit::explain(const Plan& plan, const Outcome& outcome) const {
    std::vector<Diagnostic> out;
    for (const Used& used : outcome.used) {
        if (explain_by(plan, *used.mover, &used, out)) continue;
        Diagnostic d = baked(
            fmt::format("a kernel still {} {} at its old address {:#x} after it was moved to {:#x}",
                        used.write ? "writes to" : "reads from", used.mover->name, used.mover->begin, used.mover->moved),
            "no compile-time arg, define or number of the kernel is that address: it is computed from one of them, or from "
            "a runtime arg that is not the address as buffer_address() gives it");
        d.severity = Severity::Warning;
        d.at = {used.at};
        d.fix = "pass the address itself, as a runtime arg or a common one";
        out.push_back(d);
    }
    if (!outcome.used.empty() || !outcome.differs) return out;
    for (const Mover& m : movers_) explain_by(plan, m, nullptr, out);
    if (!out.empty()) return out;
    Diagnostic d = baked(fmt::format("{} is another one when the tensors of the call lie elsewhere", outcome.differs->name),
                         "no compile-time arg, define or number of a kernel is an old address: one is computed");
    d.severity = Severity::Warning;
    d.at = {fmt::format("generic_op, {}", outcome.differs->name)};
    d.fix = "pass addresses themselves, as runtime args or common ones";
    out.push_back(d);
    return out;
}

}  // namespace tw
