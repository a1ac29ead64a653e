// ttnn.Mcast (0.81.1): multicast channels whose words and semaphores are attached to descriptors.
//
// Receivers are put in order and cut into groups of equal size; each group is a channel with a sender of its own, or with
// senders by turns. All channels of one object share semaphores and compile-time words. `attach` appends the words to each
// kernel and tells it where they begin by two named compile-time arguments, `<prefix>_ct_offset` and `<prefix>_rt_offset`.
#pragma once

#include "device/device.h"
#include "program/descriptors.h"
#include "program/mcast_wire.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tw {

enum class McastCoreOrder : uint8_t { RowMajor = 0, ColumnMajor = 1 };

// The cores of a set, each once or as often as ranges name it, in the order.
std::vector<CoreCoord> cores_in_order(const CoreRangeSet&, McastCoreOrder);
bool contains(const std::vector<CoreCoord>&, CoreCoord);
[[noreturn]] void raise_mcast(std::string what, std::string why = {});

struct McastConfig {
    NOC noc = NOC::NOC_0;
    bool handshake = true;
    std::optional<CoreRangeSet> handshake_cores;  // who tells the sender that it is ready; none: every receiver
    bool counter = false;                         // receivers learn of data by a counter that only grows, not by a flag
    bool chain = false;                           // data go from core to core where the receivers are no rectangle
};

struct McastFixedSender {  // by its place among the group's receivers; staggered: one place further in each group
    uint32_t index = 0;
    bool staggered = false;
};
struct McastExplicitSenders {  // one for each group, which need not be among the receivers
    std::vector<CoreCoord> per_group;
};
struct McastRotatingSenders {  // by turns: the receivers, or a grid's cores divided among the groups
    std::optional<CoreRangeSet> cores;
    std::optional<McastCoreOrder> order;
};
using McastSenders = std::variant<McastFixedSender, McastExplicitSenders, McastRotatingSenders>;

class Mcast {
public:
    Mcast(std::shared_ptr<Device>, McastConfig, const CoreRangeSet& receivers, int64_t group_size, const McastSenders& = {},
          McastCoreOrder = McastCoreOrder::RowMajor);

    CoreRangeSet participating_cores() const;
    CoreRangeSet sender_only_cores() const;
    uint32_t next_semaphore_id() const;
    void attach(ProgramDescriptor&, const std::string& prefix, const std::vector<KernelDescriptor*>& kernels,
                uint32_t first_semaphore_id = 0);

private:
    // One channel: its receivers, and its sender or senders in the order of their turns.
    struct Group {
        CoreRangeSet receivers;
        std::vector<CoreCoord> senders, cores;

        Group(const std::vector<CoreCoord>& receivers, std::vector<CoreCoord> senders);
        bool rotating() const { return senders.size() > 1; }
        uint32_t fanout(CoreCoord sender) const;
        uint32_t roles(CoreCoord) const;
        bool has(CoreCoord) const;
    };
    struct Arguments {
        mcast_wire::Words compile_time;
        RuntimeArgs runtime;
        uint32_t runtime_offset = 0;
    };

    void check_groups() const;
    void prepare();
    uint32_t acks(const Group&, CoreCoord sender) const;
    std::vector<mcast_wire::WireRecord> records(const Group&, CoreCoord sender) const;
    mcast_wire::Words pairs_of(const std::vector<CoreCoord>&) const;
    mcast_wire::Words neighbours(const Group&, CoreCoord) const;
    mcast_wire::Coordinates coordinates(const Group&) const;
    const Group* group_of(CoreCoord) const;
    mcast_wire::Meta meta_of(const std::vector<CoreCoord>& placement) const;
    mcast_wire::Words words_of(CoreCoord, const mcast_wire::Meta&) const;
    Arguments arguments_for(const KernelDescriptor&, const std::string& prefix, const mcast_wire::Words& ids) const;

    std::shared_ptr<Device> device_;
    McastConfig config_;
    std::vector<Group> groups_;
    mcast_wire::Meta meta_;
    bool chain_ = false;
    std::optional<uint32_t> next_semaphore_;
};

// For a kernel whose source names a channel that its cores have no part in.
void attach_absent_mcast(KernelDescriptor&, const std::string& prefix);

}  // namespace tw
