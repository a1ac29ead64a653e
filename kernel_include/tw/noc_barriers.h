// Waiting until asynchronous transfers are through.
#pragma once

#include "tw/abi.h"
#include "tw/noc_address.h"
#include "tw/site.h"

#include <cstdint>

FORCE_INLINE void noc_async_read_barrier(uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_READS, TW_NOC_TRID_NONE, TW_SITE);
}
FORCE_INLINE void noc_async_write_barrier(uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_WRITES_ACKED, TW_NOC_TRID_NONE, TW_SITE);
}
// The sources of writes may be changed again; the bytes need not have arrived.
FORCE_INLINE void noc_async_writes_flushed(uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_WRITES_SENT, TW_NOC_TRID_NONE, TW_SITE);
}
FORCE_INLINE void noc_async_posted_writes_flushed(uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_POSTED_SENT, TW_NOC_TRID_NONE, TW_SITE);
}
FORCE_INLINE void noc_async_atomic_barrier(uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_ATOMICS, TW_NOC_TRID_NONE, TW_SITE);
}
FORCE_INLINE void noc_async_full_barrier(uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc,
                   TW_WAIT_READS | TW_WAIT_WRITES_SENT | TW_WAIT_WRITES_ACKED | TW_WAIT_POSTED_SENT | TW_WAIT_ATOMICS,
                   TW_NOC_TRID_NONE, TW_SITE);
}

FORCE_INLINE void noc_async_read_barrier_with_trid(uint32_t trid, uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_READS, trid, TW_SITE);
}
FORCE_INLINE void noc_async_write_barrier_with_trid(uint32_t trid, uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_WRITES_ACKED, trid, TW_SITE);
}
FORCE_INLINE void noc_async_write_flushed_with_trid(uint32_t trid, uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw_noc_barrier(tw_self(), noc, TW_WAIT_WRITES_SENT, trid, TW_SITE);
}
FORCE_INLINE bool ncrisc_noc_read_with_transaction_id_flushed(uint32_t noc, uint32_t trid, TW_WHERE) {
    return tw_noc_is_done(tw_self(), noc, TW_WAIT_READS, trid, TW_SITE) != 0;
}
FORCE_INLINE bool ncrisc_noc_reads_flushed(uint32_t noc, TW_WHERE) {
    return tw_noc_is_done(tw_self(), noc, TW_WAIT_READS, TW_NOC_TRID_NONE, TW_SITE) != 0;
}
FORCE_INLINE bool ncrisc_noc_nonposted_writes_sent(uint32_t noc, TW_WHERE) {
    return tw_noc_is_done(tw_self(), noc, TW_WAIT_WRITES_SENT, TW_NOC_TRID_NONE, TW_SITE) != 0;
}
FORCE_INLINE bool ncrisc_noc_nonposted_writes_flushed(uint32_t noc, TW_WHERE) {
    return tw_noc_is_done(tw_self(), noc, TW_WAIT_WRITES_ACKED, TW_NOC_TRID_NONE, TW_SITE) != 0;
}
FORCE_INLINE bool ncrisc_noc_nonposted_atomics_flushed(uint32_t noc, TW_WHERE) {
    return tw_noc_is_done(tw_self(), noc, TW_WAIT_ATOMICS, TW_NOC_TRID_NONE, TW_SITE) != 0;
}

// Clears hardware counters that do not exist here.
FORCE_INLINE void reset_noc_trid_barrier_counter(uint32_t = NOC_CLEAR_OUTSTANDING_REQ_MASK, uint32_t = 0) {}
