// Multicast channels by the words of ttnn.Mcast1D and ttnn.Mcast2D, under the names of mid 2026
// (src/program/mcast_lines.h says what the words are).
#pragma once

#include "api/dataflow/dataflow_api.h"
#include "ttnn/cpp/ttnn/kernel_lib/mcast/channel.hpp"

#include <cstdint>

namespace dataflow_kernel_lib {

// Corners may come in any order.
template <uint8_t NOC_ID = noc_index>
struct McastRect {
    constexpr McastRect(uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1)
        : low_x_(x0 < x1 ? x0 : x1), high_x_(x0 < x1 ? x1 : x0), low_y_(y0 < y1 ? y0 : y1), high_y_(y0 < y1 ? y1 : y0) {}

    constexpr uint32_t xlo() const { return low_x_; }
    constexpr uint32_t xhi() const { return high_x_; }
    constexpr uint32_t ylo() const { return low_y_; }
    constexpr uint32_t yhi() const { return high_y_; }

    // The workers in it.
    constexpr uint32_t area() const {
        uint32_t columns = high_x_ - low_x_ + 1;
#if defined(ARCH_BLACKHOLE)
        for (const uint32_t gap : {8u, 9u}) columns -= low_x_ <= gap && gap <= high_x_;  // no workers there
#endif
        return columns * (high_y_ - low_y_ + 1);
    }

    constexpr channel::Rectangle as_sender_sees_it() const {
        const bool inside = low_x_ <= my_x[NOC_ID] && my_x[NOC_ID] <= high_x_ && low_y_ <= my_y[NOC_ID] &&
                            my_y[NOC_ID] <= high_y_;
        if (NOC_ID == 1) return {high_x_, high_y_, low_x_, low_y_, area() - inside, inside};
        return {low_x_, low_y_, high_x_, high_y_, area() - inside, inside};
    }

private:
    uint32_t low_x_, high_x_, low_y_, high_y_;
};

template <uint8_t NOC_ID, uint32_t DATA_READY_SEM_ID, bool PRE_HANDSHAKE = true,
          uint32_t CONSUMER_READY_SEM_ID = UNUSED_SEM_ID, DataReadySignal DATA_READY_SIGNAL = DataReadySignal::Flag,
          bool ROTATING_SENDER = false>
class SenderPipe : public channel::Sender<DATA_READY_SEM_ID, PRE_HANDSHAKE, CONSUMER_READY_SEM_ID, DATA_READY_SIGNAL,
                                          ROTATING_SENDER, 1> {
    using Base = channel::Sender<DATA_READY_SEM_ID, PRE_HANDSHAKE, CONSUMER_READY_SEM_ID, DATA_READY_SIGNAL,
                                 ROTATING_SENDER, 1>;

public:
    explicit SenderPipe(const Noc& noc, const McastRect<NOC_ID>& receivers, uint32_t consumer_ack_count = ACK_EQUALS_FANOUT)
        : SenderPipe(noc, receivers.as_sender_sees_it(), consumer_ack_count) {}

private:
    SenderPipe(const Noc& noc, const channel::Rectangle& r, uint32_t acks)
        : Base(noc, &r, 1, acks == ACK_EQUALS_FANOUT ? r.others : acks) {}
};

// A receiver with one sender counts the rounds itself; where senders take turns, its own among them, the caller does.
template <uint32_t DATA_READY_SEM_ID, bool PRE_HANDSHAKE = true, uint32_t CONSUMER_READY_SEM_ID = UNUSED_SEM_ID,
          DataReadySignal DATA_READY_SIGNAL = DataReadySignal::Flag, uint32_t NUM_SENDERS = 1>
class ReceiverPipe : public channel::Receiver<DATA_READY_SEM_ID, PRE_HANDSHAKE, CONSUMER_READY_SEM_ID, DATA_READY_SIGNAL,
                                              NUM_SENDERS, const uint32_t*> {
    using Base = channel::Receiver<DATA_READY_SEM_ID, PRE_HANDSHAKE, CONSUMER_READY_SEM_ID, DATA_READY_SIGNAL, NUM_SENDERS,
                                   const uint32_t*>;

public:
    using Base::Base;
    FORCE_INLINE void receive(uint32_t round = 0) { receive_signal(round); }
    FORCE_INLINE uint32_t receive_signal(uint32_t round = 0) {
        return this->wait(round, NUM_SENDERS > 1 ? round + 1 : ++rounds_);
    }

private:
    uint32_t rounds_ = 0;
};

// SPAN: earlier kernels named the number of senders that take turns; the words say it, too.
template <uint32_t CT_BASE, uint32_t RT_BASE, uint32_t SPAN = 0>
struct McastArgs {
    static constexpr uint32_t active = get_compile_time_arg_val(CT_BASE);
    static constexpr uint32_t has_receivers = active;
    static constexpr uint32_t data_ready = get_compile_time_arg_val(CT_BASE + 1);
    static constexpr uint32_t consumer_ready = get_compile_time_arg_val(CT_BASE + 2);
    static constexpr uint32_t num_active = get_compile_time_arg_val(CT_BASE + 3);
    static constexpr uint32_t ack_count = num_active;
    static constexpr uint32_t flags = get_compile_time_arg_val(CT_BASE + 4);
    static constexpr bool pre_handshake = flags & 1;
    static constexpr DataReadySignal signal = flags & 2 ? DataReadySignal::Counter : DataReadySignal::Flag;
    static constexpr uint32_t rotating_span = flags >> 8;
    static_assert(SPAN == 0 || SPAN == rotating_span, "the host's channel has another number of senders");
    static constexpr bool rotating = rotating_span > 0;
    static constexpr uint32_t num_senders = rotating ? rotating_span : 1;

    static constexpr uint32_t num_runtime_args() { return rotating ? 4 + 2 * rotating_span : 4; }
    static constexpr uint32_t next_compile_time_args_offset() { return CT_BASE + 5; }
    static constexpr uint32_t next_runtime_args_offset() { return RT_BASE + num_runtime_args(); }

    template <uint8_t NOC_ID = noc_index>
    auto sender(const Noc& noc) const {
        return SenderPipe<NOC_ID, data_ready, pre_handshake, consumer_ready, signal, rotating>(noc, rect<NOC_ID>(),
                                                                                               num_active);
    }
    auto receiver(const Noc& noc) const {
        return ReceiverPipe<data_ready, pre_handshake, consumer_ready, signal, num_senders>(
            noc, reinterpret_cast<const uint32_t*>(get_arg_addr(RT_BASE + (rotating ? 4 : 0))));
    }

    template <uint8_t NOC_ID = noc_index>
    bool is_sender(uint32_t round) const {
        static_assert(rotating, "only channels with senders by turns have a sender of a round");
        return sender_x(round) == my_x[NOC_ID] && sender_y(round) == my_y[NOC_ID];
    }
    template <uint8_t NOC_ID = noc_index>
    McastRect<NOC_ID> rect() const {
        return {get_arg_val<uint32_t>(RT_BASE), get_arg_val<uint32_t>(RT_BASE + 1), get_arg_val<uint32_t>(RT_BASE + 2),
                get_arg_val<uint32_t>(RT_BASE + 3)};
    }
    uint32_t sender_x(uint32_t round = 0) const { return get_arg_val<uint32_t>(RT_BASE + (rotating ? 4 : 0) + 2 * round); }
    uint32_t sender_y(uint32_t round = 0) const {
        return get_arg_val<uint32_t>(RT_BASE + (rotating ? 4 : 0) + 2 * round + 1);
    }
};

}  // namespace dataflow_kernel_lib
