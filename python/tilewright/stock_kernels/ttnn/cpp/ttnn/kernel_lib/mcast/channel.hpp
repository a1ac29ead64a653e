// Multicast channels: the protocol that both generations of tt-metal's helper headers dress (mcast_pipe.hpp,
// mcast/kernel/mcast_args.hpp). A tt-metal tree or wheel among the metal roots comes first; these stand in without one.
//
// One core sends a block to the same L1 address on all receivers and then tells them. Before it sends, with a handshake, it
// waits until each receiver has said that its memory is free. Told is by a flag, which the receiver clears, or by a counter
// of rounds. Senders may take turns: then each core is sender in one round and receiver in the others, on the same words.
#pragma once

#include "api/core_local_mem.h"
#include "api/dataflow/endpoints.h"
#include "api/dataflow/noc.h"
#include "api/dataflow/noc_semaphore.h"
#include "hostdevcommon/common_values.hpp"

#include <cstdint>

namespace dataflow_kernel_lib {

enum class DataReadySignal : uint32_t { Flag = 0, Counter = 1 };
enum class TransferMode : uint32_t { Multicast = 0, ChainUnicast = 1 };
// Whether send() returns only when the source may be written again, or the caller sees to that.
enum class SourceL1Guard { Guard, CallerManaged };

inline constexpr uint32_t UNUSED_SEM_ID = 0xFFFFFFFFu;
inline constexpr uint32_t ACK_EQUALS_FANOUT = 0xFFFFFFFFu;
inline constexpr uint32_t MAX_MCAST_RECTANGLES = 3;

namespace channel {

struct Rectangle {
    uint32_t x0, y0, x1, y1;  // on the NoC, in the order of its way
    uint32_t others;          // receivers in it beside the sender
    bool has_sender;
};

template <uint32_t Id>
struct OptionalSemaphore : Semaphore<> {
    OptionalSemaphore() : Semaphore<>(Id) {}
};
template <>
struct OptionalSemaphore<UNUSED_SEM_ID> {
    void wait(uint32_t) const {}
    void set(uint32_t) const {}
    void up(const Noc&, uint32_t, uint32_t, uint32_t) const {}
};

FORCE_INLINE void copy_to_own_l1(const Noc& noc, uint32_t from, uint32_t to, uint32_t bytes) {
    const uint8_t id = noc.get_noc_id();
    noc.async_write(CoreLocalMem<uint32_t>(from), UnicastEndpoint{}, bytes, {}, {my_x[id], my_y[id], to});
}

template <uint32_t DataReady, bool Handshake, uint32_t ConsumerReady, DataReadySignal Signal, bool Rotating,
          uint32_t MaxRectangles>
class Sender {
    static_assert(!Handshake || ConsumerReady != UNUSED_SEM_ID, "a handshake needs the consumer-ready semaphore");

public:
    Sender(const Noc& noc, const Rectangle* rectangles, uint32_t count, uint32_t acks)
        : noc_(noc), count_(count), acks_(acks) {
        for (uint32_t i = 0; i < count; i++) rectangles_[i] = rectangles[i];
    }

    template <SourceL1Guard guard = SourceL1Guard::Guard>
    FORCE_INLINE void send(uint32_t from, uint32_t to, uint32_t bytes) {
        wait_for_receivers();
        bool copied = false;
        for (uint32_t i = 0; i < count_; i++) {
            const Rectangle& r = rectangles_[i];
            const bool to_itself = r.has_sender && from != to;
            copied |= to_itself;
            if (r.others == 0) {
                if (to_itself) copy_to_own_l1(noc_, from, to, bytes);
                continue;
            }
            write(r, to_itself, from, to, bytes);
            if constexpr (Signal == DataReadySignal::Counter) noc_.async_write_barrier();
            tell(r, VALID);
        }
        finish<guard>(copied);
    }

    // Tells without sending. A flag may carry any value but zero.
    template <SourceL1Guard guard = SourceL1Guard::Guard>
    FORCE_INLINE void send_signal(uint32_t value = VALID) {
        wait_for_receivers();
        for (uint32_t i = 0; i < count_; i++) {
            if (rectangles_[i].others > 0) tell(rectangles_[i], value);
        }
        finish<guard>(false);
    }

    bool core_in_receiver_rect() const {
        for (uint32_t i = 0; i < count_; i++) {
            if (rectangles_[i].has_sender) return true;
        }
        return false;
    }

private:
    FORCE_INLINE void wait_for_receivers() {
        if constexpr (Handshake) {
            consumer_ready_.wait(acks_);
            consumer_ready_.set(0);
        }
    }

    FORCE_INLINE void write(const Rectangle& r, bool to_itself, uint32_t from, uint32_t to, uint32_t bytes) {
        const CoreLocalMem<uint32_t> source(from);
        // Linked to the flag that follows, which then keeps behind it on Blackhole, too. A counter waits for the data instead.
        constexpr bool linked = Signal == DataReadySignal::Flag;
        if (to_itself) {
            noc_.template async_write_multicast<NocOptions::MCAST_INCL_SRC>(source, MulticastEndpoint{}, bytes, r.others + 1,
                                                                            {}, {r.x0, r.y0, r.x1, r.y1, to}, linked);
        } else {
            noc_.async_write_multicast(source, MulticastEndpoint{}, bytes, r.others, {}, {r.x0, r.y0, r.x1, r.y1, to},
                                       linked);
        }
    }

    FORCE_INLINE void tell(const Rectangle& r, uint32_t value) {
        if constexpr (Signal == DataReadySignal::Counter) {
            data_ready_.inc_multicast(noc_, r.x0, r.y0, r.x1, r.y1, 1, r.others);
        } else {
            data_ready_.set(value);  // the word that is sent is this core's own
            data_ready_.set_multicast(noc_, r.x0, r.y0, r.x1, r.y1, r.others);
        }
    }

    template <SourceL1Guard guard>
    FORCE_INLINE void finish(bool copied) {
        // A sender that will listen to the same word later counts its own round, too, or takes its flag back.
        if constexpr (Rotating && Signal == DataReadySignal::Counter) {
            const uint8_t id = noc_.get_noc_id();
            data_ready_.up(noc_, my_x[id], my_y[id], 1);
        }
        if (copied) {
            noc_.async_write_barrier();
        } else if constexpr (guard == SourceL1Guard::Guard || (Rotating && Signal == DataReadySignal::Flag)) {
            noc_.async_writes_flushed();
        }
        if constexpr (Signal == DataReadySignal::Counter) noc_.async_atomic_barrier();
        if constexpr (Rotating && Signal == DataReadySignal::Flag) data_ready_.set(INVALID);
    }

    Noc noc_;
    OptionalSemaphore<DataReady> data_ready_;
    OptionalSemaphore<ConsumerReady> consumer_ready_;
    Rectangle rectangles_[MaxRectangles];
    uint32_t count_, acks_;
};

// `Coordinates` gives the senders' places on the NoC: [2 * i] is x, [2 * i + 1] is y.
template <uint32_t DataReady, bool Handshake, uint32_t ConsumerReady, DataReadySignal Signal, uint32_t Senders,
          class Coordinates>
class Receiver {
    static_assert(!Handshake || ConsumerReady != UNUSED_SEM_ID, "a handshake needs the consumer-ready semaphore");

public:
    Receiver(const Noc& noc, Coordinates senders) : noc_(noc), senders_(senders) {}

    FORCE_INLINE void receive(uint32_t round = 0) { wait(round, round + 1); }

    // For kernels that may be told to pass the data on; here it came to everybody at once.
    template <SourceL1Guard = SourceL1Guard::Guard>
    FORCE_INLINE void receive_and_forward(uint32_t, uint32_t, uint32_t round = 0) {
        wait(round, round + 1);
    }

    FORCE_INLINE uint32_t receive_signal(uint32_t round = 0) { return wait(round, round + 1); }

protected:
    FORCE_INLINE uint32_t wait(uint32_t round, uint32_t count) {
        if constexpr (Handshake) {
            const uint32_t sender = round % Senders;
            consumer_ready_.up(noc_, senders_[2 * sender], senders_[2 * sender + 1], 1);
        }
        if constexpr (Signal == DataReadySignal::Counter) {
            data_ready_.wait_min(count);
            return count;
        } else {
            data_ready_.wait_min(VALID);
            const uint32_t value = data_ready_.value();
            data_ready_.set(INVALID);
            return value;
        }
    }

private:
    Noc noc_;
    OptionalSemaphore<DataReady> data_ready_;
    OptionalSemaphore<ConsumerReady> consumer_ready_;
    Coordinates senders_;
};

}  // namespace channel
}  // namespace dataflow_kernel_lib
