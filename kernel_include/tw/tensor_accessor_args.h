// TensorAccessorArgs<CTA, CRTA>: what the host's TensorAccessorArgs wrote into the kernel's compile-time args at word CTA,
// and which parts it left to the common runtime args from word CRTA on (host_api section 7).
#pragma once

#include "tw/compile_time_args.h"
#include "tw/distribution_spec.h"
#include "tw/runtime_args.h"

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace tensor_accessor {

// Bits of the first word.
enum class ArgConfig : uint8_t {
    None = 0,
    Sharded = 1,
    IsDram = 2,
    RuntimeRank = 4,
    RuntimeNumBanks = 8,
    RuntimeTensorShape = 16,
    RuntimeShardShape = 32,
    RuntimeBankCoords = 64,
    RuntimePageSize = 128,
    Runtime = 252,
};

// The number of banks carries a flag: shards lie one after the other in a bank, instead of round robin over the banks.
inline constexpr uint32_t ShardContiguousBit = 1u << 31;
constexpr uint32_t unpack_num_banks(uint32_t packed) {
    return packed & ~ShardContiguousBit;
}
constexpr bool unpack_is_shard_contiguous(uint32_t packed) {
    return (packed & ShardContiguousBit) != 0;
}

}  // namespace tensor_accessor

template <std::size_t CTA_OFFSET, std::size_t CRTA_OFFSET = tensor_accessor::UNKNOWN>
struct TensorAccessorArgs {
private:
    static constexpr uint32_t kConfig = get_ct_arg<CTA_OFFSET>();
    template <bool Present, std::size_t Index>
    static constexpr uint32_t word() {
        if constexpr (Present)
            return get_ct_arg<static_cast<uint32_t>(Index)>();
        else
            return 0;
    }

public:
    static constexpr bool is_sharded = (kConfig & 1) != 0;
    static constexpr bool is_dram = (kConfig & 2) != 0;
    static constexpr bool rank_is_crta = is_sharded && (kConfig & 4) != 0;
    static constexpr bool num_banks_is_crta = is_sharded && (kConfig & 8) != 0;
    static constexpr bool tensor_shape_is_crta = is_sharded && (kConfig & 16) != 0;
    static constexpr bool shard_shape_is_crta = is_sharded && (kConfig & 32) != 0;
    static constexpr bool bank_coords_is_crta = is_sharded && (kConfig & 64) != 0;
    static constexpr bool page_size_is_crta = (kConfig & 128) != 0;

    static_assert(!rank_is_crta || (tensor_shape_is_crta && shard_shape_is_crta),
                  "If rank is runtime, tensor_shape and shard_shape must also be runtime");
    static_assert(!num_banks_is_crta || bank_coords_is_crta, "If num_banks is runtime, bank_coords must also be runtime");
    static_assert(!is_sharded || !page_size_is_crta, "a runtime page size is for interleaved tensors only");

    static constexpr uint32_t AlignedPageSize = word<!page_size_is_crta, CTA_OFFSET + 1>();

    static constexpr uint32_t RankCTAOffset = CTA_OFFSET + (page_size_is_crta ? 1 : 2);
    static constexpr uint32_t NumBanksCTAOffset = RankCTAOffset + (rank_is_crta ? 0 : 1);
    static constexpr uint32_t RankCT = word<is_sharded && !rank_is_crta, RankCTAOffset>();
    static constexpr uint32_t NumBanksRawCT = word<is_sharded && !num_banks_is_crta, NumBanksCTAOffset>();
    static constexpr uint32_t NumBanksCT = tensor_accessor::unpack_num_banks(NumBanksRawCT);
    static constexpr bool is_shard_contiguous = tensor_accessor::unpack_is_shard_contiguous(NumBanksRawCT);
    static_assert(!is_sharded || rank_is_crta || RankCT > 0, "Rank must be greater than 0!");
    static_assert(!is_sharded || num_banks_is_crta || NumBanksCT > 0, "Number of banks must be greater than 0!");

    static constexpr uint32_t TensorShapeCTAOffset = NumBanksCTAOffset + (num_banks_is_crta ? 0 : 1);
    static constexpr uint32_t ShardShapeCTAOffset = TensorShapeCTAOffset + (tensor_shape_is_crta ? 0 : RankCT);
    static constexpr uint32_t BankCoordsCTAOffset = ShardShapeCTAOffset + (shard_shape_is_crta ? 0 : RankCT);

    constexpr TensorAccessorArgs() = default;
    constexpr explicit TensorAccessorArgs(uint32_t crta_offset) : crta_offset_(crta_offset) {
        static_assert(CRTA_OFFSET == tensor_accessor::UNKNOWN, "Do not pass crta_offset when CRTA_OFFSET is known");
    }

    static constexpr uint32_t num_compile_time_args() {
        if constexpr (!is_sharded)
            return page_size_is_crta ? 1 : 2;
        else
            return BankCoordsCTAOffset + (bank_coords_is_crta ? 0 : (NumBanksCT + 1) / 2) - CTA_OFFSET;
    }
    static constexpr uint32_t next_compile_time_args_offset() { return CTA_OFFSET + num_compile_time_args(); }

    constexpr uint32_t get_aligned_page_size() const {
        if constexpr (page_size_is_crta)
            return common(crta_offset());
        else
            return AlignedPageSize;
    }
    constexpr uint32_t get_rank() const {
        if constexpr (rank_is_crta)
            return common(rank_crta_offset());
        else
            return RankCT;
    }
    constexpr uint32_t get_num_banks() const {
        if constexpr (num_banks_is_crta)
            return tensor_accessor::unpack_num_banks(common(num_banks_crta_offset()));
        else
            return NumBanksCT;
    }
    constexpr bool resolve_shard_contiguous() const {
        if constexpr (num_banks_is_crta)
            return tensor_accessor::unpack_is_shard_contiguous(common(num_banks_crta_offset()));
        else
            return is_shard_contiguous;
    }
    constexpr uint32_t get_physical_num_banks() const { return (get_num_banks() + 1) / 2; }

    // Word indices into the common runtime args.
    constexpr uint32_t crta_offset() const {
        if constexpr (CRTA_OFFSET != tensor_accessor::UNKNOWN)
            return static_cast<uint32_t>(CRTA_OFFSET);
        else
            return crta_offset_;
    }
    constexpr uint32_t rank_crta_offset() const { return crta_offset(); }
    constexpr uint32_t num_banks_crta_offset() const { return crta_offset() + (rank_is_crta ? 1 : 0); }
    constexpr uint32_t tensor_shape_crta_offset() const { return num_banks_crta_offset() + (num_banks_is_crta ? 1 : 0); }
    constexpr uint32_t shard_shape_crta_offset() const {
        if constexpr (tensor_shape_is_crta)
            return tensor_shape_crta_offset() + get_rank();
        else
            return tensor_shape_crta_offset();
    }
    constexpr uint32_t bank_coords_crta_offset() const {
        if constexpr (shard_shape_is_crta)
            return shard_shape_crta_offset() + get_rank();
        else
            return shard_shape_crta_offset();
    }
    constexpr uint32_t num_common_runtime_args() const {
        if constexpr (!is_sharded)
            return page_size_is_crta ? 1 : 0;
        else if constexpr (bank_coords_is_crta)
            return bank_coords_crta_offset() + get_physical_num_banks() - crta_offset();
        else
            return bank_coords_crta_offset() - crta_offset();
    }
    constexpr uint32_t next_common_runtime_args_offset() const { return crta_offset() + num_common_runtime_args(); }

private:
    static uint32_t common(uint32_t index) { return tw::common_arg(index, TW_SITE_NONE); }

    uint32_t crta_offset_ = 0;
};

namespace tensor_accessor::detail {

template <std::size_t Base, class Indices>
struct WordsAt;
template <std::size_t Base, std::size_t... I>
struct WordsAt<Base, std::index_sequence<I...>> {
    using type = ArrayStaticWrapperU32<get_ct_arg<static_cast<uint32_t>(Base + I)>()...>;
};

// Two 16-bit values a word, the low half first.
template <std::size_t Base, class Indices>
struct HalfWordsAt;
template <std::size_t Base, std::size_t... I>
struct HalfWordsAt<Base, std::index_sequence<I...>> {
    using type =
        ArrayStaticWrapperU16<static_cast<uint16_t>(get_ct_arg<static_cast<uint32_t>(Base + I / 2)>() >> (I % 2 * 16))...>;
};

template <bool Static, std::size_t Base, std::size_t Count>
struct Words {
    using type = typename WordsAt<Base, std::make_index_sequence<Count>>::type;
};
template <std::size_t Base, std::size_t Count>
struct Words<false, Base, Count> {
    using type = ArrayDynamicWrapper;
};
template <bool Static, std::size_t Base, std::size_t Count>
struct HalfWords {
    using type = typename HalfWordsAt<Base, std::make_index_sequence<Count>>::type;
};
template <std::size_t Base, std::size_t Count>
struct HalfWords<false, Base, Count> {
    using type = ArrayDynamicWrapper;
};

// The distribution that a TensorAccessorArgs describes. All interleaved tensors of one memory share a type.
template <class Args, bool Sharded = Args::is_sharded>
struct SpecOf {
    using type = InterleavedSpec<Args::is_dram>;
};
template <class Args>
struct SpecOf<Args, true> {
    using type =
        DistributionSpec<Args::RankCT, Args::NumBanksCT,
                         typename Words<!Args::tensor_shape_is_crta, Args::TensorShapeCTAOffset, Args::RankCT>::type,
                         typename Words<!Args::shard_shape_is_crta, Args::ShardShapeCTAOffset, Args::RankCT>::type,
                         typename HalfWords<!Args::bank_coords_is_crta, Args::BankCoordsCTAOffset, Args::NumBanksCT>::type,
                         false, Args::is_dram, Args::is_shard_contiguous>;
};

// Offset of the n-th of several argument blocks that lie one after the other.
template <uint32_t TENSOR_IDX, uint32_t CTA_OFFSET>
constexpr uint32_t get_tensor_accessor_args_cta_offset() {
    if constexpr (TENSOR_IDX == 0) {
        return CTA_OFFSET;
    } else {
        return TensorAccessorArgs<
            get_tensor_accessor_args_cta_offset<TENSOR_IDX - 1, CTA_OFFSET>()>::next_compile_time_args_offset();
    }
}

template <uint32_t CTA_OFFSET, uint32_t... I>
constexpr auto args_tuple(std::integer_sequence<uint32_t, I...>) {
    return std::make_tuple(TensorAccessorArgs<get_tensor_accessor_args_cta_offset<I, CTA_OFFSET>()>()...);
}

}  // namespace tensor_accessor::detail

template <uint32_t NUM_TENSORS, uint32_t CTA_OFFSET>
constexpr auto make_tensor_accessor_args_tuple() {
    return tensor_accessor::detail::args_tuple<CTA_OFFSET>(std::make_integer_sequence<uint32_t, NUM_TENSORS>());
}
