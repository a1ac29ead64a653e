// The two shapes that most endpoints share: memory of this core, and something that has a NoC address. A noc_traits_t
// specialisation derives from one of them and says where it starts.
#pragma once

#include "api/dataflow/noc.h"

#include <cstdint>

namespace tw {

struct OffsetArgs {
    uint32_t offset_bytes{};
};

struct RectangleArgs {
    uint32_t noc_x_start{};
    uint32_t noc_y_start{};
    uint32_t noc_x_end{};
    uint32_t noc_y_end{};
    uint32_t offset_bytes{};
};

// Start::read(t) and Start::write(t) give L1 offsets.
template <class T, class Start>
struct LocalEndpoint {
    using src_args_type = OffsetArgs;
    using dst_args_type = OffsetArgs;
    using dst_args_mcast_type = RectangleArgs;

    template <Noc::AddressType address_type>
    static uint32_t src_addr(const T& src, const Noc&, const src_args_type& args) {
        static_assert(address_type == Noc::AddressType::LOCAL_L1,
                      "memory of this core can only be the local side of a transfer");
        return Start::read(src) + args.offset_bytes;
    }
    template <Noc::AddressType address_type>
    static uint32_t dst_addr(const T& dst, const Noc&, const dst_args_type& args) {
        static_assert(address_type == Noc::AddressType::LOCAL_L1,
                      "memory of this core can only be the local side of a transfer");
        return Start::write(dst) + args.offset_bytes;
    }
    // The same offset on every core of a rectangle.
    template <Noc::AddressType address_type>
    static uint64_t dst_addr_mcast(const T& dst, const Noc&, const dst_args_mcast_type& args) {
        static_assert(address_type == Noc::AddressType::NOC, "a rectangle of cores is not local memory");
        return noc_rectangle(args.noc_x_start, args.noc_y_start, args.noc_x_end, args.noc_y_end,
                             Start::write(dst) + args.offset_bytes);
    }
};

// Resolve::at(t, noc, args) gives the NoC address, of type Args. As the local side of a transfer it must lie on this core.
template <class T, class Args, class Resolve>
struct RemoteEndpoint {
    using src_args_type = Args;
    using dst_args_type = Args;

    template <Noc::AddressType address_type>
    static auto src_addr(const T& src, const Noc& noc, const Args& args) {
        return on_side<address_type>(Resolve::at(src, noc, args), noc);
    }
    template <Noc::AddressType address_type>
    static auto dst_addr(const T& dst, const Noc& noc, const Args& args) {
        return on_side<address_type>(Resolve::at(dst, noc, args), noc);
    }

private:
    template <Noc::AddressType address_type>
    static auto on_side(uint64_t address, const Noc& noc) {
        if constexpr (address_type == Noc::AddressType::LOCAL_L1) {
            ASSERT(noc.is_local_addr(address));
            return noc_address_backend::extract_local_address(address);
        } else {
            return address;
        }
    }
};

}  // namespace tw
