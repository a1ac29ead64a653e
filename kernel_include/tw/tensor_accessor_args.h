// TensorAccessorArgs<CTA, CRTA>: what the host's TensorAccessorArgs wrote into the kernel's compile-time args at word CTA,
// and which parts it left to the common runtime args from word CRTA on (docs/upstream-api.md H7).
#pragma once

#include "tw/compile_time_args.h"
#include "tw/distribution_spec.h"
#include "tw/runtime_args.h"

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace tensor_accessor {

// Bits of the first word. A part whose Runtime bit is set is in the common runtime args instead.
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

namespace detail {

// The bank count carries a flag in its top bit: shards lie one after the other in a bank, instead of round robin.
constexpr bool shards_are_contiguous(uint32_t banks_word) {
    return banks_word >> 31 != 0;
}
constexpr uint32_t bank_count(uint32_t banks_word) {
    return banks_word << 1 >> 1;
}

// A block of compile-time words, read front to back; what is not there stays 0.
struct ArgBlock {
    uint32_t config = 0, page_bytes = 0, rank = 0, banks_word = 0;
    uint32_t shape_at = 0, shard_at = 0, coords_at = 0;  // word numbers among the compile-time args
    uint32_t end = 0;

    constexpr bool has(ArgConfig bit) const { return (config & static_cast<uint32_t>(bit)) != 0; }
    // Of a sharded tensor, that is: an interleaved one has none of the parts that could be at run time.
    constexpr bool at_run_time(ArgConfig bit) const { return has(ArgConfig::Sharded) && has(bit); }
};

template <std::size_t Cta, int D = 0>
consteval ArgBlock read_block() {
    constexpr auto& words = tw::KernelConfig<D>::compile_time_args;
    static_assert(Cta < words.size(), "TensorAccessorArgs begins past the end of the compile-time args");
    ArgBlock b;
    uint32_t at = Cta;
    b.config = words[at++];
    // A single 0 stands for an optional tensor that is absent: programs of the time when an interleaved tensor took one
    // word write it, and what follows is then no page size.
    const bool is_placeholder = b.config == 0 && (at == words.size() || words[at] == 0 || words[at] % 16 != 0);
    if (!b.has(ArgConfig::RuntimePageSize) && !is_placeholder) b.page_bytes = words[at++];
    if (b.has(ArgConfig::Sharded)) {
        if (!b.has(ArgConfig::RuntimeRank)) b.rank = words[at++];
        if (!b.has(ArgConfig::RuntimeNumBanks)) b.banks_word = words[at++];
        b.shape_at = at;
        if (!b.has(ArgConfig::RuntimeTensorShape)) at += b.rank;
        b.shard_at = at;
        if (!b.has(ArgConfig::RuntimeShardShape)) at += b.rank;
        b.coords_at = at;
        if (!b.has(ArgConfig::RuntimeBankCoords)) at += (bank_count(b.banks_word) + 1) / 2;
    }
    b.end = at;
    return b;
}

// Word numbers among the common runtime args. A part that is a compile-time one takes no words.
struct RuntimePlaces {
    uint32_t page_size, rank, banks, shape, shard, coords, end;
};

}  // namespace detail
}  // namespace tensor_accessor

template <std::size_t CTA_OFFSET, std::size_t CRTA_OFFSET = tensor_accessor::UNKNOWN>
struct TensorAccessorArgs {
private:
    using Bit = tensor_accessor::ArgConfig;

public:
    static constexpr tensor_accessor::detail::ArgBlock block = tensor_accessor::detail::read_block<CTA_OFFSET>();

    static constexpr bool is_sharded = block.has(Bit::Sharded);
    static constexpr bool is_dram = block.has(Bit::IsDram);
    static constexpr bool is_shard_contiguous = tensor_accessor::detail::shards_are_contiguous(block.banks_word);
    static constexpr uint32_t AlignedPageSize = block.page_bytes;

    static constexpr bool runtime_page_size = block.has(Bit::RuntimePageSize);
    static constexpr bool runtime_rank = block.at_run_time(Bit::RuntimeRank);
    static constexpr bool runtime_banks = block.at_run_time(Bit::RuntimeNumBanks);
    static constexpr bool runtime_shape = block.at_run_time(Bit::RuntimeTensorShape);
    static constexpr bool runtime_shard = block.at_run_time(Bit::RuntimeShardShape);
    static constexpr bool runtime_coords = block.at_run_time(Bit::RuntimeBankCoords);

    static_assert(!runtime_rank || (runtime_shape && runtime_shard), "shapes cannot be constant when their rank is not");
    static_assert(!runtime_banks || runtime_coords, "bank coordinates cannot be constant when their number is not");
    static_assert(!is_sharded || !runtime_page_size, "a runtime page size is for interleaved tensors only");
    static_assert(!is_sharded || runtime_rank || (block.rank > 0 && block.rank <= tensor_accessor::MAX_RANK),
                  "a sharded tensor has a rank of 1 to 8");
    static_assert(!is_sharded || runtime_banks || tensor_accessor::detail::bank_count(block.banks_word) > 0,
                  "a sharded tensor has at least one bank");

    constexpr TensorAccessorArgs() = default;
    constexpr explicit TensorAccessorArgs(uint32_t crta_offset)
        requires(CRTA_OFFSET == tensor_accessor::UNKNOWN)
        : first_runtime_word_(crta_offset) {}

    static constexpr uint32_t next_compile_time_args_offset() { return block.end; }
    static constexpr uint32_t num_compile_time_args() { return block.end - static_cast<uint32_t>(CTA_OFFSET); }

    constexpr uint32_t crta_offset() const {
        return CRTA_OFFSET == tensor_accessor::UNKNOWN ? first_runtime_word_ : static_cast<uint32_t>(CRTA_OFFSET);
    }
    constexpr uint32_t next_common_runtime_args_offset() const { return places().end; }
    constexpr uint32_t num_common_runtime_args() const { return places().end - crta_offset(); }

    constexpr tensor_accessor::detail::RuntimePlaces places() const {
        uint32_t at = crta_offset();
        const auto take = [&at](bool present, uint32_t words) {
            const uint32_t here = at;
            if (present) at += words;
            return here;
        };
        tensor_accessor::detail::RuntimePlaces p{};
        p.page_size = take(runtime_page_size, 1);
        p.rank = take(runtime_rank, 1);
        p.banks = take(runtime_banks, 1);
        const uint32_t rank = either<runtime_rank>(block.rank, p.rank);
        const uint32_t banks_word = either<runtime_banks>(block.banks_word, p.banks);
        p.shape = take(runtime_shape, rank);
        p.shard = take(runtime_shard, rank);
        p.coords = take(runtime_coords, (tensor_accessor::detail::bank_count(banks_word) + 1) / 2);
        p.end = at;
        return p;
    }

    constexpr uint32_t get_aligned_page_size() const { return either<runtime_page_size>(block.page_bytes, crta_offset()); }
    constexpr uint32_t get_rank() const { return either<runtime_rank>(block.rank, places().rank); }
    constexpr uint32_t get_num_banks() const { return tensor_accessor::detail::bank_count(banks_word()); }
    constexpr bool resolve_shard_contiguous() const { return tensor_accessor::detail::shards_are_contiguous(banks_word()); }

private:
    constexpr uint32_t banks_word() const {
        if constexpr (runtime_banks) return tw::common_arg(places().banks, TW_SITE_NONE);
        return block.banks_word;
    }
    template <bool Runtime>
    static constexpr uint32_t either(uint32_t constant, [[maybe_unused]] uint32_t place) {
        if constexpr (Runtime) return tw::common_arg(place, TW_SITE_NONE);
        return constant;
    }

    uint32_t first_runtime_word_ = 0;
};

namespace tensor_accessor::detail {

template <std::size_t Base, std::size_t... I>
constexpr auto words_from(std::index_sequence<I...>) {
    return ArrayStaticWrapper<uint32_t, get_ct_arg<static_cast<uint32_t>(Base + I)>()...>{};
}
// Two values a word, the low half first.
template <std::size_t Base, std::size_t... I>
constexpr auto halves_from(std::index_sequence<I...>) {
    return ArrayStaticWrapper<uint16_t, static_cast<uint16_t>(get_ct_arg<static_cast<uint32_t>(Base + I / 2)>() >>
                                                              (I % 2 * 16))...>{};
}

template <bool Runtime, std::size_t Base, std::size_t Count>
constexpr auto whole_words() {
    if constexpr (Runtime)
        return ArrayDynamicWrapper{};
    else
        return words_from<Base>(std::make_index_sequence<Count>{});
}
template <bool Runtime, std::size_t Base, std::size_t Count>
constexpr auto half_words() {
    if constexpr (Runtime)
        return ArrayDynamicWrapper{};
    else
        return halves_from<Base>(std::make_index_sequence<Count>{});
}

// The distribution that a TensorAccessorArgs describes. All interleaved tensors of one memory share a type.
template <class Args>
constexpr auto spec_of() {
    if constexpr (Args::is_sharded) {
        constexpr ArgBlock b = Args::block;
        return static_cast<DistributionSpec<
            b.rank, bank_count(b.banks_word), decltype(whole_words<Args::runtime_shape, b.shape_at, b.rank>()),
            decltype(whole_words<Args::runtime_shard, b.shard_at, b.rank>()),
            decltype(half_words<Args::runtime_coords, b.coords_at, bank_count(b.banks_word)>()), false, Args::is_dram,
            Args::is_shard_contiguous>*>(nullptr);
    } else {
        return static_cast<InterleavedSpec<Args::is_dram>*>(nullptr);
    }
}
template <class Args>
using SpecOf = std::remove_pointer_t<decltype(spec_of<Args>())>;

// Blocks that lie one after the other: the n-th begins where the one before it ends.
template <uint32_t N, uint32_t Cta>
struct NthBlock {
    static constexpr uint32_t value = TensorAccessorArgs<NthBlock<N - 1, Cta>::value>::next_compile_time_args_offset();
};
template <uint32_t Cta>
struct NthBlock<0, Cta> {
    static constexpr uint32_t value = Cta;
};

template <uint32_t TENSOR_IDX, uint32_t CTA_OFFSET>
constexpr uint32_t get_tensor_accessor_args_cta_offset() {
    return NthBlock<TENSOR_IDX, CTA_OFFSET>::value;
}

}  // namespace tensor_accessor::detail

template <uint32_t NUM_TENSORS, uint32_t CTA_OFFSET>
constexpr auto make_tensor_accessor_args_tuple() {
    return []<uint32_t... I>(std::integer_sequence<uint32_t, I...>) {
        return std::tuple<TensorAccessorArgs<tensor_accessor::detail::NthBlock<I, CTA_OFFSET>::value>...>{};
    }(std::make_integer_sequence<uint32_t, NUM_TENSORS>());
}
