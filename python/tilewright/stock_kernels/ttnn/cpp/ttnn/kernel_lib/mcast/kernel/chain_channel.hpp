// Channels that pass a block from core to core, for receivers that make no rectangle. Each link has its own handshake: a
// core takes the block, tells its predecessor beforehand that it may, and writes on to its successor when that one may.
#pragma once

#include "ttnn/cpp/ttnn/kernel_lib/mcast/channel.hpp"

namespace dataflow_kernel_lib::channel {

inline constexpr uint32_t kNobody = 0xFFFFFFFFu;

struct Neighbours {
    uint32_t predecessor_x, predecessor_y, successor_x, successor_y;
    bool sender_receives;
};

// Where this core's block goes.
template <uint32_t DataReady, uint32_t ConsumerReady, uint32_t SignalSource>
class Link {
public:
    Link(const Noc& noc, const Neighbours& n) : noc_(noc), n_(n) {}

    bool has_successor() const { return n_.successor_x != kNobody; }
    void wait_for_successor() {
        consumer_ready_.wait(1);
        consumer_ready_.set(0);
    }
    void write(uint32_t from, uint32_t to, uint32_t bytes) {
        noc_.async_write(CoreLocalMem<uint32_t>(from), UnicastEndpoint{}, bytes, {}, {n_.successor_x, n_.successor_y, to});
        noc_.async_writes_flushed();  // Blackhole does not keep a flag behind its data otherwise
    }
    void tell(uint32_t value) {
        signal_source_.set(value);
        signal_source_.relay_unicast(noc_, data_ready_, n_.successor_x, n_.successor_y);
        noc_.async_writes_flushed();
    }

protected:
    Noc noc_;
    Neighbours n_;
    Semaphore<> data_ready_{DataReady};
    Semaphore<> consumer_ready_{ConsumerReady};
    Semaphore<> signal_source_{SignalSource};
};

template <uint32_t DataReady, uint32_t ConsumerReady, uint32_t SignalSource, DataReadySignal Signal>
class ChainSender : Link<DataReady, ConsumerReady, SignalSource> {
    using Base = Link<DataReady, ConsumerReady, SignalSource>;

public:
    using Base::Base;

    template <SourceL1Guard = SourceL1Guard::Guard>
    void send(uint32_t from, uint32_t to, uint32_t bytes) {
        if (this->n_.sender_receives && from != to) {
            copy_to_own_l1(this->noc_, from, to, bytes);
            this->noc_.async_write_barrier();
        }
        if (!this->has_successor()) return;
        this->wait_for_successor();
        this->write(from, to, bytes);
        this->tell(next(VALID));
    }

    template <SourceL1Guard = SourceL1Guard::Guard>
    void send_signal(uint32_t value = VALID) {
        if (!this->has_successor()) return;
        this->wait_for_successor();
        this->tell(next(value));
    }

private:
    uint32_t next(uint32_t value) { return Signal == DataReadySignal::Counter ? ++rounds_ : value; }
    uint32_t rounds_ = 0;
};

template <uint32_t DataReady, uint32_t ConsumerReady, uint32_t SignalSource, DataReadySignal Signal>
class ChainReceiver : Link<DataReady, ConsumerReady, SignalSource> {
    using Base = Link<DataReady, ConsumerReady, SignalSource>;

public:
    using Base::Base;
    ~ChainReceiver() { this->noc_.async_atomic_barrier(); }

    template <SourceL1Guard = SourceL1Guard::Guard>
    void receive_and_forward(uint32_t to, uint32_t bytes, uint32_t round = 0) {
        const uint32_t value = wait(round);
        if (!this->has_successor()) return;
        this->wait_for_successor();
        this->write(to, to, bytes);
        this->tell(value);
    }

    uint32_t receive_signal(uint32_t round = 0) {
        const uint32_t value = wait(round);
        if (this->has_successor()) {
            this->wait_for_successor();
            this->tell(value);
        }
        return value;
    }

private:
    uint32_t wait(uint32_t round) {
        this->consumer_ready_.up(this->noc_, this->n_.predecessor_x, this->n_.predecessor_y, 1);
        if constexpr (Signal == DataReadySignal::Counter) {
            this->data_ready_.wait_min(round + 1);
            return round + 1;
        } else {
            this->data_ready_.wait_min(VALID);
            const uint32_t value = this->data_ready_.value();
            this->data_ready_.set(INVALID);
            return value;
        }
    }
};

}  // namespace dataflow_kernel_lib::channel
