// Transfers of bytes that belong to somebody else, or to nobody.
#include "diagnose/explain.h"
#include "noc/address.h"
#include "noc/ownership_fault.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

using ownership::Fault;

const char* at_text(bool near, bool pointer) {
    return near && !pointer ? "has its local side at" : pointer ? "through a pointer to" : "at";
}

// what: what the address was made from, or what it begins in; why: that one's facts; fix: what lies where the access went.
const Rule foreign(ProblemKind::Ownership, "noc-foreign-memory", [](const Problem& p, Diagnostic& d) {
    const std::string subject = p.what, facts = p.why, there = p.fix;
    const bool write = p.d & 1, near = p.d & 2, pointer = p.d & 4;
    // Where bytes come into this core's L1, a read brings them, or a store.
    const char* verb = pointer ? write ? "a load" : "a store" : write ? "a write" : "a read";
    const std::string where = near ? fmt::format("L1 {:#x}", p.c) : [&] {
        const NocAddress a(p.c);
        return fmt::format("NoC ({},{}) address {:#x}", a.x, a.y, a.local);
    }();
    d.why.clear();
    d.fix.clear();
    switch (static_cast<Fault>(p.a)) {
        case Fault::NoSuchPage:
            d.code = "page-out-of-range";
            d.what = fmt::format("{} of {} B at {}: there is no such page; there lies {}", verb, p.b, subject, there);
            d.why = facts;
            d.fix =
                "check the page ids: the loop's bounds, the start page of each core, and the tensor that they are counted "
                "for";
            break;
        case Fault::PastPage:
            d.code = "noc-past-page";
            d.what = fmt::format("{} of {} B runs past the end of {}, into {}", verb, p.b, subject, there);
            d.why = facts;
            d.fix = "move no more than what is left of the page; what follows it in its bank is not the next page";
            break;
        case Fault::LeftPage:
            d.code = "noc-left-page";
            d.what = fmt::format("{} of {} B at {} leaves the page: there lies {}", verb, p.b, subject, there);
            d.why = facts.empty()
                        ? "pages are dealt to the banks in turn: what follows a page in its bank is not the next page"
                        : facts + "; pages are dealt to the banks in turn, so what follows one in its bank is not the next";
            d.fix = "ask the accessor for the page that is meant: get_noc_addr(page, offset)";
            break;
        case Fault::WrongPage:
            d.code = "accessor-wrong-page";
            d.what = fmt::format("{} of {} B at {} goes to other bytes: there lies {}", verb, p.b, subject, there);
            d.why = facts + "; the accessor's base is not where the tensor begins, or its page size is not the tensor's";
            d.fix = "pass tensor.buffer_address() and the page size of the same tensor";
            break;
        case Fault::NoTensorAtBase:
            d.code = "accessor-wrong-base";
            d.what = fmt::format("{} of {} B at {}: no tensor begins there", verb, p.b, subject);
            d.why = facts;
            d.fix = "pass tensor.buffer_address() of a tensor that is allocated while the program runs";
            break;
        case Fault::NoShardHere:
            d.code = "noc-foreign-memory";
            d.what = fmt::format("{} of {} B at {}: {} has no shard there", verb, p.b, where, subject);
            d.why = facts;
            d.fix = "take the cores of the tensor's shard grid";
            break;
        case Fault::PastShard:
            d.code = pointer ? "raw-past-buffer" : "noc-past-shard";
            d.what = fmt::format("{} of {} B at {} runs past the end of {}, into {}", verb, p.b, where, subject, there);
            d.why = facts;
            d.fix = "check the address and the number of bytes against the shard's size";
            break;
        case Fault::NobodysDram:
            d.what = fmt::format("{} of {} B at {}: that is {}", verb, p.b, where, there);
            d.why = "the address comes from no tensor of the call";
            d.fix = "make addresses by TensorAccessor and tensor.buffer_address()";
            break;
        case Fault::NobodysL1:
            d.code = "l1-nobodys";
            d.what = fmt::format("{} of {} B {} {}: that is {}", verb, p.b, at_text(near, pointer), where, there);
            d.why = "what lies there on silicon is left over from other programs, and a later allocation may take it";
            d.fix = "use a circular buffer or a tensor for it";
            break;
        case Fault::ReservedL1:
            d.code = "l1-reserved";
            d.what = fmt::format("{} of {} B {} {}: that is {}", verb, p.b, at_text(near, pointer), where, there);
            d.why =
                "the lowest part of L1 belongs to the firmware; an address of 0 comes from an argument that was not set";
            d.fix = "L1 addresses come from get_write_ptr, get_read_ptr, get_semaphore and the addresses of tensors";
            break;
        case Fault::PastRegion:
            d.code = pointer ? "raw-past-buffer" : near ? "noc-past-cb" : "noc-past-region";
            d.what =
                near ? fmt::format("{} of {} B {} {:#x} runs past the end of {}, into {}", verb, p.b,
                                   pointer ? "at L1"
                                   : write ? "from L1"
                                           : "to L1",
                                   p.c, subject, there)
                     : fmt::format("{} of {} B at {} runs past the end of {}, into {}", verb, p.b, where, subject, there);
            d.why = facts;
            d.fix =
                "move no more than the pages that were reserved or waited for; give the circular buffer more or larger "
                "pages";
            break;
        case Fault::Stranger:
            d.code = "tensor-not-in-call";
            d.what = fmt::format("{} of {}, which generic_op was not given", verb, subject);
            d.why = facts +
                    "; nothing keeps it allocated while the program runs, and its address may be that of another tensor";
            d.fix = "give it to generic_op, or pass the address of the tensor that is meant";
            break;
    }
});

}  // namespace
}  // namespace tw::diagnose
