#include "program/mcast.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tw {

using namespace mcast_wire;

namespace {

constexpr uint32_t kMostRectangles = 3;

CoreRangeSet set_of(const std::vector<CoreCoord>& cores) {
    std::vector<CoreRange> ranges;
    for (const CoreCoord c : cores) ranges.emplace_back(c, c);
    return CoreRangeSet().merge(CoreRangeSet(ranges));
}

NOC noc_of(const KernelDescriptor& kernel) {
    if (kernel.is_compute()) raise_mcast("a multicast channel can be attached to data movement kernels only");
    if (const auto* c = std::get_if<DataMovementConfigDescriptor>(&*kernel.config)) return c->noc;
    return std::holds_alternative<WriterConfigDescriptor>(*kernel.config) ? NOC::NOC_1 : NOC::NOC_0;
}

void check_prefix(const KernelDescriptor& kernel, const std::string& prefix) {
    if (prefix.empty()) raise_mcast("a multicast channel needs a prefix for its arguments' names");
    for (const auto& [name, value] : kernel.named_compile_time_args)
        if (name == prefix + "_ct_offset" || name == prefix + "_rt_offset")
            raise_mcast(fmt::format("the kernel has a multicast channel by the prefix '{}' already", prefix));
}

void name_offsets(KernelDescriptor& kernel, const std::string& prefix, uint32_t rt_offset) {
    kernel.named_compile_time_args.emplace_back(prefix + "_ct_offset", uint32_t(kernel.compile_time_args.size()));
    kernel.named_compile_time_args.emplace_back(prefix + "_rt_offset", rt_offset);
}

using Turns = std::vector<std::vector<CoreCoord>>;  // by group

struct SendersOf {
    const Turns& parts;
    McastCoreOrder order;

    Turns operator()(const McastExplicitSenders& chosen) const {
        if (chosen.per_group.size() != parts.size())
            raise_mcast(fmt::format("Mcast: {} senders for {} groups", chosen.per_group.size(), parts.size()));
        Turns turns;
        for (const CoreCoord sender : chosen.per_group) turns.push_back({sender});
        return turns;
    }
    Turns operator()(const McastRotatingSenders& chosen) const {
        if (!chosen.cores) return parts;
        const std::vector<CoreCoord> listed = cores_in_order(*chosen.cores, chosen.order.value_or(order));
        if (listed.empty() || listed.size() % parts.size())
            raise_mcast(
                fmt::format("Mcast: {} sender cores cannot be divided among {} groups", listed.size(), parts.size()));
        const size_t each = listed.size() / parts.size();
        Turns turns;
        for (size_t i = 0; i < parts.size(); i++) {
            const auto first = listed.begin() + std::ptrdiff_t(i * each);
            turns.emplace_back(first, first + std::ptrdiff_t(each));
        }
        return turns;
    }
    Turns operator()(const McastFixedSender& chosen) const {
        if (!chosen.staggered && chosen.index >= parts[0].size())
            raise_mcast(fmt::format("Mcast: sender_index {} is outside of groups of {}", chosen.index, parts[0].size()));
        Turns turns;
        for (size_t i = 0; i < parts.size(); i++)
            turns.push_back({parts[i][(chosen.index + (chosen.staggered ? i : 0)) % parts[i].size()]});
        return turns;
    }
};

// The one value, if all are the same.
template <class T>
std::optional<T> only(const std::set<T>& values) {
    return values.size() == 1 ? std::optional(*values.begin()) : std::nullopt;
}

}  // namespace

bool contains(const std::vector<CoreCoord>& cores, CoreCoord core) {
    return std::find(cores.begin(), cores.end(), core) != cores.end();
}

void raise_mcast(std::string what, std::string why) {
    raise_host("mcast", std::move(what), {.why = std::move(why)});
}

std::vector<CoreCoord> cores_in_order(const CoreRangeSet& cores, McastCoreOrder order) {
    std::vector<CoreCoord> listed;
    for (const CoreRange& r : cores.ranges())
        for (uint32_t x = r.start.x; x <= r.end.x; x++)
            for (uint32_t y = r.start.y; y <= r.end.y; y++) listed.push_back({x, y});
    const bool row_major = order == McastCoreOrder::RowMajor;
    std::sort(listed.begin(), listed.end(), [row_major](CoreCoord a, CoreCoord b) {
        return row_major ? std::pair(a.y, a.x) < std::pair(b.y, b.x) : std::pair(a.x, a.y) < std::pair(b.x, b.y);
    });
    return listed;
}

Mcast::Group::Group(const std::vector<CoreCoord>& receiving, std::vector<CoreCoord> sending)
    : receivers(set_of(receiving)), senders(std::move(sending)), cores(receiving) {
    if (std::set(senders.begin(), senders.end()).size() != senders.size())
        raise_mcast("a core stands twice among the senders of a multicast group");
    for (const CoreCoord s : senders)
        if (!contains(receiving, s)) cores.push_back(s);
}

uint32_t Mcast::Group::fanout(CoreCoord sender) const {
    return receivers.num_cores() - receivers.contains(sender);
}

uint32_t Mcast::Group::roles(CoreCoord core) const {
    const bool sends = contains(senders, core);
    const bool receives = receivers.contains(core) && (!sends || rotating());
    return (sends ? kCanSend : 0) | (receives ? kCanReceive : 0);
}

bool Mcast::Group::has(CoreCoord core) const {
    return contains(cores, core);
}

Mcast::Mcast(std::shared_ptr<Device> device, McastConfig config, const CoreRangeSet& receivers, int64_t group_size,
             const McastSenders& senders, McastCoreOrder order)
    : device_(std::move(device)), config_(std::move(config)) {
    const std::vector<CoreCoord> ordered = cores_in_order(receivers, order);
    if (ordered.empty()) raise_mcast("Mcast: receivers must not be empty");
    if (group_size <= 0) raise_mcast("Mcast: receiver_group_size must be positive");
    if (ordered.size() % size_t(group_size))
        raise_mcast(fmt::format("Mcast: {} receivers cannot be cut into groups of {}", ordered.size(), group_size));
    Turns parts;
    for (auto at = ordered.begin(); at != ordered.end(); at += group_size) parts.emplace_back(at, at + group_size);
    const Turns turns = std::visit(SendersOf{parts, order}, senders);
    for (size_t i = 0; i < parts.size(); i++) groups_.emplace_back(parts[i], turns[i]);
    check_groups();
    prepare();
}

CoreRangeSet Mcast::participating_cores() const {
    std::vector<CoreCoord> all;
    for (const Group& g : groups_) all.insert(all.end(), g.cores.begin(), g.cores.end());
    return set_of(all);
}

CoreRangeSet Mcast::sender_only_cores() const {
    std::vector<CoreCoord> all;
    for (const Group& g : groups_)
        for (const CoreCoord c : g.cores)
            if (!g.receivers.contains(c)) all.push_back(c);
    return set_of(all);
}

uint32_t Mcast::next_semaphore_id() const {
    if (!next_semaphore_) raise_mcast("next_semaphore_id() has an answer only after attach()");
    return *next_semaphore_;
}

void Mcast::attach(ProgramDescriptor& program, const std::string& prefix, const std::vector<KernelDescriptor*>& kernels,
                   uint32_t first_semaphore_id) {
    if (kernels.empty()) raise_mcast("Mcast.attach: at least one kernel is needed");
    const uint32_t count = chain_ ? 3 : config_.handshake ? 2 : 1;
    Words ids;
    for (uint32_t i = 0; i < count; i++) ids.push_back(first_semaphore_id + i);
    for (const SemaphoreDescriptor& semaphore : program.semaphores) {
        if (std::find(ids.begin(), ids.end(), semaphore.id) == ids.end()) continue;
        for (const Group& g : groups_)
            for (const CoreCoord c : g.cores)
                if (semaphore.core_ranges.contains(c))
                    raise_mcast(
                        fmt::format("Mcast.attach: semaphore {} is in use on core {} already", semaphore.id, c.str()));
    }
    std::vector<Arguments> made;  // of all kernels first: a wrong one leaves the others as they were
    for (const KernelDescriptor* kernel : kernels) made.push_back(arguments_for(*kernel, prefix, ids));
    const CoreRangeSet everywhere = participating_cores();
    for (const uint32_t id : ids) program.semaphores.push_back({.id = id, .core_ranges = everywhere});
    for (size_t i = 0; i < kernels.size(); i++) {
        KernelDescriptor& kernel = *kernels[i];
        name_offsets(kernel, prefix, made[i].runtime_offset);
        kernel.compile_time_args.insert(kernel.compile_time_args.end(), made[i].compile_time.begin(),
                                        made[i].compile_time.end());
        kernel.runtime_args = std::move(made[i].runtime);
    }
    next_semaphore_ = first_semaphore_id + count;
}

void Mcast::check_groups() const {
    std::set<CoreCoord> seen;
    for (const Group& g : groups_) {
        for (const CoreCoord c : g.cores)
            if (seen.contains(c)) raise_mcast("Mcast: the cores of two groups overlap", "groups share their semaphores");
        seen.insert(g.cores.begin(), g.cores.end());
    }
    if (config_.handshake_cores) {
        if (!config_.handshake) raise_mcast("Mcast: handshake_cores without a handshake");
        for (const CoreCoord core : cores_in_order(*config_.handshake_cores, McastCoreOrder::RowMajor)) {
            const auto receives = [core](const Group& g) { return g.receivers.contains(core); };
            if (std::none_of(groups_.begin(), groups_.end(), receives))
                raise_mcast(fmt::format("Mcast: handshake core {} is not a receiver", core.str()));
        }
    }
    if (groups_[0].rotating() && !config_.handshake && !config_.counter)
        raise_mcast("Mcast: senders by turns that signal by a flag need the handshake");
}

void Mcast::prepare() {
    uint32_t most = 0, receivers = 0;
    for (const Group& g : groups_) {
        most = std::max(most, uint32_t(g.receivers.size()));
        receivers += g.receivers.num_cores();
    }
    chain_ = most > 1 && config_.chain;
    if (chain_) {
        if (groups_[0].rotating() || !config_.handshake)
            raise_mcast("Mcast: a chain needs one fixed sender and the handshake");
        if (config_.handshake_cores && config_.handshake_cores->num_cores() != receivers)
            raise_mcast("Mcast: in a chain every receiver takes part in the handshake");
    } else if (most > kMostRectangles) {
        raise_mcast(fmt::format("Mcast: the receivers make {} rectangles, and {} are possible", most, kMostRectangles));
    }
    std::set<SenderMode> modes;
    std::set<uint32_t> fanouts, all_acks;
    for (const Group& g : groups_) {
        for (const CoreCoord s : g.senders) {
            for (const WireRecord& r : records(g, s)) modes.insert(r.mode);
            fanouts.insert(g.fanout(s));
            all_acks.insert(acks(g, s));
        }
    }
    meta_.flags = (config_.handshake ? kHandshake : 0) | (config_.counter ? kCounter : 0) |
                  (config_.noc == NOC::NOC_1 ? kNoc1 : 0) | (chain_ ? kChain : 0);
    meta_.has_receivers = fanouts != std::set<uint32_t>{0};
    meta_.mode = chain_ ? SenderMode::Unknown : only(modes).value_or(SenderMode::Unknown);
    meta_.rectangles = chain_ ? 0 : most;
    meta_.receivers = only(fanouts);
    meta_.acks = only(all_acks).value_or(kAckAtRunTime);
    meta_.span = groups_[0].rotating() ? uint32_t(groups_[0].senders.size()) : 0;
}

uint32_t Mcast::acks(const Group& group, CoreCoord sender) const {
    if (chain_) return group.cores.size() > 1;
    if (!config_.handshake_cores) return group.fanout(sender);
    const auto listed = cores_in_order(*config_.handshake_cores, McastCoreOrder::RowMajor);
    return uint32_t(std::count_if(listed.begin(), listed.end(),
                                  [&](CoreCoord c) { return group.receivers.contains(c) && c != sender; }));
}

std::vector<WireRecord> Mcast::records(const Group& group, CoreCoord sender) const {
    std::vector<WireRecord> out;
    for (const CoreRange& r : group.receivers.ranges()) {
        const bool inside = r.contains(sender);
        const uint32_t others = r.size() - inside;
        NocCoord low = device_->worker_noc(r.start), high = device_->worker_noc(r.end);
        if (config_.noc == NOC::NOC_1) std::swap(low, high);
        const SenderMode mode = inside ? SenderMode::IncludeSource : SenderMode::ExcludeSource;
        out.push_back({{low.x, low.y, high.x, high.y}, others, others ? mode : SenderMode::LocalCopy});
    }
    return out;
}

Words Mcast::pairs_of(const std::vector<CoreCoord>& cores) const {
    Words pairs;
    for (const CoreCoord c : cores) {
        const NocCoord at = device_->worker_noc(c);
        pairs.insert(pairs.end(), {at.x, at.y});
    }
    return pairs;
}

Coordinates Mcast::coordinates(const Group& group) const {
    return chain_ || !group.rotating() ? Coordinates{} : compress(pairs_of(group.senders)).first;
}

const Mcast::Group* Mcast::group_of(CoreCoord core) const {
    const auto found = std::find_if(groups_.begin(), groups_.end(), [core](const Group& g) { return g.has(core); });
    return found == groups_.end() ? nullptr : &*found;
}

Meta Mcast::meta_of(const std::vector<CoreCoord>& placement) const {
    Meta meta = meta_;
    if (placement.empty()) return meta;
    std::set<uint32_t> roles;
    std::vector<Coordinates> encodings;
    meta.capabilities = 0;
    for (const CoreCoord core : placement) {
        const Group* group = group_of(core);
        const uint32_t role = group ? group->roles(core) : 0;
        roles.insert(role);
        meta.capabilities |= role;
        if (!group) continue;
        if (const Coordinates c = coordinates(*group); std::find(encodings.begin(), encodings.end(), c) == encodings.end())
            encodings.push_back(c);
    }
    meta.roles = only(roles);
    meta.coordinates = encodings.size() == 1 ? encodings[0] : Coordinates{};
    return meta;
}

Words Mcast::words_of(CoreCoord core, const Meta& meta) const {
    const Group* group = group_of(core);
    if (!group) return runtime_words(meta, {});
    const Words pairs = pairs_of(group->senders);
    const auto turn = std::find(group->senders.begin(), group->senders.end(), core);
    const bool sends = turn != group->senders.end();
    CoreWords words;
    words.roles = group->roles(core);
    if (sends) {
        words.phase = uint32_t(turn - group->senders.begin());
        words.acks = acks(*group, core);
        if (!chain_) words.records = records(*group, core);
    }
    const bool as_pairs = meta.coordinates.encoding == Encoding::Pairs || chain_ || !group->rotating();
    words.coordinates = as_pairs ? pairs : compress(pairs).second;
    if (chain_) words.neighbours = neighbours(*group, core);
    return runtime_words(meta, words);
}

Words Mcast::neighbours(const Group& group, CoreCoord core) const {
    const CoreCoord first = group.senders[0];
    std::vector<CoreCoord> chain = {first};
    for (const CoreCoord c : cores_in_order(group.receivers, McastCoreOrder::RowMajor))
        if (c != first) chain.push_back(c);
    const size_t place = size_t(std::find(chain.begin(), chain.end(), core) - chain.begin());
    Words out;
    const auto add = [&](bool there, size_t at) {
        const Words pair = there ? pairs_of({chain[at]}) : Words{kNoNeighbour, kNoNeighbour};
        out.insert(out.end(), pair.begin(), pair.end());
    };
    add(place > 0, place - 1);
    add(place + 1 < chain.size(), place + 1);
    out.push_back(group.receivers.contains(first));
    return out;
}

Mcast::Arguments Mcast::arguments_for(const KernelDescriptor& kernel, const std::string& prefix, const Words& ids) const {
    const NOC noc = noc_of(kernel);
    const std::vector<CoreCoord> placement = cores_in_order(kernel.core_ranges, McastCoreOrder::RowMajor);
    const Meta meta = meta_of(placement);
    std::map<CoreCoord, const CoreRuntimeArgs*> given;
    size_t offset = 0;
    for (const auto& [core, values] : kernel.runtime_args) {
        if (!kernel.core_ranges.contains(core))
            raise_mcast(fmt::format("Mcast.attach: runtime args for core {}, where the kernel does not run", core.str()));
        if (!given.emplace(core, &values).second)
            raise_mcast(fmt::format("Mcast.attach: core {} has two lists of runtime args", core.str()));
        offset = std::max(offset, values.size());
    }
    Arguments made;
    made.runtime_offset = uint32_t(offset);
    for (const CoreCoord core : placement) {
        const Group* group = group_of(core);
        if (group && noc != config_.noc && (contains(group->senders, core) || chain_))
            raise_mcast(
                fmt::format("Mcast.attach: the kernel on core {} sends by another NoC than the channel's", core.str()));
        CoreRuntimeArgs args;
        if (const auto own = given.find(core); own != given.end()) args = *own->second;
        args.resize(offset);
        const Words words = words_of(core, meta);
        args.insert(args.end(), words.begin(), words.end());
        made.runtime.emplace_back(core, std::move(args));
    }
    check_prefix(kernel, prefix);
    made.compile_time = compile_time_words(meta, ids);
    return made;
}

void attach_absent_mcast(KernelDescriptor& kernel, const std::string& prefix) {
    noc_of(kernel);
    check_prefix(kernel, prefix);
    name_offsets(kernel, prefix, 0);
    kernel.compile_time_args.push_back(kAbsent);
}

}  // namespace tw
