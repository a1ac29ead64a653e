// The older way to find a page of an interleaved buffer: small aggregates that kernels fill by field name. Which bank a
// page is in and where, is the runtime's knowledge (tw_interleaved_address); the structs differ only in how they say the
// page size.
#pragma once

#include "tw/alignment.h"
#include "tw/enums.h"
#include "tw/noc_address.h"

#include <cstdint>
#include <type_traits>

namespace tw {

template <bool Dram>
inline constexpr uint32_t kBankAlignment = Dram ? DRAM_ALIGNMENT : L1_ALIGNMENT;

template <bool Dram>
inline constexpr uint32_t kBankAlignmentLog2 = kBankAlignment<Dram> == 64   ? 6
                                               : kBankAlignment<Dram> == 32 ? 5
                                                                            : 4;

// Bytes of a tile of tile_hw elements in L1 or DRAM; block floats have one exponent byte for 16 elements
// (docs/upstream-api.md K7).
constexpr uint32_t tile_bytes(::DataFormat format, uint32_t tile_hw) {
    switch (format) {
        case ::DataFormat::Float32:
        case ::DataFormat::Tf32:
        case ::DataFormat::Int32:
        case ::DataFormat::UInt32: return tile_hw * 4;
        case ::DataFormat::Float16:
        case ::DataFormat::Float16_b:
        case ::DataFormat::UInt16: return tile_hw * 2;
        case ::DataFormat::Bfp8:
        case ::DataFormat::Bfp8_b: return tile_hw + tile_hw / 16;
        case ::DataFormat::Bfp4:
        case ::DataFormat::Bfp4_b: return tile_hw / 2 + tile_hw / 16;
        case ::DataFormat::Bfp2:
        case ::DataFormat::Bfp2_b: return tile_hw / 4 + tile_hw / 16;
        default: return tile_hw;
    }
}

template <class Gen>
concept AddressGenerator = requires(const Gen& g) { g.get_noc_addr(uint32_t(0), uint32_t(0), uint8_t(0)); };

// Bytes that a whole-page transfer through a generator moves.
template <class Gen>
FORCE_INLINE uint32_t page_bytes(const Gen& gen) {
    if constexpr (requires { gen.get_aligned_page_size(); }) {
        return gen.get_aligned_page_size();
    } else if constexpr (requires { gen.page_size; }) {
        return gen.page_size;
    } else {
        static_assert(requires { gen.log_base_2_of_page_size; }, "an address generator needs a page size");
        return 1u << gen.log_base_2_of_page_size;
    }
}

}  // namespace tw

// The same questions under the names that helper headers ask them by.
template <class T>
inline constexpr bool has_get_noc_addr_v = tw::AddressGenerator<T>;
template <class T>
inline constexpr bool has_page_size_v = requires(const T& t) { t.page_size; };
template <class T>
inline constexpr bool has_get_aligned_page_size_v = requires(const T& t) { t.get_aligned_page_size(); };
template <class T>
inline constexpr bool has_log_base_2_of_page_size_v = requires(const T& t) { t.log_base_2_of_page_size; };
template <class T>
inline constexpr bool has_required_addrgen_traits_v =
    has_get_noc_addr_v<T> && (has_get_aligned_page_size_v<T> || has_page_size_v<T> || has_log_base_2_of_page_size_v<T>);

template <uint32_t tile_hw = 1024>
constexpr uint32_t MUL_WITH_TILE_SIZE(uint format, uint index) {
    return tw::tile_bytes(static_cast<::DataFormat>(format), tile_hw) * index;
}

template <bool DRAM>
struct InterleavedAddrGen {
    static constexpr bool is_dram = DRAM;
    uint32_t bank_base_address;
    const uint32_t page_size;
    const uint32_t aligned_page_size = align_power_of_2(page_size, tw::kBankAlignment<DRAM>);

    FORCE_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0, uint8_t = 0) const {
        return tw_interleaved_address(tw_self(), DRAM, id, bank_base_address, aligned_page_size, offset);
    }
};

template <bool DRAM>
struct InterleavedPow2AddrGen {
    static constexpr bool is_dram = DRAM;
    const uint32_t bank_base_address;
    const uint32_t log_base_2_of_page_size;
    const uint32_t aligned_log_base_2_of_page_size =
        log_base_2_of_page_size > tw::kBankAlignmentLog2<DRAM> ? log_base_2_of_page_size : tw::kBankAlignmentLog2<DRAM>;

    FORCE_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0, uint8_t = 0) const {
        return tw_interleaved_address(tw_self(), DRAM, id, bank_base_address, 1u << aligned_log_base_2_of_page_size,
                                      offset);
    }
};

template <bool DRAM>
struct InterleavedPow2AddrGenFast {
    static constexpr bool is_dram = DRAM;
    uint32_t bank_base_address;
    const uint32_t log_base_2_of_page_size;
    const uint32_t aligned_log_base_2_of_page_size =
        log_base_2_of_page_size > tw::kBankAlignmentLog2<DRAM> ? log_base_2_of_page_size : tw::kBankAlignmentLog2<DRAM>;

    FORCE_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0, uint8_t = 0) const {
        return tw_interleaved_address(tw_self(), DRAM, id, bank_base_address, 1u << aligned_log_base_2_of_page_size,
                                      offset);
    }
};

// Pages are tiles; they are spaced by the tile size of the format, whatever page_size says.
template <bool DRAM, uint32_t tile_hw = 1024>
struct InterleavedAddrGenFast {
    static constexpr bool is_dram = DRAM;
    uint32_t bank_base_address;
    uint32_t page_size;
    DataFormat data_format;

    FORCE_INLINE uint64_t get_noc_addr(uint32_t id, uint32_t offset = 0, uint8_t = 0) const {
        return tw_interleaved_address(tw_self(), DRAM, id, bank_base_address, tw::tile_bytes(data_format, tile_hw), offset);
    }
};

template <tw::AddressGenerator Gen>
FORCE_INLINE uint64_t get_noc_addr(uint32_t id, const Gen& addrgen, uint32_t offset = 0, uint8_t noc = tw::default_noc()) {
    return addrgen.get_noc_addr(id, offset, noc);
}

FORCE_INLINE uint64_t get_dram_noc_addr(uint32_t id, uint32_t page_size, uint32_t bank_base_address, uint32_t offset = 0,
                                        uint8_t = 0) {
    return tw_interleaved_address(tw_self(), 1, id, bank_base_address, align_power_of_2(page_size, DRAM_ALIGNMENT), offset);
}

FORCE_INLINE uint64_t get_l1_noc_addr(uint32_t id, uint32_t page_size, uint32_t bank_base_address, uint32_t offset = 0,
                                      uint8_t = 0) {
    return tw_interleaved_address(tw_self(), 0, id, bank_base_address, align_power_of_2(page_size, L1_ALIGNMENT), offset);
}

TW_REFUSED(get_system_memory_noc_addr)

// The generator that suits a page size: a constant, or a number that comes with its logarithm if it is a power of two.
namespace tw {

template <bool Dram, bool Pow2>
using InterleavedGen = std::conditional_t<Pow2, InterleavedPow2AddrGen<Dram>, InterleavedAddrGen<Dram>>;

}  // namespace tw

template <bool DRAM, uint32_t page_bytes>
FORCE_INLINE auto get_interleaved_addr_gen(uint32_t base) {
    return InterleavedAddrGen<DRAM>{base, page_bytes};
}

template <bool DRAM, bool is_size_pow2>
FORCE_INLINE auto get_interleaved_addr_gen(uint32_t base, uint32_t page_bytes, uint32_t log2_page_bytes) {
    return tw::InterleavedGen<DRAM, is_size_pow2>{base, is_size_pow2 ? log2_page_bytes : page_bytes};
}

// With one size argument it is the logarithm of a power of two, else the bytes.
template <bool DRAM, bool is_size_pow2>
FORCE_INLINE auto get_interleaved_addr_gen(uint32_t base, uint32_t size_or_log2) {
    return tw::InterleavedGen<DRAM, is_size_pow2>{base, size_or_log2};
}
