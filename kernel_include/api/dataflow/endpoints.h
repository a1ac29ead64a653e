// Endpoints that are plain addresses: a core, a rectangle of cores, a ready-made NoC address, a bank.
#pragma once

#include "api/dataflow/noc.h"
#include "tw/endpoint_traits.h"

#include <cstdint>

struct UnicastEndpoint {
    uint64_t get_noc_unicast_addr(uint32_t noc_x, uint32_t noc_y, uint32_t addr, uint8_t = 0) const {
        return tw::noc_unicast(noc_x, noc_y, addr);
    }
};

struct PrecomposedUnicastEndpoint {};

struct MulticastEndpoint {
    uint64_t get_noc_multicast_addr(uint32_t noc_x_start, uint32_t noc_y_start, uint32_t noc_x_end, uint32_t noc_y_end,
                                    uint32_t addr, uint8_t = 0) const {
        return tw::noc_rectangle(noc_x_start, noc_y_start, noc_x_end, noc_y_end, addr);
    }
};

enum class AllocatorBankType { L1, DRAM };

template <AllocatorBankType bank_type>
struct AllocatorBank {
    uint64_t get_noc_addr_from_bank_id(uint32_t bank_id, uint32_t addr, uint8_t = 0) const {
        return tw_bank_address(tw_self(), bank_type == AllocatorBankType::DRAM, bank_id, addr, TW_SITE_NONE);
    }
};

template <>
struct noc_traits_t<UnicastEndpoint> {
    struct src_args_type {
        uint32_t noc_x{};
        uint32_t noc_y{};
        uint32_t addr{};
    };
    struct dst_args_type {
        uint32_t noc_x{};
        uint32_t noc_y{};
        uint32_t addr{};
    };
    // As the local side, only the address counts.
    template <Noc::AddressType address_type>
    static auto src_addr(const UnicastEndpoint&, const Noc&, const src_args_type& args) {
        if constexpr (address_type == Noc::AddressType::LOCAL_L1)
            return args.addr;
        else
            return tw::noc_unicast(args.noc_x, args.noc_y, args.addr);
    }
    template <Noc::AddressType address_type>
    static auto dst_addr(const UnicastEndpoint&, const Noc&, const dst_args_type& args) {
        if constexpr (address_type == Noc::AddressType::LOCAL_L1)
            return args.addr;
        else
            return tw::noc_unicast(args.noc_x, args.noc_y, args.addr);
    }
};

template <>
struct noc_traits_t<PrecomposedUnicastEndpoint> {
    struct src_args_type {
        uint64_t noc_addr{};
    };
    struct dst_args_type {
        uint64_t noc_addr{};
    };
    template <Noc::AddressType address_type>
    static uint64_t src_addr(const PrecomposedUnicastEndpoint&, const Noc&, const src_args_type& args) {
        static_assert(address_type == Noc::AddressType::NOC, "a NoC address cannot be the local side of a transfer");
        return args.noc_addr;
    }
    template <Noc::AddressType address_type>
    static uint64_t dst_addr(const PrecomposedUnicastEndpoint&, const Noc&, const dst_args_type& args) {
        static_assert(address_type == Noc::AddressType::NOC, "a NoC address cannot be the local side of a transfer");
        return args.noc_addr;
    }
};

template <>
struct noc_traits_t<MulticastEndpoint> {
    struct dst_args_mcast_type {
        uint32_t noc_x_start{};
        uint32_t noc_y_start{};
        uint32_t noc_x_end{};
        uint32_t noc_y_end{};
        uint32_t addr{};
    };
    template <Noc::AddressType address_type>
    static uint64_t dst_addr_mcast(const MulticastEndpoint&, const Noc&, const dst_args_mcast_type& args) {
        static_assert(address_type == Noc::AddressType::NOC, "a rectangle of cores is not local memory");
        return tw::noc_rectangle(args.noc_x_start, args.noc_y_start, args.noc_x_end, args.noc_y_end, args.addr);
    }
};

template <AllocatorBankType bank_type>
struct noc_traits_t<AllocatorBank<bank_type>> {
    struct src_args_type {
        uint32_t bank_id{};
        uint32_t addr{};
    };
    struct dst_args_type {
        uint32_t bank_id{};
        uint32_t addr{};
    };
    template <Noc::AddressType address_type>
    static uint64_t src_addr(const AllocatorBank<bank_type>& src, const Noc& noc, const src_args_type& args) {
        static_assert(address_type == Noc::AddressType::NOC, "a bank cannot be the local side of a transfer");
        return src.get_noc_addr_from_bank_id(args.bank_id, args.addr, noc.get_noc_id());
    }
    template <Noc::AddressType address_type>
    static uint64_t dst_addr(const AllocatorBank<bank_type>& dst, const Noc& noc, const dst_args_type& args) {
        static_assert(address_type == Noc::AddressType::NOC, "a bank cannot be the local side of a transfer");
        return dst.get_noc_addr_from_bank_id(args.bank_id, args.addr, noc.get_noc_id());
    }
};
