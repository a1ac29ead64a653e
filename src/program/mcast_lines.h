// ttnn.Mcast1D and ttnn.Mcast2D, the predecessors of ttnn.Mcast: multicast channels along the lines of a rectangle of
// cores, or over all of it, which hand out words and semaphores for the program to place.
//
//     compile-time  [active, data-ready semaphore, consumer-ready semaphore, acknowledgements, flags]
//     runtime       fixed sender: 4 words; the sender gets the rectangle x0 y0 x1 y1, a receiver the sender's x y 0 0
//                   senders by turns: the rectangle, then x y of each sender; the same on all cores of a channel
//
// flags: 1 handshake, 2 counter, and from bit 8 the number of senders that take turns. Coordinates are the NoC's;
// rectangles start where the NoC's way through them starts. Kernels decode them by McastArgs<CT, RT> of
// stock_kernels/ttnn/cpp/ttnn/kernel_lib/mcast_pipe.hpp.
#pragma once

#include "program/mcast.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace tw {

struct McastLinesConfig {
    NOC noc = NOC::NOC_0;
    bool handshake = true, counter = false;
    bool rotating = false;  // by a bare sender index or core: senders take turns
    uint32_t base_semaphore = 0;
    std::optional<std::vector<uint32_t>> semaphores;  // the program's own: data ready, consumer ready
    std::optional<uint32_t> acks;                     // instead of as many as there are receivers
};

struct Mcast1DFixedSender {
    int64_t index = 0;
    bool diagonal = false;  // one place further on each line
    bool bare = false;      // given as a number: at an end of its line the sender is left out of the rectangle
};
struct McastSenderGrid {  // senders by turns; none: the receivers themselves
    std::optional<CoreRangeSet> cores;
    McastCoreOrder order = McastCoreOrder::RowMajor;  // of Mcast2D
};

class McastLines {
public:
    // One channel for each row (row_major) or column of a rectangle of cores.
    static McastLines along_lines(std::shared_ptr<Device>, const CoreRangeSet& grid, McastCoreOrder,
                                  const std::variant<Mcast1DFixedSender, McastSenderGrid>&, McastLinesConfig);
    // One channel over a rectangle of cores, from a core inside it or elsewhere.
    static McastLines over_rectangle(std::shared_ptr<Device>, const CoreRangeSet& rectangle,
                                     const std::variant<CoreCoord, McastSenderGrid>&, McastLinesConfig);

    std::vector<SemaphoreDescriptor> owned_semaphores() const;
    std::vector<uint32_t> compile_time_args(std::optional<bool> pre_handshake = {}) const;
    std::vector<uint32_t> runtime_args(CoreCoord) const;
    bool is_sender(CoreCoord) const;
    uint32_t num_receivers(CoreCoord) const;
    uint32_t ack_count() const;  // kAcksEqualFanout: as many as a sender has receivers
    uint32_t num_senders() const { return uint32_t(channels_[0].senders.size()); }
    uint32_t num_semaphores() const;
    uint32_t next_base_semaphore() const;
    bool active() const { return fanout_ != 0u; }
    bool sender_inside() const;  // of Mcast2D: whether the first sender is in the rectangle

    static constexpr uint32_t kAcksEqualFanout = 0xffffffff;
    static constexpr uint32_t kUnusedSemaphore = 0xffffffff;

private:
    // One sender, or several by turns, and the rectangle that each of them sends to.
    struct Channel {
        std::vector<CoreCoord> receivers, senders, rectangle;
        uint32_t fanout(CoreCoord sender) const;
        bool has(CoreCoord) const;
    };

    McastLines(std::shared_ptr<Device>, McastLinesConfig, std::vector<Channel>, bool rotating);
    std::vector<uint32_t> rectangle_words(const Channel&) const;

    std::shared_ptr<Device> device_;
    McastLinesConfig config_;
    std::vector<Channel> channels_;
    bool rotating_;
    std::optional<uint32_t> fanout_;  // when it is one number
    std::vector<uint32_t> ids_;
};

}  // namespace tw
