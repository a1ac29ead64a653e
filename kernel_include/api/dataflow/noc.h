// Noc: transfers between endpoints. An endpoint is any type for which noc_traits_t says how its arguments turn into an
// address; the endpoints themselves are in endpoints.h, circular_buffer.h, dataflow_buffer.h, core_local_mem.h,
// tensor/noc_traits.h.
#pragma once

#include "api/dataflow/dfb_access.h"
#include "api/dataflow/dataflow_api.h"

#include <cstdint>
#include <type_traits>

struct UnicastEndpoint;
struct MulticastEndpoint;
class CircularBuffer;

template <class T>
struct noc_traits_t {
    static_assert(tw::kNever<T>, "this type is not an endpoint: noc_traits_t does not know it");
};

template <>
struct noc_traits_t<UnicastEndpoint>;
template <>
struct noc_traits_t<MulticastEndpoint>;

// Memory of this core that async_write_zeros() may fill.
template <class T>
inline constexpr bool noc_zero_l1_endpoint_v = false;
template <class T>
inline constexpr bool is_scratchpad_v = false;

enum class NocOptions : uint32_t {
    DEFAULT = 0,
    TXN_ID = 1,          // NocOptVals::trid tags the transfer, or selects what a barrier waits for
    POSTED = 2,          // no acknowledgement
    CUSTOM_VC = 4,       // without effect here
    MCAST_INCL_SRC = 8,  // a multicast reaches the sender too
    INLINE_L1 = 16,
    INLINE_REG = 32,
};
constexpr NocOptions operator|(NocOptions a, NocOptions b) noexcept {
    return NocOptions(uint32_t(a) | uint32_t(b));
}
constexpr bool has_flag(NocOptions opts, NocOptions flag) noexcept {
    return uint32_t(opts) & uint32_t(flag);
}

struct NocOptVals {
    uint32_t vc = NOC_UNICAST_WRITE_VC;
    uint32_t trid = 0;
};

class Noc {
public:
    enum class AddressType { NOC, LOCAL_L1 };
    static constexpr uint32_t INVALID_TXN_ID = 0xFFFFFFFF;

    template <class T>
    using SourceArgs = typename noc_traits_t<T>::src_args_type;
    template <class T>
    using TargetArgs = typename noc_traits_t<T>::dst_args_type;
    template <class T>
    using RectangleArgs = typename noc_traits_t<T>::dst_args_mcast_type;

    Noc() : noc_id_(tw::default_noc()) {}
    explicit Noc(uint8_t noc_id) : noc_id_(noc_id) {}

    uint8_t get_noc_id() const { return noc_id_; }
    bool is_local_bank(uint32_t virtual_x, uint32_t virtual_y) const {
        return tw::noc_is_own_core(virtual_x, virtual_y, noc_id_);
    }
    bool is_local_addr(uint64_t noc_addr) const { return noc_address_backend::is_local(noc_addr, noc_id_); }

    // ------------------------------------------------------------ anywhere -> this core
    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1,
              bool enable_noc_tracing = true, class Src, class Dst>
    FORCE_INLINE void async_read(const Src& src, const Dst& dst, uint32_t size_bytes, const SourceArgs<Src>& src_args,
                                 const TargetArgs<Dst>& dst_args, const NocOptVals& noc_opts = {}, TW_WHERE) const {
        // A transaction id stays for later reads, as the register behind it does.
        if constexpr (has_flag(opts, NocOptions::TXN_ID)) noc_async_read_set_trid(noc_opts.trid, noc_id_);
        tw::read(source(src, src_args), local_target(dst, dst_args), size_bytes, noc_id_, TW_SITE);
    }

    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Src>
    FORCE_INLINE void set_async_read_state(const Src& src, uint32_t size_bytes, const SourceArgs<Src>& src_args,
                                           const NocOptVals& noc_opts = {}) const {
        noc_async_read_one_packet_set_state(source(src, src_args), size_bytes, 0, noc_id_);
        if constexpr (has_flag(opts, NocOptions::TXN_ID)) noc_async_read_set_trid(noc_opts.trid, noc_id_);
    }

    // Coordinates from the state, the local address from the call. One-packet reads also take their size from the state.
    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Src, class Dst>
    FORCE_INLINE void async_read_with_state(const Src& src, const Dst& dst, uint32_t size_bytes,
                                            const SourceArgs<Src>& src_args, const TargetArgs<Dst>& dst_args,
                                            const NocOptVals& noc_opts = {}, TW_WHERE) const {
        const tw::NocState& state = tw::noc_state(noc_id_);
        const uint32_t bytes = max_page_size <= NOC_MAX_BURST_SIZE ? static_cast<uint32_t>(state.read_bytes) : size_bytes;
        const uint64_t from = tw::with_low_address(state.read_source, static_cast<uint32_t>(source(src, src_args)));
        const uint32_t trid = has_flag(opts, NocOptions::TXN_ID) ? noc_opts.trid : tw::read_trid(noc_id_);
        tw_noc_read(tw_self(), noc_id_, from, local_target(dst, dst_args), bytes, trid, TW_SITE);
    }

    // ------------------------------------------------------------ this core -> anywhere
    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1,
              bool enable_noc_tracing = true, class Src, class Dst>
    FORCE_INLINE void async_write(const Src& src, const Dst& dst, uint32_t size_bytes, const SourceArgs<Src>& src_args,
                                  const TargetArgs<Dst>& dst_args, const NocOptVals& noc_opts = {}, TW_WHERE) const {
        const uint32_t trid = has_flag(opts, NocOptions::TXN_ID) ? noc_opts.trid : tw::write_trid(noc_id_);
        tw::write<has_flag(opts, NocOptions::POSTED)>(local_source(src, src_args), target(dst, dst_args), size_bytes,
                                                      noc_id_, trid, TW_SITE);
    }

    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1,
              bool enable_noc_tracing = true, class Src, class Dst>
    FORCE_INLINE void async_write_multicast(const Src& src, const Dst& dst, uint32_t size_bytes, uint32_t num_dsts,
                                            const SourceArgs<Src>& src_args, const RectangleArgs<Dst>& dst_args,
                                            bool linked = false, const NocOptVals& = {}, TW_WHERE) const {
        static_assert(!has_flag(opts, NocOptions::TXN_ID), "a multicast cannot carry a transaction id");
        static_assert(!has_flag(opts, NocOptions::POSTED), "a multicast cannot be posted");
        tw::multicast(local_source(src, src_args),
                      noc_traits_t<Dst>::template dst_addr_mcast<AddressType::NOC>(dst, *this, dst_args), size_bytes,
                      num_dsts, linked, has_flag(opts, NocOptions::MCAST_INCL_SRC), noc_id_, TW_SITE);
    }

    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Dst>
    FORCE_INLINE void set_async_write_state(const Dst& dst, uint32_t size_bytes, const TargetArgs<Dst>& dst_args,
                                            const NocOptVals& = {}) const {
        static_assert(!has_flag(opts, NocOptions::TXN_ID), "set_async_write_state cannot carry a transaction id");
        noc_async_write_one_packet_set_state(target(dst, dst_args), size_bytes, noc_id_);
    }

    template <NocOptions opts = NocOptions::DEFAULT, uint32_t max_page_size = NOC_MAX_BURST_SIZE + 1, class Src, class Dst>
    FORCE_INLINE void async_write_with_state(const Src& src, const Dst& dst, uint32_t size_bytes,
                                             const SourceArgs<Src>& src_args, const TargetArgs<Dst>& dst_args,
                                             const NocOptVals& = {}, TW_WHERE) const {
        static_assert(!has_flag(opts, NocOptions::TXN_ID), "async_write_with_state cannot carry a transaction id");
        const tw::NocState& state = tw::noc_state(noc_id_);
        const uint32_t bytes = max_page_size <= NOC_MAX_BURST_SIZE ? static_cast<uint32_t>(state.write_bytes) : size_bytes;
        const uint64_t to = tw::with_low_address(state.write_target, static_cast<uint32_t>(target(dst, dst_args)));
        tw::write<has_flag(opts, NocOptions::POSTED)>(local_source(src, src_args), to, bytes, noc_id_,
                                                      tw::write_trid(noc_id_), TW_SITE);
    }

    template <NocOptions opts = NocOptions::DEFAULT, class Dst>
    FORCE_INLINE void inline_dw_write(const Dst& dst, uint32_t val, const TargetArgs<Dst>& dst_args, uint8_t be = 0xF,
                                      const NocOptVals& = {}, TW_WHERE) const {
        static_assert(!has_flag(opts, NocOptions::TXN_ID), "an immediate word cannot carry a transaction id");
        static_assert(!(has_flag(opts, NocOptions::INLINE_L1) && has_flag(opts, NocOptions::INLINE_REG)),
                      "an immediate word goes to L1 or to a register, not both");
        tw_noc_write_word(tw_self(), noc_id_, target(dst, dst_args), val, be,
                          has_flag(opts, NocOptions::POSTED) ? TW_NOC_POSTED : 0, 1, TW_SITE);
    }

    // ------------------------------------------------------------ zeros
    // Into this core's memory: reads from a region that is always zero, so write_zeros_l1_barrier() is a read barrier.
    template <class Dst>
    void async_write_zeros(const Dst& dst, uint32_t size_bytes, const TargetArgs<Dst>& args = {}, TW_WHERE) const {
        static_assert(noc_zero_l1_endpoint_v<Dst>, "async_write_zeros: this type is not memory of this core");
        tw_ctx* self = tw_self();
        const uint64_t zeros = get_noc_addr(self->zeros_l1, noc_id_);
        uint32_t to = local_target(dst, args);
        for (uint32_t chunk; size_bytes > 0; size_bytes -= chunk, to += chunk) {
            chunk = size_bytes < MEM_ZEROS_SIZE ? size_bytes : MEM_ZEROS_SIZE;
            tw_noc_read(self, noc_id_, zeros, to, chunk, tw::read_trid(noc_id_), TW_SITE);
        }
    }

    // Into a page of a DRAM tensor, from scratch memory that the caller has zeroed: its read pointer must be followed by at
    // least min(size, NOC_MAX_BURST_SIZE) zeros.
    template <class DSpecT, class Scratch>
    void async_write_zeros(const ::TensorAccessor<DSpecT>& accessor, uint32_t size_bytes,
                           const TargetArgs<::TensorAccessor<DSpecT>>& args, const Scratch& scratch, TW_WHERE) const {
        static_assert(DSpecT::is_dram, "async_write_zeros with a scratch buffer is for DRAM tensors");
        static_assert(noc_zero_l1_endpoint_v<Scratch>, "async_write_zeros: the scratch buffer is not memory of this core");
        const uint32_t from = local_source(scratch, SourceArgs<Scratch>{});
        uint64_t to = accessor.get_noc_addr(args.page_id, args.offset_bytes, noc_id_);
        for (uint32_t chunk; size_bytes > 0; size_bytes -= chunk, to += chunk) {
            chunk = size_bytes < NOC_MAX_BURST_SIZE ? size_bytes : NOC_MAX_BURST_SIZE;
            tw::write<false>(from, to, chunk, noc_id_, tw::write_trid(noc_id_), TW_SITE);
        }
    }

    void write_zeros_l1_barrier(TW_WHERE) const { noc_async_read_barrier(noc_id_, tw_where); }
    void write_zeros_dram_barrier(TW_WHERE) const { noc_async_write_barrier(noc_id_, tw_where); }

    // ------------------------------------------------------------ completion
    template <NocOptions opts = NocOptions::DEFAULT>
    FORCE_INLINE void async_read_barrier(const NocOptVals& noc_opts = {}, TW_WHERE) const {
        tw_noc_barrier(tw_self(), noc_id_, TW_WAIT_READS, barrier_trid<opts>(noc_opts), TW_SITE);
    }
    template <NocOptions opts = NocOptions::DEFAULT>
    FORCE_INLINE void async_write_barrier(const NocOptVals& noc_opts = {}, TW_WHERE) const {
        tw_noc_barrier(tw_self(), noc_id_, TW_WAIT_WRITES_ACKED, barrier_trid<opts>(noc_opts), TW_SITE);
    }
    template <NocOptions opts = NocOptions::DEFAULT>
    FORCE_INLINE void async_writes_flushed(const NocOptVals& noc_opts = {}, TW_WHERE) const {
        constexpr bool posted = has_flag(opts, NocOptions::POSTED);
        static_assert(!(posted && has_flag(opts, NocOptions::TXN_ID)), "posted writes have no transaction id");
        tw_noc_barrier(tw_self(), noc_id_, posted ? TW_WAIT_POSTED_SENT : TW_WAIT_WRITES_SENT, barrier_trid<opts>(noc_opts),
                       TW_SITE);
    }
    FORCE_INLINE void async_atomic_barrier(TW_WHERE) const { noc_async_atomic_barrier(noc_id_, tw_where); }
    FORCE_INLINE void async_full_barrier(TW_WHERE) const { noc_async_full_barrier(noc_id_, tw_where); }

    // Polls: have all reads with this transaction id landed?
    FORCE_INLINE bool is_read_trid_flushed(uint32_t trid, TW_WHERE) const {
        return tw_noc_is_done(tw_self(), noc_id_, TW_WAIT_READS, trid, TW_SITE) != 0;
    }

private:
    template <NocOptions opts>
    static constexpr uint32_t barrier_trid(const NocOptVals& vals) {
        return has_flag(opts, NocOptions::TXN_ID) ? vals.trid : TW_NOC_TRID_NONE;
    }
    template <class Src>
    FORCE_INLINE uint64_t source(const Src& src, const SourceArgs<Src>& args) const {
        return noc_traits_t<Src>::template src_addr<AddressType::NOC>(src, *this, args);
    }
    template <class Dst>
    FORCE_INLINE uint64_t target(const Dst& dst, const TargetArgs<Dst>& args) const {
        return noc_traits_t<Dst>::template dst_addr<AddressType::NOC>(dst, *this, args);
    }
    template <class Src>
    FORCE_INLINE uint32_t local_source(const Src& src, const SourceArgs<Src>& args) const {
        return static_cast<uint32_t>(noc_traits_t<Src>::template src_addr<AddressType::LOCAL_L1>(src, *this, args));
    }
    template <class Dst>
    FORCE_INLINE uint32_t local_target(const Dst& dst, const TargetArgs<Dst>& args) const {
        return static_cast<uint32_t>(noc_traits_t<Dst>::template dst_addr<AddressType::LOCAL_L1>(dst, *this, args));
    }

    uint8_t noc_id_;
};
