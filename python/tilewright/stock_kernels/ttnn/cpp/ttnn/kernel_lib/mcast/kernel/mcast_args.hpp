// McastArgs: a channel of ttnn.Mcast, decoded from its compile-time and runtime words
// (src/program/mcast_wire.cpp says what they are).
#pragma once

#include "api/dataflow/dataflow_api.h"
#include "ttnn/cpp/ttnn/kernel_lib/mcast/channel.hpp"
#include "ttnn/cpp/ttnn/kernel_lib/mcast/kernel/chain_channel.hpp"

#include <cstdint>
#include <optional>
#include <type_traits>

namespace dataflow_kernel_lib {

namespace channel {

inline constexpr uint32_t kCanSend = 1, kCanReceive = 2, kNowhere = 0xFFFFFFFFu;
enum class Mode : uint32_t { LocalCopy = 1, ExcludeSource = 2, IncludeSource = 3, Unknown = 4 };

// What the compile-time words say, and where the runtime words are.
struct Wire {
    bool present = false, handshake = false, counter = false, second_noc = false, chain = false;
    bool has_receivers = false, same_fanout = false, acks_at_run_time = false;
    Mode mode = Mode::Unknown;
    uint32_t flags = 0, rectangles = 0, capabilities = 0, roles = kNowhere, encoding = 0;
    uint32_t data_ready = UNUSED_SEM_ID, consumer_ready = UNUSED_SEM_ID, signal_source = UNUSED_SEM_ID;
    uint32_t fanout = 0, acks = 0, span = 0, columns = 0, rows = 0, x_ranges = 0, y_ranges = 0;
    uint32_t compile_time_words = 1;

    // Offsets of runtime words; a record's fields are relative to the record.
    uint32_t at_roles = kNowhere, at_phase = kNowhere, at_count = kNowhere, at_acks = kNowhere, at_coordinates = kNowhere;
    uint32_t at_records = kNowhere, at_neighbours = kNowhere;
    uint32_t record_bounds = kNowhere, record_fanout = kNowhere, record_mode = kNowhere, record_words = 0;
    uint32_t runtime_words = 0;

    constexpr bool sends() const { return capabilities & kCanSend; }
    constexpr bool receives() const { return capabilities & kCanReceive; }
};

constexpr uint32_t take(uint32_t& next, bool present, uint32_t words = 1) {
    if (!present) return kNowhere;
    const uint32_t at = next;
    next += words;
    return at;
}

constexpr void place_runtime_words(Wire& w) {
    uint32_t& next = w.runtime_words;
    w.at_roles = take(next, w.roles == kNowhere);
    if (w.chain) {
        w.at_coordinates = take(next, w.receives(), 2);
        w.at_neighbours = take(next, true, 5);
        return;
    }
    w.at_phase = take(next, w.sends() && w.span != 0);
    w.at_count = take(next, w.sends() && w.rectangles > 1);
    w.at_acks = take(next, w.acks_at_run_time);
    const uint32_t pairs = 2 * (w.span != 0 ? w.span : 1);
    w.at_coordinates = take(next, w.receives(), w.encoding == 0 ? pairs : 2 * (w.x_ranges + w.y_ranges));
    if (!w.sends()) return;
    w.record_bounds = take(w.record_words, w.mode != Mode::LocalCopy, 4);
    w.record_fanout = take(w.record_words, !(w.rectangles == 1 && w.same_fanout));
    w.record_mode = take(w.record_words, w.mode == Mode::Unknown);
    w.at_records = take(next, true, w.rectangles * w.record_words);
}

template <class Words>
constexpr Wire decode(const Words& words, uint32_t base) {
    Wire w;
    const uint32_t control = words[base];
    if (control == 0) return w;
    w.present = true;
    w.flags = control & 31;
    w.handshake = control & 1;
    w.counter = control & 2;
    w.second_noc = control & 4;
    w.chain = (control >> 3 & 3) != 0;
    w.has_receivers = control >> 5 & 1;
    w.mode = Mode(control >> 6 & 7);
    w.rectangles = control >> 9 & 3;
    w.roles = (control >> 13 & 1) ? kNowhere : (control >> 11 & 3);
    w.capabilities = control >> 14 & 3;
    w.encoding = control >> 16 & 3;
    w.same_fanout = control >> 18 & 1;
    const uint32_t acks = control >> 20 & 3;  // none, a constant, as many as receivers, at run time
    uint32_t next = base + 1;
    w.data_ready = words[next++];
    if (w.handshake) w.consumer_ready = words[next++];
    if (w.chain) w.signal_source = words[next++];
    if (w.same_fanout) w.fanout = words[next++];
    if (acks == 1) w.acks = words[next++];
    if (acks == 2) w.acks = w.fanout;
    w.acks_at_run_time = acks == 3;
    if (control >> 19 & 1) w.span = words[next++];
    if (w.encoding != 0) {
        w.columns = words[next++];
        w.rows = words[next++];
        w.x_ranges = words[next++];
        w.y_ranges = words[next++];
    }
    w.compile_time_words = next - base;
    place_runtime_words(w);
    return w;
}

// Senders' places by pairs, or by ranges along both axes.
template <uint32_t CtBase, uint32_t RtBase>
struct SenderPlaces {
    static constexpr Wire wire = decode(kernel_compile_time_args, CtBase);

    uint32_t operator[](uint32_t word) const {
        const uint32_t sender = word / 2, axis = word % 2;
        constexpr uint32_t first = RtBase + wire.at_coordinates;
        if constexpr (wire.encoding == 0) return get_arg_val<uint32_t>(first + word);
        const bool by_rows = wire.encoding == 1;
        if (axis == 0) return along(first, by_rows ? sender % wire.columns : sender / wire.rows);
        return along(first + 2 * wire.x_ranges, by_rows ? sender / wire.columns : sender % wire.rows);
    }

private:
    static uint32_t along(uint32_t range, uint32_t index) {
        for (;; range += 2) {
            const uint32_t start = get_arg_val<uint32_t>(range), length = get_arg_val<uint32_t>(range + 1) - start + 1;
            if (index < length) return start + index;
            index -= length;
        }
    }
};

// Stands for the face that no core of this kernel has.
struct NoFace {
    template <SourceL1Guard = SourceL1Guard::Guard>
    void send(uint32_t, uint32_t, uint32_t) {}
    template <SourceL1Guard = SourceL1Guard::Guard>
    void send_signal(uint32_t = VALID) {}
    void receive(uint32_t = 0) {}
    template <SourceL1Guard = SourceL1Guard::Guard>
    void receive_and_forward(uint32_t, uint32_t, uint32_t = 0) {}
    uint32_t receive_signal(uint32_t = 0) { return 0; }
};

}  // namespace channel

template <uint32_t CT_BASE, uint32_t RT_BASE>
struct McastArgs {
private:
    static constexpr channel::Wire wire = channel::decode(kernel_compile_time_args, CT_BASE);
    using Places = channel::SenderPlaces<CT_BASE, RT_BASE>;

public:
    static constexpr bool active = wire.present;
    static constexpr uint32_t has_receivers = wire.has_receivers;
    static constexpr uint32_t ack_count = wire.acks_at_run_time ? ACK_EQUALS_FANOUT : wire.acks;
    static constexpr uint32_t flags = wire.flags;
    static constexpr uint32_t rotating_span = wire.span;
    static constexpr TransferMode transfer_mode = wire.chain ? TransferMode::ChainUnicast : TransferMode::Multicast;
    static constexpr bool pre_handshake = wire.handshake;
    static constexpr DataReadySignal signal = wire.counter ? DataReadySignal::Counter : DataReadySignal::Flag;
    static constexpr bool rotating = wire.span > 0;
    static constexpr uint32_t num_senders = rotating ? wire.span : (active ? 1 : 0);
    static constexpr uint8_t sender_noc = wire.second_noc;
    static constexpr bool sender_available = wire.sends();
    static constexpr bool receiver_available = wire.receives();

    static constexpr uint32_t next_compile_time_args_offset() { return CT_BASE + wire.compile_time_words; }
    static constexpr uint32_t next_runtime_args_offset() { return RT_BASE + wire.runtime_words; }

    bool can_send() const { return roles() & channel::kCanSend; }
    bool can_receive() const { return roles() & channel::kCanReceive; }
    static constexpr uint32_t sender_index(uint32_t round) { return num_senders > 0 ? round % num_senders : 0; }
    bool should_send(uint32_t round) const {
        if constexpr (wire.at_phase == channel::kNowhere) return can_send();
        return can_send() && sender_index(round) == arg(wire.at_phase);
    }

    auto sender(const Noc& noc) const {
        static_assert(active, "there is no multicast on the cores of this kernel");
        static_assert(sender_available, "no core of this kernel is a sender of this multicast");
        static_assert(sender_noc == noc_index, "the channel was made for the other NoC");
        ASSERT(can_send());
        if constexpr (wire.chain) {
            return channel::ChainSender<wire.data_ready, wire.consumer_ready, wire.signal_source, signal>(noc, neighbours());
        } else {
            channel::Rectangle rectangles[kRectangles];
            const uint32_t count = wire.rectangles > 1 ? arg(wire.at_count) : 1;
            for (uint32_t i = 0; i < count; i++) rectangles[i] = record(i);
            return channel::Sender<wire.data_ready, wire.handshake, wire.consumer_ready, signal, rotating, kRectangles>(
                noc, rectangles, count, wire.acks_at_run_time ? arg(wire.at_acks) : wire.acks);
        }
    }

    auto receiver(const Noc& noc) const {
        static_assert(active, "there is no multicast on the cores of this kernel");
        static_assert(receiver_available, "no core of this kernel is a receiver of this multicast");
        ASSERT(can_receive());
        if constexpr (wire.chain) {
            return channel::ChainReceiver<wire.data_ready, wire.consumer_ready, wire.signal_source, signal>(noc,
                                                                                                          neighbours());
        } else {
            return channel::Receiver<wire.data_ready, wire.handshake, wire.consumer_ready, signal, num_senders, Places>(
                noc, Places{});
        }
    }

    // For kernels whose cores play different parts: empty where this core does not play it.
    auto optional_sender(const Noc& noc) const {
        if constexpr (!sender_available) {
            return std::optional<channel::NoFace>();
        } else {
            using Face = decltype(sender(noc));
            return can_send() ? std::optional<Face>(sender(noc)) : std::optional<Face>();
        }
    }
    auto optional_receiver(const Noc& noc) const {
        if constexpr (!receiver_available) {
            return std::optional<channel::NoFace>();
        } else {
            using Face = decltype(receiver(noc));
            return can_receive() ? std::optional<Face>(receiver(noc)) : std::optional<Face>();
        }
    }

    uint32_t sender_x() const {
        static_assert(wire.at_coordinates != channel::kNowhere, "this kernel is not told where the sender is");
        return Places{}[0];
    }
    uint32_t sender_y() const {
        static_assert(wire.at_coordinates != channel::kNowhere, "this kernel is not told where the sender is");
        return Places{}[1];
    }

private:
    static constexpr uint32_t kRectangles = wire.rectangles > 0 ? wire.rectangles : 1;

    static uint32_t arg(uint32_t offset) { return get_arg_val<uint32_t>(RT_BASE + offset); }
    static uint32_t roles() {
        if constexpr (wire.at_roles == channel::kNowhere) return wire.present ? wire.roles : 0;
        return arg(wire.at_roles);
    }

    static channel::Rectangle record(uint32_t i) {
        const uint32_t at = wire.at_records + i * wire.record_words;
        channel::Rectangle r{};
        if constexpr (wire.record_bounds != channel::kNowhere) {
            const uint32_t bounds = at + wire.record_bounds;
            r = {arg(bounds), arg(bounds + 1), arg(bounds + 2), arg(bounds + 3), 0, false};
        }
        r.others = wire.record_fanout == channel::kNowhere ? wire.fanout : arg(at + wire.record_fanout);
        const channel::Mode mode =
            wire.record_mode == channel::kNowhere ? wire.mode : channel::Mode(arg(at + wire.record_mode));
        r.has_sender = mode != channel::Mode::ExcludeSource;
        return r;
    }

    static channel::Neighbours neighbours() {
        constexpr uint32_t at = wire.at_neighbours;
        return {arg(at), arg(at + 1), arg(at + 2), arg(at + 3), arg(at + 4) != 0};
    }
};

}  // namespace dataflow_kernel_lib
