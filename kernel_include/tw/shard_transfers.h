// Whole shards as free functions.
#pragma once

#include "tw/noc_transfers.h"
#include "tw/tensor_accessor.h"

#include <cstdint>

template <class DSpec>
FORCE_INLINE void noc_async_read_shard(uint32_t shard_id, const TensorAccessor<DSpec>& s, uint32_t dst_local_l1_addr,
                                       uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::read(s.get_shard_noc_addr(shard_id, 0, noc), dst_local_l1_addr,
             static_cast<uint32_t>(s.dspec().shard_volume()) * s.get_aligned_page_size(), noc, TW_SITE);
}

template <class DSpec, bool posted = false>
FORCE_INLINE void noc_async_write_shard(uint32_t shard_id, const TensorAccessor<DSpec>& s, uint32_t src_local_l1_addr,
                                        uint8_t noc = tw::default_noc(), TW_WHERE) {
    tw::write<posted>(src_local_l1_addr, s.get_shard_noc_addr(shard_id, 0, noc),
                      static_cast<uint32_t>(s.dspec().shard_volume()) * s.get_aligned_page_size(), noc, tw::write_trid(noc),
                      TW_SITE);
}
