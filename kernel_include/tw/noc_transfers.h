// noc_async_read, noc_async_write and their relatives: bytes between this core's L1 and any address of the chip. All are
// asynchronous; how late the bytes move is the runtime's choice (docs/architecture.md, "Transfers"). Virtual channels and
// the command buffer number are accepted and mean nothing.
#pragma once

#include "tw/abi.h"
#include "tw/address_generators.h"
#include "tw/command_buffers.h"
#include "tw/noc_state.h"
#include "tw/site.h"

#include <cstdint>

namespace tw {

FORCE_INLINE void read(uint64_t src, uint32_t dst, uint32_t bytes, uint32_t noc, const tw_site* site) {
    tw_noc_read(tw_self(), noc, src, dst, bytes, read_trid(noc), site);
}

template <bool Posted>
FORCE_INLINE void write(uint32_t src, uint64_t dst, uint32_t bytes, uint32_t noc, uint32_t trid, const tw_site* site) {
    tw_noc_write(tw_self(), noc, src, dst, bytes, Posted ? TW_NOC_POSTED : 0, 1, trid, site);
}

FORCE_INLINE void multicast(uint32_t src, uint64_t rectangle, uint32_t bytes, uint32_t num_dests, bool linked,
                            bool loopback, uint32_t noc, const tw_site* site, uint32_t more_flags = 0) {
    const uint32_t flags = TW_NOC_MULTICAST | (linked ? TW_NOC_LINKED : 0) | (loopback ? TW_NOC_INCLUDE_SELF : 0);
    tw_noc_write(tw_self(), noc, src, rectangle, bytes, flags | more_flags, num_dests, write_trid(noc), site);
}

// One word of own L1: a semaphore's value for other cores.
FORCE_INLINE void send_flag(uint32_t src, uint64_t dst, uint32_t noc, const tw_site* site) {
    tw_noc_write(tw_self(), noc, src, dst, 4, TW_NOC_FLAG, 1, write_trid(noc), site);
}
FORCE_INLINE void multicast_flag(uint32_t src, uint64_t rectangle, uint32_t num_dests, bool linked, bool loopback,
                                 uint32_t noc, const tw_site* site) {
    multicast(src, rectangle, 4, num_dests, linked, loopback, noc, site, TW_NOC_FLAG);
}

// For the calls that promise one packet: longer transfers are not cut up for them (docs/upstream-api.md K4).
FORCE_INLINE void check_packet(uint32_t bytes, const tw_site* site) {
    if (__builtin_expect(bytes > NOC_MAX_BURST_SIZE, 0)) tw_noc_packet_too_long(tw_self(), bytes, NOC_MAX_BURST_SIZE, site);
}
template <uint32_t max_page_size>
FORCE_INLINE void check_page(uint32_t bytes, const tw_site* site) {
    if constexpr (max_page_size <= NOC_MAX_BURST_SIZE) check_packet(bytes, site);
}

}  // namespace tw

// ---------------------------------------------------------------- reads
template <uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, bool enable_noc_tracing = true>
FORCE_INLINE void noc_async_read(uint64_t src_noc_addr, uint32_t dst_local_l1_addr, uint32_t size,
                                 uint8_t noc = tw::default_noc(), uint32_t = NOC_UNICAST_WRITE_VC, TW_WHERE) {
    tw::check_page<max_page_size>(size, TW_SITE);
    tw::read(src_noc_addr, dst_local_l1_addr, size, noc, TW_SITE);
}

template <bool enable_noc_tracing = true>
FORCE_INLINE void noc_async_read_one_packet(uint64_t src_noc_addr, uint32_t dst_local_l1_addr, uint32_t size,
                                            uint8_t noc = tw::default_noc(), uint32_t = NOC_UNICAST_WRITE_VC, TW_WHERE) {
    tw::check_packet(size, TW_SITE);
    tw::read(src_noc_addr, dst_local_l1_addr, size, noc, TW_SITE);
}

FORCE_INLINE void noc_async_read_set_state(uint64_t src_noc_addr, uint8_t noc = tw::default_noc()) {
    tw::noc_state(noc).read_source = src_noc_addr;
}

template <bool inc_num_issued = true, bool skip_cmdbuf_chk = false>
FORCE_INLINE void noc_async_read_with_state(uint32_t src_local_l1_addr, uint32_t dst_local_l1_addr, uint32_t size,
                                            uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::read(tw::with_low_address(tw::noc_state(noc).read_source, src_local_l1_addr), dst_local_l1_addr, size, noc,
             TW_SITE);
}

template <bool use_vc = false>
FORCE_INLINE void noc_async_read_one_packet_set_state(uint64_t src_noc_addr, uint32_t size, uint32_t = 0,
                                                      uint8_t noc = tw::default_noc()) {
    tw::noc_state(noc).read_source = src_noc_addr;
    tw::noc_state(noc).read_bytes = size;
}

template <bool inc_num_issued = true, bool use_vc = false>
FORCE_INLINE void noc_async_read_one_packet_with_state(uint32_t src_local_l1_addr, uint32_t dst_local_l1_addr, uint32_t = 0,
                                                       uint8_t noc = tw::default_noc(), TW_WHERE) {
    const tw::NocState& state = tw::noc_state(noc);
    tw::check_packet(static_cast<uint32_t>(state.read_bytes), TW_SITE);
    tw::read(tw::with_low_address(state.read_source, src_local_l1_addr), dst_local_l1_addr,
             static_cast<uint32_t>(state.read_bytes), noc, TW_SITE);
}

template <bool skip_ptr_update = false, bool skip_cmdbuf_chk = false>
FORCE_INLINE void noc_async_read_one_packet_with_state_with_trid(uint32_t src_base_addr, uint32_t src_addr,
                                                                 uint32_t dest_addr, uint32_t trid = 0,
                                                                 uint8_t noc = tw::default_noc(), TW_WHERE) {
    const tw::NocState& state = tw::noc_state(noc);
    tw::check_packet(static_cast<uint32_t>(state.read_bytes), TW_SITE);
    tw_noc_read(tw_self(), noc, tw::with_low_address(state.read_source, src_base_addr + src_addr), dest_addr,
                static_cast<uint32_t>(state.read_bytes), trid != 0 ? trid : tw::read_trid(noc), TW_SITE);
}

FORCE_INLINE void noc_async_read_set_trid(uint32_t trid = 0, uint8_t noc = tw::default_noc()) {
    tw::noc_state(noc).read_trid = trid;
}

// Corrects the issue counter after a read with inc_num_issued = false; the runtime counts every read by itself.
FORCE_INLINE void noc_async_read_inc_num_issued(uint32_t, uint8_t = 0) {}

// ---------------------------------------------------------------- writes
template <uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, bool enable_noc_tracing = true, bool posted = false>
FORCE_INLINE void noc_async_write(uint32_t src_local_l1_addr, uint64_t dst_noc_addr, uint32_t size,
                                  uint8_t noc = tw::default_noc(), uint32_t = NOC_UNICAST_WRITE_VC, TW_WHERE) {
    tw::check_page<max_page_size>(size, TW_SITE);
    tw::write<posted>(src_local_l1_addr, dst_noc_addr, size, noc, tw::write_trid(noc), TW_SITE);
}

template <bool enable_noc_tracing = true, bool posted = false>
FORCE_INLINE void noc_async_write_one_packet(uint32_t src_local_l1_addr, uint64_t dst_noc_addr, uint32_t size,
                                             uint8_t noc = tw::default_noc(), uint32_t = NOC_UNICAST_WRITE_VC, TW_WHERE) {
    tw::check_packet(size, TW_SITE);
    tw::write<posted>(src_local_l1_addr, dst_noc_addr, size, noc, tw::write_trid(noc), TW_SITE);
}

template <bool posted = false>
FORCE_INLINE void noc_async_write_set_state(uint64_t dst_noc_addr, uint8_t noc = tw::default_noc(),
                                            uint8_t = NOC_UNICAST_WRITE_VC) {
    tw::noc_state(noc).write_target = dst_noc_addr;
}

template <bool posted = false, bool update_counter = true, bool skip_cmdbuf_chk = false>
FORCE_INLINE void noc_async_write_with_state(uint32_t src_local_l1_addr, uint32_t dst_local_l1_addr, uint32_t size,
                                             uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::write<posted>(src_local_l1_addr, tw::with_low_address(tw::noc_state(noc).write_target, dst_local_l1_addr), size,
                      noc, tw::write_trid(noc), TW_SITE);
}

template <bool posted = false>
FORCE_INLINE void noc_async_write_one_packet_set_state(uint64_t dst_noc_addr, uint32_t size,
                                                       uint8_t noc = tw::default_noc(), uint8_t = NOC_UNICAST_WRITE_VC) {
    tw::noc_state(noc).write_target = dst_noc_addr;
    tw::noc_state(noc).write_bytes = size;
}

template <bool posted = false>
FORCE_INLINE void noc_async_write_one_packet_with_state(uint32_t src_local_l1_addr, uint32_t dst_local_l1_addr,
                                                        uint8_t noc = tw::default_noc(), TW_WHERE) {
    const tw::NocState& state = tw::noc_state(noc);
    tw::check_packet(static_cast<uint32_t>(state.write_bytes), TW_SITE);
    tw::write<posted>(src_local_l1_addr, tw::with_low_address(state.write_target, dst_local_l1_addr),
                      static_cast<uint32_t>(state.write_bytes), noc, tw::write_trid(noc), TW_SITE);
}

FORCE_INLINE void noc_async_write_set_trid(uint32_t trid = 0, uint8_t noc = tw::default_noc()) {
    tw::noc_state(noc).write_trid = trid;
}

template <bool update_counter = true, bool posted = false>
FORCE_INLINE void noc_async_write_one_packet_with_trid(uint32_t src_local_l1_addr, uint64_t dst_noc_addr, uint32_t size,
                                                       uint32_t trid, uint8_t = write_cmd_buf,
                                                       uint8_t noc = tw::default_noc(), uint8_t = NOC_UNICAST_WRITE_VC,
                                                       TW_WHERE) {
    tw::check_packet(size, TW_SITE);
    tw::write<posted>(src_local_l1_addr, dst_noc_addr, size, noc, trid, TW_SITE);
}

template <bool posted = false>
FORCE_INLINE void noc_async_write_one_packet_with_trid_set_state(uint64_t dst_noc_addr, uint8_t = write_cmd_buf,
                                                                 uint8_t noc = tw::default_noc(),
                                                                 uint8_t = NOC_UNICAST_WRITE_VC) {
    tw::noc_state(noc).write_target = dst_noc_addr;
}

template <bool update_counter = true, bool posted = false>
FORCE_INLINE void noc_async_write_one_packet_with_trid_with_state(uint32_t src_local_l1_addr, uint32_t dst_local_l1_addr,
                                                                  uint32_t size, uint32_t trid, uint8_t = write_cmd_buf,
                                                                  uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::check_packet(size, TW_SITE);
    tw::write<posted>(src_local_l1_addr, tw::with_low_address(tw::noc_state(noc).write_target, dst_local_l1_addr), size,
                      noc, trid, TW_SITE);
}

// ---------------------------------------------------------------- multicasts
// Every core of the rectangle but the sender; num_dests does not count the sender.
template <uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1>
FORCE_INLINE void noc_async_write_multicast(uint32_t src_local_l1_addr, uint64_t dst_noc_addr_multicast, uint32_t size,
                                            uint32_t num_dests, bool linked = false, uint8_t noc = tw::default_noc(),
                                            uint8_t = NOC_MULTICAST_WRITE_VC, TW_WHERE) {
    tw::check_page<max_page_size>(size, TW_SITE);
    tw::multicast(src_local_l1_addr, dst_noc_addr_multicast, size, num_dests, linked, false, noc, TW_SITE);
}

template <bool enable_noc_tracing = true>
FORCE_INLINE void noc_async_write_multicast_one_packet(uint32_t src_local_l1_addr, uint64_t dst_noc_addr_multicast,
                                                       uint32_t size, uint32_t num_dests, bool linked = false,
                                                       uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::check_packet(size, TW_SITE);
    tw::multicast(src_local_l1_addr, dst_noc_addr_multicast, size, num_dests, linked, false, noc, TW_SITE);
}

// The sender too, and num_dests counts it.
FORCE_INLINE void noc_async_write_multicast_loopback_src(uint32_t src_local_l1_addr, uint64_t dst_noc_addr_multicast,
                                                         uint32_t size, uint32_t num_dests, bool linked = false,
                                                         uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::multicast(src_local_l1_addr, dst_noc_addr_multicast, size, num_dests, linked, true, noc, TW_SITE);
}

// ---------------------------------------------------------------- whole pages through an address generator
template <class AddrGen, bool enable_noc_tracing = true>
FORCE_INLINE void noc_async_read_page(uint32_t id, const AddrGen& addrgen, uint32_t dst_local_l1_addr, uint32_t offset = 0,
                                      uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::read(addrgen.get_noc_addr(id, offset, noc), dst_local_l1_addr, tw::page_bytes(addrgen), noc, TW_SITE);
}

template <class AddrGen>
FORCE_INLINE void noc_async_read_tile(uint32_t id, const AddrGen& addrgen, uint32_t dst_local_l1_addr, uint32_t offset = 0,
                                      uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::read(addrgen.get_noc_addr(id, offset, noc), dst_local_l1_addr, tw::page_bytes(addrgen), noc, TW_SITE);
}

// size 0: a whole page.
template <class AddrGen, bool enable_noc_tracing = true, bool posted = false>
FORCE_INLINE void noc_async_write_page(uint32_t id, const AddrGen& addrgen, uint32_t src_local_l1_addr, uint32_t size = 0,
                                       uint32_t offset = 0, uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::write<posted>(src_local_l1_addr, addrgen.get_noc_addr(id, offset, noc), size != 0 ? size : tw::page_bytes(addrgen),
                      noc, tw::write_trid(noc), TW_SITE);
}

template <class AddrGen>
FORCE_INLINE void noc_async_write_tile(uint32_t id, const AddrGen& addrgen, uint32_t src_local_l1_addr,
                                       uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::write<false>(src_local_l1_addr, addrgen.get_noc_addr(id, 0, noc), tw::page_bytes(addrgen), noc, tw::write_trid(noc),
                     TW_SITE);
}

// ---------------------------------------------------------------- host memory: there is none behind a NoC here
TW_REFUSED(noc_async_read_set_pcie_state)
TW_REFUSED(noc_async_read_clear_pcie_state)
TW_REFUSED(noc_async_read_pcie)
TW_REFUSED(noc_async_write_set_pcie_state)
TW_REFUSED(noc_async_write_clear_pcie_state)
TW_REFUSED(noc_async_write_pcie)
