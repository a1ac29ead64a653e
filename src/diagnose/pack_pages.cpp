// Tiles that the packer puts over others, or adds to what is no result.
#include "diagnose/explain.h"

#include <fmt/format.h>

namespace tw::diagnose {
namespace {

const Rule accumulates(ProblemKind::AccumulatesOnNothing, "l1-accumulation", [](const Problem& p, Diagnostic& d) {
    if (p.b == 1) {
        d.what = fmt::format("pack_tile adds to a page of CB {} into which nobody has packed anything", p.a);
        d.why = "the packer's accumulation in L1 is on, and the page holds what an earlier program left there";
    } else {
        d.what = fmt::format("pack_tile adds to a page of CB {} that was handed on, and given back, before", p.a);
        d.why = "the packer's accumulation in L1 is on: the new result has the one of before in it";
    }
    d.fix = "call pack_reconfig_l1_acc(0) before a page's first tile, and pack_reconfig_l1_acc(1) for those that add to it";
});

const Rule over(ProblemKind::PackedOver, "packed-over", [](const Problem& p, Diagnostic& d) {
    d.what = fmt::format("pack_tile overwrites a tile of CB {} that was packed before and not pushed since", p.a);
    d.why = "the first result is lost: nobody can have read it";
    d.fix = "pack into another tile, or call pack_reconfig_l1_acc(1) before this one, to add to the first";
});

}  // namespace
}  // namespace tw::diagnose
