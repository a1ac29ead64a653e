// Whether a program would still be right if its tensors lay elsewhere: the check `audit-cache`.
//
// A program from the program cache gets new runtime args, common args and addresses of pinned circular buffers, and nothing
// else (docs/upstream-api.md H9.1). So after a run the program is run again with each tensor of the call at another
// address, other bytes at the old ones, and those three things brought up to date. Whoever then still goes to an old
// address, or computes something else, has it from where a cached program keeps it: compile-time args, defines, the
// kernels' text.
#pragma once

#include "base/error.h"
#include "ledger/launch.h"
#include "program/plan.h"
#include "runtime/launch.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tw {

class AddressAudit {
public:
    // Runs the launches that the plan is bound to, with the tensors as those of the call; fills the ledger that it is
    // given.
    using Run = std::function<void(std::span<const runtime::CoreLaunch>, ledger::Launch&)>;

    // Before the run: keeps what the call's tensors hold.
    AddressAudit(Device&, const std::vector<Tensor>& io, const ProgramDescriptor&);
    // After it. The results of the run stay where they are. What is not looked at is a note.
    std::vector<Diagnostic> run(Plan&, const Run&);

private:
    // A buffer of the call, which several of its tensors may share.
    struct Mover {
        std::string name;  // "io_tensors[0]"
        Tensor tensor, elsewhere;
        std::vector<uint8_t> before, after;  // packed pages
        std::vector<uint8_t> elements;       // by the run
        uint64_t begin = 0, end = 0, moved = 0;
        bool has(uint32_t word) const { return begin <= word && word < end; }
    };
    // An old address was used though the tensor has moved.
    struct Used {
        const Mover* mover = nullptr;
        const jit::KernelImage* image = nullptr;
        std::string at;
        bool write = false;
    };
    struct Outcome {
        bool ended = true;  // else results say nothing
        std::vector<Used> used;
        const Mover* differs = nullptr;
        bool is_clean() const { return used.empty() && (!ended || !differs); }
    };
    // Which words of arguments are taken for addresses.
    enum class Taken : uint8_t { Bases, Ranges };

    std::vector<Diagnostic> compare(Plan&, const Run&);
    bool move_all();
    ProgramDescriptor moved_program(Taken) const;
    Outcome run_moved(Plan&, const Run&, Taken);
    bool is_repeatable(Plan&, const Run&);
    std::vector<Diagnostic> explain(const Plan&, const Outcome&) const;
    bool explain_by(const Plan&, const Mover&, const Used*, std::vector<Diagnostic>&) const;

    Device& device_;
    const std::vector<Tensor>& io_;
    const ProgramDescriptor& program_;
    std::vector<Mover> movers_;
    std::vector<uint32_t> mover_of_;  // by place in the call's list
    std::string why_not_;             // the audit says nothing of this program
};

}  // namespace tw
