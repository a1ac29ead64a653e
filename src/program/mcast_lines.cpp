#include "program/mcast_lines.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tw {
namespace {

constexpr uint32_t kLineHandshake = 1, kLineCounter = 2, kSpanShift = 8;

std::vector<std::vector<CoreCoord>> lines_of(const CoreRangeSet& grid, McastCoreOrder order, const char* name) {
    if (grid.num_cores() == 0) raise_mcast(fmt::format("{} is empty", name));
    const CoreCoord size = grid.bounding_box().grid_size();
    if (uint64_t{size.x} * size.y != grid.num_cores())
        raise_mcast(fmt::format("{} must be one rectangle", name),
                    fmt::format("{} has {} cores, its box {}", grid.str(), grid.num_cores(), uint64_t{size.x} * size.y));
    const std::vector<CoreCoord> cores = cores_in_order(grid, order);
    const std::ptrdiff_t length = order == McastCoreOrder::RowMajor ? size.x : size.y;
    std::vector<std::vector<CoreCoord>> lines;
    for (auto at = cores.begin(); at != cores.end(); at += length) lines.emplace_back(at, at + length);
    return lines;
}

}  // namespace

uint32_t McastLines::Channel::fanout(CoreCoord sender) const {
    return uint32_t(receivers.size()) - contains(receivers, sender);
}

bool McastLines::Channel::has(CoreCoord core) const {
    return contains(receivers, core) || contains(senders, core);
}

McastLines::McastLines(std::shared_ptr<Device> device, McastLinesConfig config, std::vector<Channel> channels,
                       bool rotating)
    : device_(std::move(device)), config_(std::move(config)), channels_(std::move(channels)), rotating_(rotating) {
    std::set<uint32_t> fanouts;
    for (const Channel& c : channels_)
        for (const CoreCoord s : c.senders) fanouts.insert(c.fanout(s));
    if (fanouts.size() == 1) fanout_ = *fanouts.begin();
    if (config_.acks && fanout_ && *config_.acks > *fanout_)
        raise_mcast(fmt::format("{} acknowledgements are more than the {} receivers of a sender", *config_.acks, *fanout_));
    if (!config_.semaphores) {
        ids_ = {config_.base_semaphore, config_.handshake ? config_.base_semaphore + 1 : kUnusedSemaphore};
        return;
    }
    const std::vector<uint32_t>& given = *config_.semaphores;
    if (given.empty() || (config_.handshake && given.size() < 2))
        raise_mcast("sem_ids must name the data-ready semaphore and, with a handshake, the consumer-ready one");
    ids_ = {given[0], config_.handshake ? given[1] : kUnusedSemaphore};
}

McastLines McastLines::along_lines(std::shared_ptr<Device> device, const CoreRangeSet& grid, McastCoreOrder order,
                                   const std::variant<Mcast1DFixedSender, McastSenderGrid>& chosen,
                                   McastLinesConfig config) {
    const auto lines = lines_of(grid, order, "Mcast1D: the grid");
    const auto* turns = std::get_if<McastSenderGrid>(&chosen);
    const bool rotating = turns || (config.rotating && std::get<Mcast1DFixedSender>(chosen).bare);
    std::vector<Channel> channels;
    if (rotating) {
        const auto senders = turns && turns->cores ? lines_of(*turns->cores, order, "Mcast1D: the sender grid") : lines;
        if (senders.size() != lines.size())
            raise_mcast(fmt::format("Mcast1D: {} lines of senders cannot serve {} lines of receivers", senders.size(),
                                    lines.size()));
        for (size_t i = 0; i < lines.size(); i++) channels.push_back({lines[i], senders[i], lines[i]});
        return McastLines(std::move(device), std::move(config), std::move(channels), true);
    }
    const auto& fixed = std::get<Mcast1DFixedSender>(chosen);
    for (size_t i = 0; i < lines.size(); i++) {
        const auto& line = lines[i];
        const auto length = int64_t(line.size());
        if (fixed.index >= length)
            raise_mcast(fmt::format("Mcast1D: sender {} is not on a line of {} cores", fixed.index, line.size()));
        const int64_t place = ((fixed.index + (fixed.diagonal ? int64_t(i) : 0)) % length + length) % length;
        std::vector<CoreCoord> rest = line;
        if (fixed.bare && length > 1 && (place == 0 || place == length - 1)) rest.erase(rest.begin() + place);
        channels.push_back({line, {line[size_t(place)]}, std::move(rest)});
    }
    return McastLines(std::move(device), std::move(config), std::move(channels), false);
}

McastLines McastLines::over_rectangle(std::shared_ptr<Device> device, const CoreRangeSet& rectangle,
                                      const std::variant<CoreCoord, McastSenderGrid>& chosen, McastLinesConfig config) {
    const CoreRangeSet box(rectangle.bounding_box());
    std::vector<CoreCoord> receivers = cores_in_order(box, McastCoreOrder::RowMajor), senders;
    bool rotating = true;
    if (const auto* grid = std::get_if<McastSenderGrid>(&chosen)) {
        senders = cores_in_order(grid->cores.value_or(box), grid->order);
        if (senders.empty()) raise_mcast("Mcast2D: the sender grid is empty");
    } else {
        const CoreCoord sender = std::get<CoreCoord>(chosen);
        rotating = config.rotating;
        if (rotating && !contains(receivers, sender))
            raise_mcast(fmt::format("Mcast2D: senders take turns inside the rectangle, and {} is outside", sender.str()));
        senders = rotating ? receivers : std::vector<CoreCoord>{sender};
    }
    std::vector<Channel> channels = {{receivers, std::move(senders), receivers}};
    return McastLines(std::move(device), std::move(config), std::move(channels), rotating);
}

std::vector<SemaphoreDescriptor> McastLines::owned_semaphores() const {
    std::vector<CoreRange> cores;
    std::set<CoreCoord> seen;
    const auto add = [&](CoreCoord c) {
        if (seen.insert(c).second) cores.emplace_back(c, c);
    };
    for (const Channel& channel : channels_) {
        for (const CoreCoord c : channel.receivers) add(c);
        for (const CoreCoord c : channel.senders) add(c);
    }
    std::vector<SemaphoreDescriptor> owned;
    for (uint32_t i = 0; i < num_semaphores(); i++) owned.push_back({.id = ids_[i], .core_ranges = CoreRangeSet(cores)});
    return owned;
}

std::vector<uint32_t> McastLines::compile_time_args(std::optional<bool> pre_handshake) const {
    const uint32_t flags = (pre_handshake.value_or(config_.handshake) ? kLineHandshake : 0) |
                           (config_.counter ? kLineCounter : 0) | (rotating_ ? num_senders() : 0) << kSpanShift;
    return {uint32_t{active()}, ids_[0], ids_[1], ack_count(), flags};
}

std::vector<uint32_t> McastLines::runtime_args(CoreCoord core) const {
    const auto channel = std::find_if(channels_.begin(), channels_.end(), [core](const Channel& c) { return c.has(core); });
    if (channel == channels_.end()) return std::vector<uint32_t>(4 + (rotating_ ? 2 * num_senders() : 0));
    if (!rotating_ && core != channel->senders[0]) {
        const NocCoord at = device_->worker_noc(channel->senders[0]);
        return {at.x, at.y, 0, 0};
    }
    std::vector<uint32_t> words = rectangle_words(*channel);
    if (!rotating_) return words;
    for (const CoreCoord s : channel->senders) {
        const NocCoord at = device_->worker_noc(s);
        words.insert(words.end(), {at.x, at.y});
    }
    return words;
}

// Around these cores, in the order in which the NoC passes through.
std::vector<uint32_t> McastLines::rectangle_words(const Channel& channel) const {
    NocCoord low{UINT8_MAX, UINT8_MAX}, high{0, 0};
    for (const CoreCoord c : channel.rectangle) {
        const NocCoord at = device_->worker_noc(c);
        low = {std::min(low.x, at.x), std::min(low.y, at.y)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y)};
    }
    if (config_.noc == NOC::NOC_1) std::swap(low, high);
    return {low.x, low.y, high.x, high.y};
}

bool McastLines::is_sender(CoreCoord core) const {
    return std::any_of(channels_.begin(), channels_.end(), [core](const Channel& c) { return contains(c.senders, core); });
}

uint32_t McastLines::num_receivers(CoreCoord core) const {
    for (const Channel& c : channels_)
        if (contains(c.senders, core)) return c.fanout(core);
    return 0;
}

uint32_t McastLines::ack_count() const {
    return config_.acks ? *config_.acks : fanout_.value_or(kAcksEqualFanout);
}

uint32_t McastLines::num_semaphores() const {
    return config_.semaphores ? 0 : config_.handshake ? 2 : 1;
}

uint32_t McastLines::next_base_semaphore() const {
    if (config_.semaphores)
        raise_mcast("next_base_sem_id() has no answer for semaphores that the program chose by sem_ids");
    return config_.base_semaphore + num_semaphores();
}

bool McastLines::sender_inside() const {
    return contains(channels_[0].receivers, channels_[0].senders[0]);
}

}  // namespace tw
