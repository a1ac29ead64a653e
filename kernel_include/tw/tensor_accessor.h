// TensorAccessor: page of a tensor -> NoC address, for interleaved and sharded tensors (docs/upstream-api.md K6,
// docs/upstream-api.md H6.2, H6.3).
#pragma once

#include "tw/alignment.h"
#include "tw/assert.h"
#include "tw/address_generators.h"
#include "tw/binding_tokens.h"
#include "tw/distribution_spec.h"
#include "tw/noc_address.h"
#include "tw/tensor_accessor_args.h"
#include "tw/tensor_pages.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tensor_accessor::detail {

// A coordinate: anything with [] that is not a page number.
template <class T>
concept Coordinate = !std::is_integral_v<T> && requires(const T& t) { t[std::size_t(0)]; };

template <uint32_t CTA, uint32_t ADDR>
using TokenArgs = TensorAccessorArgs<CTA, ADDR / 4 + 1>;  // runtime parts of the layout follow the address word

}  // namespace tensor_accessor::detail

// Sharded.
template <class DSpecT>
struct TensorAccessor {
    using DSpec = DSpecT;
    static constexpr bool is_dram = DSpec::is_dram;

    struct PageMapping {
        size_t bank_id;
        size_t bank_page_offset;  // pages from the start of the buffer in that bank
    };

    template <size_t CTA, size_t CRTA>
    TensorAccessor(const TensorAccessorArgs<CTA, CRTA>& args, size_t bank_base_address,
                   uint32_t page_size = TensorAccessorArgs<CTA, CRTA>::AlignedPageSize)
        : dspec_(args), bank_base_address_(static_cast<uint32_t>(bank_base_address)), aligned_page_size_(page_size) {}

    template <uint32_t CTA, uint32_t ADDR>
    TensorAccessor(tensor_accessor::TensorBindingToken<CTA, ADDR>)
        : TensorAccessor(tensor_accessor::detail::TokenArgs<CTA, ADDR>{}, tw::common_arg(ADDR / 4, TW_SITE_NONE)) {}

    constexpr explicit TensorAccessor(const DSpec& dspec, size_t bank_base_address, uint32_t page_size = 0)
        : dspec_(dspec), bank_base_address_(static_cast<uint32_t>(bank_base_address)), aligned_page_size_(page_size) {}

    explicit TensorAccessor(size_t bank_base_address = 0, uint32_t page_size = 0)
        requires DSpec::is_static
        : bank_base_address_(static_cast<uint32_t>(bank_base_address)), aligned_page_size_(page_size) {}

    explicit TensorAccessor(const tensor_accessor::NullTensorBindingToken&)
        requires DSpec::is_static
        : TensorAccessor(size_t(0), 0) {}

    constexpr const DSpec& dspec() const { return dspec_; }
    FORCE_INLINE constexpr uint32_t get_aligned_page_size() const { return aligned_page_size_; }
    FORCE_INLINE constexpr uint32_t get_bank_base_address() const { return bank_base_address_; }

    FORCE_INLINE uint64_t get_noc_addr(uint32_t page_id, uint32_t offset = 0, uint8_t noc = tw::default_noc()) const {
        return address(get_bank_and_offset(page_id), offset, noc);
    }
    template <tensor_accessor::detail::Coordinate C>
    FORCE_INLINE uint64_t get_noc_addr(const C& page_coord, uint32_t offset = 0, uint8_t noc = tw::default_noc()) const {
        return address(get_bank_and_offset(page_coord), offset, noc);
    }
    FORCE_INLINE uint64_t get_shard_noc_addr(uint32_t shard_id, uint32_t offset = 0,
                                             uint8_t noc = tw::default_noc()) const {
        PageMapping start = shard_to_bank(shard_id);
        start.bank_page_offset *= dspec().shard_volume();
        return address(start, offset, noc);
    }
    template <tensor_accessor::detail::Coordinate C>
    FORCE_INLINE uint64_t get_shard_noc_addr(const C& shard_coord, uint32_t offset = 0,
                                             uint8_t noc = tw::default_noc()) const {
        uint32_t shard_id = 0;
        for (uint32_t i = 0; i < dspec().rank(); ++i) shard_id += shard_coord[i] * dspec().shard_grid_strides()[i];
        return get_shard_noc_addr(shard_id, offset, noc);
    }

    FORCE_INLINE PageMapping get_bank_and_offset(uint32_t page_id) const {
        ASSERT(page_id < dspec_.tensor_volume());
        size_t shard = 0, in_shard = 0;
        for (uint32_t i = dspec().rank(); i-- > 0;) {
            const uint32_t extent = dspec().tensor_shape()[i];
            place(i, page_id % extent, shard, in_shard);
            page_id /= extent;
        }
        return mapping(shard, in_shard);
    }
    template <tensor_accessor::detail::Coordinate C>
    FORCE_INLINE PageMapping get_bank_and_offset(const C& page_coord) const {
        size_t shard = 0, in_shard = 0;
        for (uint32_t dim = dspec_.rank(); dim-- > 0;) {
            ASSERT(page_coord[dim] < dspec_.tensor_shape()[dim]);
            place(dim, page_coord[dim], shard, in_shard);
        }
        return mapping(shard, in_shard);
    }

    FORCE_INLINE bool is_local_bank(uint32_t virtual_x, uint32_t virtual_y, uint8_t noc = tw::default_noc()) const {
        return tw::noc_is_own_core(virtual_x, virtual_y, noc);
    }
    FORCE_INLINE bool is_local_addr(uint64_t noc_addr, uint8_t noc = tw::default_noc()) const {
        return noc_address_backend::is_local(noc_addr, noc);
    }
    FORCE_INLINE bool is_local_page(uint32_t page_id, uint8_t noc = tw::default_noc()) const {
        return bank_is_local(get_bank_and_offset(page_id).bank_id, noc);
    }
    FORCE_INLINE bool is_local_shard(uint32_t shard_id, uint8_t noc = tw::default_noc()) const {
        return bank_is_local(shard_to_bank(shard_id).bank_id, noc);
    }

    // end 0: to the last page. Silicon's iterator stops at the last page and never meets an end beyond it.
    auto pages(uint32_t start_page_id = 0, uint32_t end_page_id = 0, uint8_t noc = tw::default_noc(), TW_WHERE) const {
        const uint32_t end = end_page_id == 0 ? static_cast<uint32_t>(dspec().tensor_volume()) : end_page_id;
        if (end > dspec().tensor_volume() && start_page_id < end) {
            tw_assert_fail(tw_self(), "pages(): end of the range <= pages of the tensor", TW_SITE);
        }
        return tensor_accessor::Pages<TensorAccessor>(*this, start_page_id, end, 1, noc);
    }
    auto strided_pages(uint8_t noc = tw::default_noc()) const {
        return tensor_accessor::Pages<TensorAccessor>(
            *this, get_my_thread_id(), static_cast<uint32_t>(dspec().tensor_volume()), get_num_threads(), noc);
    }
    auto shard_pages(uint32_t shard_id, uint32_t start_page_offset = 0, uint32_t end_page_offset = 0,
                     uint8_t noc = tw::default_noc(), TW_WHERE) const {
        const uint32_t end = end_page_offset == 0 ? static_cast<uint32_t>(dspec().shard_volume()) : end_page_offset;
        return tensor_accessor::ShardPages<TensorAccessor>(*this, shard_id, start_page_offset, end, noc, TW_SITE);
    }
    // To the last shard of the grid: where shards are uneven there are more of them than pages over pages of a shard.
    auto strided_shard_pages(uint8_t noc = tw::default_noc()) const {
        return tensor_accessor::StridedShardPages<TensorAccessor>(
            *this, get_my_thread_id(), static_cast<uint32_t>(dspec().num_shards()), get_num_threads(), noc);
    }

    // The page in slot `slot` of a shard; false if the slot lies outside the tensor.
    bool page_of_shard(uint32_t shard, uint32_t slot, uint32_t& page) const {
        page = 0;
        for (uint32_t i = dspec().rank(); i-- > 0;) {
            const uint32_t extent = dspec().shard_shape()[i], shards = dspec().shard_grid()[i];
            const uint32_t at = shard % shards * extent + slot % extent;
            if (at >= dspec().tensor_shape()[i]) return false;
            page += at * dspec().tensor_strides()[i];
            shard /= shards;
            slot /= extent;
        }
        return shard == 0;
    }

private:
    FORCE_INLINE void place(uint32_t dim, uint32_t at, size_t& shard, size_t& in_shard) const {
        const uint32_t extent = dspec().shard_shape()[dim];
        shard += size_t(at / extent) * dspec().shard_grid_strides()[dim];
        in_shard += size_t(at % extent) * dspec().shard_strides()[dim];
    }

    // Bank of a shard, and which of the bank's shards it is.
    FORCE_INLINE PageMapping shard_to_bank(size_t shard) const {
        const size_t banks = dspec().num_banks();
        if (dspec().resolve_shard_contiguous()) {
            const size_t per_bank = dspec().num_shards() / banks;
            ASSERT(per_bank > 0);
            return {shard / per_bank, shard % per_bank};
        }
        return {shard % banks, shard / banks};
    }

    FORCE_INLINE PageMapping mapping(size_t shard, size_t in_shard) const {
        PageMapping m = shard_to_bank(shard);
        m.bank_page_offset = m.bank_page_offset * dspec().shard_volume() + in_shard;
        return m;
    }

    FORCE_INLINE uint64_t address(const PageMapping& m, uint32_t offset, uint8_t) const {
        ASSERT(m.bank_id < dspec().num_banks());
        const uint32_t xy = dspec().packed_xy_coords()[m.bank_id];
        const uint32_t local = bank_base_address_ + static_cast<uint32_t>(m.bank_page_offset) * aligned_page_size_ + offset;
        if constexpr (is_dram)
            return tw_bank_address(tw_self(), 1, xy >> 8, local, TW_SITE_NONE);
        else
            return tw::noc_unicast(xy >> 8, xy & 0xff, local);
    }

    bool bank_is_local(size_t bank, uint8_t noc) const {
        const uint32_t xy = dspec().packed_xy_coords()[bank];
        return !is_dram && tw::noc_is_own_core(xy >> 8, xy & 0xff, noc);
    }

    [[no_unique_address]] DSpec dspec_{};
    uint32_t bank_base_address_ = 0;
    uint32_t aligned_page_size_ = 0;
};

// Interleaved: the bank tables are the runtime's.
template <uint32_t R, uint32_t N, class T, class S, class B, bool IsDram>
struct TensorAccessor<tensor_accessor::DistributionSpec<R, N, T, S, B, true, IsDram, false>> {
    using DSpec = tensor_accessor::DistributionSpec<R, N, T, S, B, true, IsDram, false>;
    static constexpr bool is_dram = IsDram;

    uint32_t bank_base_address = 0;
    uint32_t page_size = 0;          // as given: what a whole-page transfer moves
    uint32_t aligned_page_size = 0;  // distance of two pages of a bank

    template <size_t CTA, size_t CRTA>
    TensorAccessor(const TensorAccessorArgs<CTA, CRTA>& args, size_t base)
        : TensorAccessor(base, args.get_aligned_page_size()) {}
    template <size_t CTA, size_t CRTA>
    TensorAccessor(const TensorAccessorArgs<CTA, CRTA>&, size_t base, uint32_t page_bytes)
        : TensorAccessor(base, page_bytes) {}
    template <uint32_t CTA, uint32_t ADDR>
    TensorAccessor(tensor_accessor::TensorBindingToken<CTA, ADDR>)
        : TensorAccessor(tensor_accessor::detail::TokenArgs<CTA, ADDR>{}, tw::common_arg(ADDR / 4, TW_SITE_NONE)) {}
    constexpr explicit TensorAccessor(const DSpec&, size_t base, uint32_t page_bytes = 0)
        : TensorAccessor(base, page_bytes) {}

    constexpr DSpec dspec() const { return {}; }
    FORCE_INLINE constexpr uint32_t get_aligned_page_size() const { return page_size; }
    FORCE_INLINE constexpr uint32_t get_bank_base_address() const { return bank_base_address; }

    FORCE_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0, uint8_t = 0) const {
        return tw_interleaved_address(tw_self(), IsDram, id, bank_base_address, aligned_page_size, offset);
    }

    FORCE_INLINE bool is_local_bank(uint32_t virtual_x, uint32_t virtual_y, uint8_t noc = tw::default_noc()) const {
        return tw::noc_is_own_core(virtual_x, virtual_y, noc);
    }
    FORCE_INLINE bool is_local_addr(uint64_t noc_addr, uint8_t noc = tw::default_noc()) const {
        return noc_address_backend::is_local(noc_addr, noc);
    }
    FORCE_INLINE bool is_local_page(uint32_t page_id, uint8_t noc = tw::default_noc()) const {
        return !IsDram && is_local_addr(get_noc_addr(page_id), noc);
    }

    // The number of pages is not part of an interleaved tensor's arguments, so the caller says where to stop.
    auto pages(uint32_t start_page_id, uint32_t end_page_id, uint8_t noc = tw::default_noc()) const {
        return tensor_accessor::Pages<TensorAccessor>(*this, start_page_id, end_page_id, 1, noc);
    }
    auto strided_pages(uint32_t total_pages, uint8_t noc = tw::default_noc()) const {
        return tensor_accessor::Pages<TensorAccessor>(*this, get_my_thread_id(), total_pages, get_num_threads(), noc);
    }
    template <class... A>
    auto shard_pages(A&&...) const {
        static_assert(tw::kNever<A...>, "shard_pages() needs a sharded tensor; this one is interleaved");
    }
    template <class... A>
    auto strided_shard_pages(A&&...) const {
        static_assert(tw::kNever<A...>, "strided_shard_pages() needs a sharded tensor; this one is interleaved");
    }
    template <class... A>
    auto get_shard_noc_addr(A&&...) const {
        static_assert(tw::kNever<A...>, "get_shard_noc_addr() needs a sharded tensor; this one is interleaved");
    }
    template <class... A>
    bool is_local_shard(A&&...) const {
        static_assert(tw::kNever<A...>, "is_local_shard() needs a sharded tensor; this one is interleaved");
        return false;
    }

private:
    constexpr TensorAccessor(size_t base, uint32_t page_bytes)
        : bank_base_address(static_cast<uint32_t>(base)),
          page_size(page_bytes),
          aligned_page_size(align_power_of_2(page_bytes, tw::kBankAlignment<IsDram>)) {}
};

template <size_t CTA, size_t CRTA>
TensorAccessor(const TensorAccessorArgs<CTA, CRTA>&, size_t)
    -> TensorAccessor<tensor_accessor::detail::SpecOf<TensorAccessorArgs<CTA, CRTA>>>;
template <size_t CTA, size_t CRTA>
TensorAccessor(const TensorAccessorArgs<CTA, CRTA>&, size_t, uint32_t)
    -> TensorAccessor<tensor_accessor::detail::SpecOf<TensorAccessorArgs<CTA, CRTA>>>;
template <uint32_t CTA, uint32_t ADDR>
TensorAccessor(tensor_accessor::TensorBindingToken<CTA, ADDR>)
    -> TensorAccessor<tensor_accessor::detail::SpecOf<tensor_accessor::detail::TokenArgs<CTA, ADDR>>>;

// What an unbound optional tensor is in code that is never run.
namespace tensor_accessor {
using NullDSpec = DistributionSpec<1, 1, ArrayStaticWrapper<uint32_t, 1>, ArrayStaticWrapper<uint32_t, 1>,
                                   ArrayStaticWrapper<uint16_t, 0>, false, false, false>;
}
TensorAccessor(const tensor_accessor::NullTensorBindingToken&) -> TensorAccessor<tensor_accessor::NullDSpec>;

template <uint32_t R, uint32_t N, class T, class S, class B, bool I, bool D, bool C>
TensorAccessor(tensor_accessor::DistributionSpec<R, N, T, S, B, I, D, C>, size_t, uint32_t)
    -> TensorAccessor<tensor_accessor::DistributionSpec<R, N, T, S, B, I, D, C>>;

// ---------------------------------------------------------------- several accessors at once
// Base addresses come from consecutive runtime args.
template <class... Args>
auto make_tensor_accessor_tuple(const std::tuple<Args...>& args, uint32_t address_rt_arg_index_start) {
    uint32_t next = address_rt_arg_index_start;
    return std::apply(
        [&next](const Args&... each) {
            // In braces, so that the arguments are fetched from left to right.
            return std::tuple{TensorAccessor(each, tw::runtime_arg(next++, TW_SITE_NONE))...};
        },
        args);
}

// All that a token says is in its type.
template <class... Tokens>
auto make_tensor_accessors(const std::tuple<Tokens...>&) {
    return std::tuple{TensorAccessor(Tokens{})...};
}

// An accessor of any type behind one pointer, to keep different ones in an array.
class AbstractTensorAccessorWrapper {
public:
    AbstractTensorAccessorWrapper() = default;
    template <class Accessor>
        requires(!std::is_same_v<Accessor, AbstractTensorAccessorWrapper>)
    AbstractTensorAccessorWrapper(const Accessor& accessor)
        : accessor_(&accessor), get_([](const void* a, uint32_t page, uint32_t offset, uint8_t noc) {
              return static_cast<const Accessor*>(a)->get_noc_addr(page, offset, noc);
          }) {}

    uint64_t get_noc_addr(uint32_t page_idx, uint32_t offset = 0, uint8_t noc = tw::default_noc()) const {
        return get_(accessor_, page_idx, offset, noc);
    }

private:
    const void* accessor_ = nullptr;
    uint64_t (*get_)(const void*, uint32_t, uint32_t, uint8_t) = nullptr;
};

template <class... Accessors>
auto make_abstract_tensor_accessor_wrappers(const std::tuple<Accessors...>& accessors) {
    std::array<AbstractTensorAccessorWrapper, sizeof...(Accessors)> out;
    auto next = out.begin();
    std::apply([&next](const Accessors&... each) { ((*next++ = each), ...); }, accessors);
    return out;
}

// Views that say by which number a transfer names its place. They keep a pointer: the accessor must outlive them.
template <class Accessor>
class PageView {
public:
    explicit PageView(const Accessor& tensor) : tensor_(&tensor) {}
    uint64_t get_noc_addr(uint32_t page, uint32_t offset, uint8_t noc) const {
        return tensor_->get_noc_addr(page, offset, noc);
    }

private:
    const Accessor* tensor_;
};

template <class Accessor>
class ShardView {
public:
    explicit ShardView(const Accessor& tensor) : tensor_(&tensor) {}
    uint64_t get_noc_addr(uint32_t shard, uint32_t offset, uint8_t noc) const {
        return tensor_->get_shard_noc_addr(shard, offset, noc);
    }
    bool is_local_shard(uint32_t shard, uint8_t noc) const { return tensor_->is_local_shard(shard, noc); }

private:
    const Accessor* tensor_;
};
