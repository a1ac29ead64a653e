#include "program/mcast_wire.h"

#include <algorithm>

namespace tw::mcast_wire {
namespace {

enum class Acks : uint32_t { NoneNeeded = 0, Constant = 1, AsManyAsReceivers = 2, AtRunTime = 3 };

Acks acks_of(const Meta& m) {
    if (!m.sends() || !m.handshake() || m.chain()) return Acks::NoneNeeded;
    if (m.acks == kAckAtRunTime) return Acks::AtRunTime;
    return m.receivers == m.acks ? Acks::AsManyAsReceivers : Acks::Constant;
}

void append(Words& words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
}

Words distinct(const Words& pairs, size_t from) {
    Words axis;
    for (size_t i = from; i < pairs.size(); i += 2)
        if (std::find(axis.begin(), axis.end(), pairs[i]) == axis.end()) axis.push_back(pairs[i]);
    return axis;
}

Words ranges_of(const Words& axis) {
    Words ranges;
    for (const uint32_t at : axis) {
        if (!ranges.empty() && at == ranges.back() + 1)
            ranges.back() = at;
        else
            ranges.insert(ranges.end(), {at, at});
    }
    return ranges;
}

Words grid_of(const Words& outer, const Words& inner, bool inner_is_x) {
    Words grid;
    for (const uint32_t o : outer)
        for (const uint32_t i : inner) grid.insert(grid.end(), {inner_is_x ? i : o, inner_is_x ? o : i});
    return grid;
}

}  // namespace

Meta Meta::compact() const {
    Meta m = *this;
    if (chain() || !sends() || !handshake()) m.acks = 0;
    if (chain() || !sends() || rectangles != 1) m.receivers.reset();
    if (chain() || !receives()) m.coordinates = {};
    if (!capabilities) m.span = 0;
    return m;
}

Words compile_time_words(const Meta& meta, const Words& semaphores) {
    const Meta m = meta.compact();
    uint32_t control =
        m.flags | uint32_t{m.has_receivers} << 5 | uint32_t(m.mode) << 6 | m.rectangles << 9 | m.capabilities << 14;
    control |= m.roles ? *m.roles << 11 : 1u << 13;
    control |= uint32_t(m.coordinates.encoding) << 16 | uint32_t{m.receivers.has_value()} << 18 |
               uint32_t{m.span > 0} << 19 | uint32_t(acks_of(m)) << 20;
    Words words = {control};
    append(words, semaphores);
    if (m.receivers) words.push_back(*m.receivers);
    if (acks_of(m) == Acks::Constant) words.push_back(m.acks);
    if (m.span) words.push_back(m.span);
    if (const Coordinates& c = m.coordinates; c.encoding != Encoding::Pairs)
        append(words, {c.columns, c.rows, c.x_ranges, c.y_ranges});
    return words;
}

Words runtime_words(const Meta& m, const CoreWords& core) {
    Words words;
    if (!m.roles) words.push_back(core.roles);
    if (m.chain()) {
        if (m.receives()) append(words, core.coordinates.empty() ? Words(2) : core.coordinates);
        append(words, core.neighbours.value_or(Words(5)));
        return words;
    }
    if (m.sends()) {
        if (m.span) words.push_back(core.phase);
        if (m.rectangles > 1) words.push_back(uint32_t(core.records.size()));
        if (m.handshake() && m.acks == kAckAtRunTime) words.push_back(core.acks);
    }
    if (m.receives()) {
        const Coordinates& c = m.coordinates;
        const uint32_t length = c.encoding == Encoding::Pairs ? 2 * std::max(m.span, 1u) : 2 * (c.x_ranges + c.y_ranges);
        append(words, core.coordinates.empty() ? Words(length) : core.coordinates);
    }
    if (!m.sends()) return words;
    const size_t count = std::max<size_t>(core.records.size(), m.rectangles);
    for (size_t i = 0; i < count; i++) {
        const bool there = i < core.records.size();
        const WireRecord record = there ? core.records[i] : WireRecord{};
        if (m.mode != SenderMode::LocalCopy) words.insert(words.end(), record.bounds.begin(), record.bounds.end());
        if (m.rectangles != 1 || !m.receivers) words.push_back(record.receivers);
        if (m.mode == SenderMode::Unknown) words.push_back(there ? uint32_t(record.mode) : 0);
    }
    return words;
}

std::pair<Coordinates, Words> compress(const Words& pairs) {
    const Words xs = distinct(pairs, 0), ys = distinct(pairs, 1);
    const Words x_ranges = ranges_of(xs), y_ranges = ranges_of(ys);
    if (x_ranges.size() + y_ranges.size() >= pairs.size() || xs.size() * ys.size() < pairs.size() / 2) return {{}, pairs};
    const auto begins_with = [&](const Words& grid) { return std::equal(pairs.begin(), pairs.end(), grid.begin()); };
    Encoding encoding = Encoding::Pairs;
    if (begins_with(grid_of(ys, xs, true)))
        encoding = Encoding::RowMajorRanges;
    else if (begins_with(grid_of(xs, ys, false)))
        encoding = Encoding::ColumnMajorRanges;
    else
        return {{}, pairs};
    Words ranges = x_ranges;
    append(ranges, y_ranges);
    return {
        {encoding, uint32_t(xs.size()), uint32_t(ys.size()), uint32_t(x_ranges.size() / 2), uint32_t(y_ranges.size() / 2)},
        ranges};
}

}  // namespace tw::mcast_wire
