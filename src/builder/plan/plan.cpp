#include "builder/plan/plan.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tw::builder {

std::string_view actor_name(Actor actor) {
    return actor == Actor::Reader ? "reader" : actor == Actor::Compute ? "compute" : "writer";
}

std::string_view lifetime_name(Lifetime lifetime) {
    switch (lifetime) {
        case Lifetime::Streamed: return "streamed";
        case Lifetime::OneBlock: return "one block";
        case Lifetime::OneUnit: return "one unit";
        case Lifetime::WholeProgram: return "whole program";
    }
    return "streamed";
}

std::string unit_count_name(WorkUnit unit) {
    return fmt::format("num_{}s", unit_name(unit));
}

namespace {

template <class List, class Matches>
auto* first_of(List& list, Matches matches) {
    const auto found = std::find_if(list.begin(), list.end(), matches);
    return found == list.end() ? nullptr : &*found;
}

}  // namespace

const CbPlan* Plan::cb(std::string_view name) const {
    return first_of(cbs, [&](const CbPlan& cb) { return cb.name == name; });
}

CbPlan* Plan::cb(std::string_view name) {
    return first_of(cbs, [&](const CbPlan& cb) { return cb.name == name; });
}

const CbPlan* Plan::cb_of(CbRole role) const {
    return first_of(cbs, [&](const CbPlan& cb) { return cb.role == role; });
}

const CbPlan& Plan::output_cb() const {
    const CbPlan* cb = cb_of(CbRole::Output);
    TW_CHECK(cb != nullptr);
    return *cb;
}

const KernelPlan* Plan::kernel(Actor actor) const {
    return first_of(kernels, [&](const KernelPlan& kernel) { return kernel.actor == actor; });
}

const NamedSize* Plan::size(std::string_view name) const {
    return first_of(sizes, [&](const NamedSize& size) { return size.name == name; });
}

}  // namespace tw::builder
