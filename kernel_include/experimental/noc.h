// Noc as kernels of spring 2026 name it: experimental::Noc, whose options are one enumeration each and whose transaction
// ids are plain arguments. Later kernels combine NocOptions (api/dataflow/noc.h).
#pragma once

#include "api/dataflow/noc.h"

namespace experimental {

using ::noc_traits_t;

class Noc : public ::Noc {
public:
    enum class TxnIdMode { ENABLED, DISABLED };
    enum class ResponseMode { NON_POSTED, POSTED };
    enum class BarrierMode { TXN_ID, FULL };
    enum class McastMode { INCLUDE_SRC, EXCLUDE_SRC };
    enum class VcSelection { DEFAULT, CUSTOM };

    using ::Noc::Noc;

    template <TxnIdMode txn = TxnIdMode::DISABLED, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1,
              bool enable_noc_tracing = true, class Src, class Dst>
    FORCE_INLINE void async_read(const Src& src, const Dst& dst, uint32_t size_bytes, const SourceArgs<Src>& src_args,
                                 const TargetArgs<Dst>& dst_args, uint32_t = NOC_UNICAST_WRITE_VC,
                                 uint32_t trid = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::async_read<tagged(txn), max_page_size>(src, dst, size_bytes, src_args, dst_args, {.trid = trid}, tw_where);
    }

    template <VcSelection = VcSelection::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Src>
    FORCE_INLINE void set_async_read_state(const Src& src, uint32_t size_bytes, const SourceArgs<Src>& src_args,
                                           uint8_t = 0) const {
        ::Noc::set_async_read_state<NocOptions::DEFAULT, max_page_size>(src, size_bytes, src_args);
    }
    template <VcSelection = VcSelection::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Src, class Dst>
    FORCE_INLINE void async_read_with_state(const Src& src, const Dst& dst, uint32_t size_bytes,
                                            const SourceArgs<Src>& src_args, const TargetArgs<Dst>& dst_args, uint8_t = 0,
                                            TW_WHERE) const {
        ::Noc::async_read_with_state<NocOptions::DEFAULT, max_page_size>(src, dst, size_bytes, src_args, dst_args, {},
                                                                         tw_where);
    }

    template <TxnIdMode txn = TxnIdMode::DISABLED, ResponseMode response = ResponseMode::NON_POSTED,
              uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, bool enable_noc_tracing = true, class Src, class Dst>
    FORCE_INLINE void async_write(const Src& src, const Dst& dst, uint32_t size_bytes, const SourceArgs<Src>& src_args,
                                  const TargetArgs<Dst>& dst_args, uint32_t = NOC_UNICAST_WRITE_VC,
                                  uint32_t trid = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::async_write<tagged(txn) | posted(response), max_page_size>(src, dst, size_bytes, src_args, dst_args,
                                                                          {.trid = trid}, tw_where);
    }
    template <McastMode mode = McastMode::EXCLUDE_SRC, TxnIdMode = TxnIdMode::DISABLED,
              ResponseMode = ResponseMode::NON_POSTED, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1,
              bool enable_noc_tracing = true, class Src, class Dst>
    FORCE_INLINE void async_write_multicast(const Src& src, const Dst& dst, uint32_t size_bytes, uint32_t num_dsts,
                                            const SourceArgs<Src>& src_args, const RectangleArgs<Dst>& dst_args,
                                            bool linked = false, uint32_t = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::async_write_multicast<reach(mode), max_page_size>(src, dst, size_bytes, num_dsts, src_args, dst_args, linked,
                                                                 {}, tw_where);
    }
    template <ResponseMode response = ResponseMode::NON_POSTED, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Dst>
    FORCE_INLINE void set_async_write_state(const Dst& dst, uint32_t size_bytes, const TargetArgs<Dst>& dst_args,
                                            uint8_t = NOC_UNICAST_WRITE_VC) const {
        ::Noc::set_async_write_state<posted(response), max_page_size>(dst, size_bytes, dst_args);
    }
    template <ResponseMode response = ResponseMode::NON_POSTED, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Src,
              class Dst>
    FORCE_INLINE void async_write_with_state(const Src& src, const Dst& dst, uint32_t size_bytes,
                                             const SourceArgs<Src>& src_args, const TargetArgs<Dst>& dst_args,
                                             uint8_t = NOC_UNICAST_WRITE_VC, TW_WHERE) const {
        ::Noc::async_write_with_state<posted(response), max_page_size>(src, dst, size_bytes, src_args, dst_args, {},
                                                                       tw_where);
    }
    template <TxnIdMode = TxnIdMode::DISABLED, InlineWriteDst = InlineWriteDst::DEFAULT,
              ResponseMode response = ResponseMode::NON_POSTED, class Dst>
    FORCE_INLINE void inline_dw_write(const Dst& dst, uint32_t val, const TargetArgs<Dst>& dst_args, uint8_t be = 0xF,
                                      uint32_t = NOC_UNICAST_WRITE_VC, uint32_t = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::inline_dw_write<posted(response)>(dst, val, dst_args, be, {}, tw_where);
    }

    template <BarrierMode mode = BarrierMode::FULL>
    FORCE_INLINE void async_read_barrier(uint32_t trid = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::async_read_barrier<of_one(mode)>({.trid = trid}, tw_where);
    }
    template <BarrierMode mode = BarrierMode::FULL>
    FORCE_INLINE void async_write_barrier(uint32_t trid = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::async_write_barrier<of_one(mode)>({.trid = trid}, tw_where);
    }
    template <ResponseMode response = ResponseMode::NON_POSTED, BarrierMode mode = BarrierMode::FULL>
    FORCE_INLINE void async_writes_flushed(uint32_t trid = INVALID_TXN_ID, TW_WHERE) const {
        ::Noc::async_writes_flushed<posted(response) | of_one(mode)>({.trid = trid}, tw_where);
    }

private:
    static constexpr NocOptions tagged(TxnIdMode m) {
        return m == TxnIdMode::ENABLED ? NocOptions::TXN_ID : NocOptions::DEFAULT;
    }
    static constexpr NocOptions posted(ResponseMode m) {
        return m == ResponseMode::POSTED ? NocOptions::POSTED : NocOptions::DEFAULT;
    }
    static constexpr NocOptions of_one(BarrierMode m) {
        return m == BarrierMode::TXN_ID ? NocOptions::TXN_ID : NocOptions::DEFAULT;
    }
    static constexpr NocOptions reach(McastMode m) {
        return m == McastMode::INCLUDE_SRC ? NocOptions::MCAST_INCL_SRC : NocOptions::DEFAULT;
    }
};

}  // namespace experimental
