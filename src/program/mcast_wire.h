// How ttnn.Mcast's channels are written into a kernel's arguments: the words of ttnn 0.81.1, so that kernels may decode
// them by the wheel's header as well as by ours (stock_kernels/ttnn/cpp/ttnn/kernel_lib/mcast/kernel/mcast_args.hpp).
//
// Compile-time words: a control word, then only what it announces. Runtime words: one layout for all cores of a kernel.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace tw::mcast_wire {

using Words = std::vector<uint32_t>;

constexpr uint32_t kAbsent = 0;  // the control word of a kernel without the channel
constexpr uint32_t kNoSenderRound = 0xffffffff;
constexpr uint32_t kNoNeighbour = 0xffffffff;
constexpr uint32_t kAckAtRunTime = 0xffffffff;

constexpr uint32_t kHandshake = 1, kCounter = 2, kNoc1 = 4, kChain = 8;  // flags
constexpr uint32_t kCanSend = 1, kCanReceive = 2;                        // roles of a core

// What a sender does with one rectangle; Unknown: it differs, and each rectangle's record says it.
enum class SenderMode : uint32_t { LocalCopy = 1, ExcludeSource = 2, IncludeSource = 3, Unknown = 4 };
// Of the senders' coordinates: as pairs, or as ranges along both axes.
enum class Encoding : uint32_t { Pairs = 0, RowMajorRanges = 1, ColumnMajorRanges = 2 };

struct Coordinates {
    Encoding encoding = Encoding::Pairs;
    uint32_t columns = 0, rows = 0, x_ranges = 0, y_ranges = 0;
    bool operator==(const Coordinates&) const = default;
};

// All that is the same on the cores of one kernel.
struct Meta {
    uint32_t flags = 0;
    bool has_receivers = false;
    SenderMode mode = SenderMode::Unknown;
    uint32_t rectangles = 0;            // the most of any channel
    std::optional<uint32_t> receivers;  // of each sender, when that is one number
    uint32_t acks = 0;
    uint32_t span = 0;              // senders that take turns; 0: one fixed sender
    std::optional<uint32_t> roles;  // none: they differ from core to core
    uint32_t capabilities = kCanSend | kCanReceive;
    Coordinates coordinates;

    bool chain() const { return (flags & kChain) != 0; }
    bool handshake() const { return (flags & kHandshake) != 0; }
    bool sends() const { return (capabilities & kCanSend) != 0; }
    bool receives() const { return (capabilities & kCanReceive) != 0; }
    Meta compact() const;  // without what cannot matter to this kernel
};

struct WireRecord {  // of a sender: one rectangle
    std::array<uint32_t, 4> bounds = {};
    uint32_t receivers = 0;
    SenderMode mode = SenderMode::LocalCopy;
};

// One core's part in a channel; what its kernel's layout leaves out is not looked at.
struct CoreWords {
    uint32_t roles = 0;
    uint32_t phase = kNoSenderRound;
    uint32_t acks = 0;
    Words coordinates;                // empty: zeros
    std::vector<WireRecord> records;  // of a sender
    std::optional<Words> neighbours;  // of a chain: predecessor, successor, whether the sender receives
};

Words compile_time_words(const Meta&, const Words& semaphores);
Words runtime_words(const Meta&, const CoreWords&);
// The pairs as ranges along both axes, if they are all of a grid in order and that is shorter.
std::pair<Coordinates, Words> compress(const Words& pairs);

}  // namespace tw::mcast_wire
