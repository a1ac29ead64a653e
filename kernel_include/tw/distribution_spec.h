// How a sharded tensor is cut into shards and dealt out to banks (docs/upstream-api.md H6.3), as a type. Every part - rank,
// number of banks, the two shapes, the banks' coordinates - is either a compile-time constant or read from common runtime
// args; when all are constant the object is empty and everything below folds away.
#pragma once

#include "tw/compile_time_args.h"
#include "tw/runtime_args.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tensor_accessor {

inline constexpr std::size_t MAX_RANK = 8;
inline constexpr std::size_t UNKNOWN = static_cast<std::size_t>(-1);

// A constant list, and the mark for one that is known only at run time.
template <class T, T... Elements>
struct ArrayStaticWrapper {
    static constexpr bool is_static = true;
    static constexpr std::array<T, sizeof...(Elements)> elements{Elements...};
};

struct ArrayDynamicWrapper {
    static constexpr bool is_static = false;
};

namespace detail {

// Everything that follows from the two shapes.
template <std::size_t N>
struct Geometry {
    std::array<uint32_t, N> tensor_shape{}, shard_shape{};
    std::array<uint32_t, N> tensor_strides{}, shard_strides{};
    std::array<uint32_t, N> grid{}, grid_strides{};  // shards along each dimension
    uint32_t tensor_volume = 1, shard_volume = 1, num_shards = 1;

    constexpr void derive(uint32_t rank) {
        tensor_volume = shard_volume = num_shards = 1;
        for (uint32_t i = rank; i-- > 0;) {
            if (shard_shape[i] == 0) shard_shape[i] = 1;  // a broken argument must not divide by zero
            grid[i] = (tensor_shape[i] + shard_shape[i] - 1) / shard_shape[i];
            tensor_strides[i] = tensor_volume;
            shard_strides[i] = shard_volume;
            grid_strides[i] = num_shards;
            tensor_volume *= tensor_shape[i];
            shard_volume *= shard_shape[i];
            num_shards *= grid[i];
        }
    }
};

template <class TensorShape, class ShardShape, std::size_t N>
constexpr Geometry<N> static_geometry() {
    Geometry<N> g;
    if constexpr (TensorShape::is_static && ShardShape::is_static) {
        g.tensor_shape = TensorShape::elements;
        g.shard_shape = ShardShape::elements;
        g.derive(N);
    }
    return g;
}

// Coordinates of banks, from constants or from packed common args.
struct DynamicCoords {
    uint32_t first_word = 0;
    uint16_t operator[](std::size_t bank) const {
        const uint32_t word = tw::common_arg(first_word + static_cast<uint32_t>(bank / 2), TW_SITE_NONE);
        return static_cast<uint16_t>(bank % 2 == 0 ? word : word >> 16);
    }
};

struct Nothing {};

}  // namespace detail

template <uint32_t Rank = 0, uint32_t Banks = 0, class TensorDims = ArrayDynamicWrapper,
          class ShardDims = ArrayDynamicWrapper, class BankPlaces = ArrayDynamicWrapper, bool Interleaved = false,
          bool IsDram = false, bool Contiguous = false>
struct DistributionSpec {
    static constexpr bool has_static_rank = Rank != 0;
    static constexpr bool has_static_num_banks = Banks != 0;
    static constexpr bool tensor_shape_static = has_static_rank && TensorDims::is_static;
    static constexpr bool shard_shape_static = has_static_rank && ShardDims::is_static;
    static constexpr bool bank_coords_static = has_static_num_banks && BankPlaces::is_static;
    static constexpr bool shapes_static = tensor_shape_static && shard_shape_static;
    static constexpr bool is_static = shapes_static && bank_coords_static;
    static constexpr bool is_interleaved = Interleaved;
    static constexpr bool is_dram = IsDram;
    static constexpr bool is_shard_contiguous = Contiguous;
    static constexpr uint32_t rank_ct = Rank;
    static constexpr uint32_t num_banks_ct = Banks;

    static constexpr std::size_t kStorage = has_static_rank ? Rank : MAX_RANK;
    using Shape = std::array<uint32_t, kStorage>;

    constexpr DistributionSpec() = default;

    // Reads what is not constant; Args is a TensorAccessorArgs.
    template <class Args>
        requires requires { Args::is_sharded; }
    explicit DistributionSpec(const Args& args) {
        if constexpr (!is_static && !is_interleaved) {
            runtime_.rank = args.get_rank();
            if (runtime_.rank > MAX_RANK) tw_assert_fail(tw_self(), "rank of a tensor accessor <= 8", TW_SITE_NONE);
            runtime_.num_banks = args.get_num_banks();
            runtime_.contiguous = args.resolve_shard_contiguous();
            const auto at = args.places();
            auto& g = runtime_.geometry;
            for (uint32_t i = 0; i < runtime_.rank; ++i) {
                if constexpr (tensor_shape_static) {
                    g.tensor_shape[i] = TensorDims::elements[i];
                } else {
                    g.tensor_shape[i] = tw::common_arg(at.shape + i, TW_SITE_NONE);
                }
                if constexpr (shard_shape_static) {
                    g.shard_shape[i] = ShardDims::elements[i];
                } else {
                    g.shard_shape[i] = tw::common_arg(at.shard + i, TW_SITE_NONE);
                }
            }
            g.derive(runtime_.rank);
            if constexpr (!bank_coords_static) runtime_.coords.first_word = at.coords;
        }
    }

    constexpr uint32_t rank() const {
        if constexpr (has_static_rank)
            return Rank;
        else
            return runtime_.rank;
    }
    constexpr uint32_t num_banks() const {
        if constexpr (has_static_num_banks)
            return Banks;
        else
            return runtime_.num_banks;
    }
    constexpr bool resolve_shard_contiguous() const {
        if constexpr (has_static_num_banks)
            return Contiguous;
        else
            return runtime_.contiguous;
    }
    constexpr const Shape& tensor_shape() const { return geometry().tensor_shape; }
    constexpr const Shape& shard_shape() const { return geometry().shard_shape; }
    constexpr const Shape& tensor_strides() const { return geometry().tensor_strides; }
    constexpr const Shape& shard_strides() const { return geometry().shard_strides; }
    constexpr const Shape& shard_grid() const { return geometry().grid; }
    constexpr const Shape& shard_grid_strides() const { return geometry().grid_strides; }
    constexpr std::size_t tensor_volume() const { return geometry().tensor_volume; }
    constexpr std::size_t shard_volume() const { return geometry().shard_volume; }
    constexpr std::size_t num_shards() const { return geometry().num_shards; }
    // Indexed by bank: x << 8 | y.
    constexpr const auto& packed_xy_coords() const {
        if constexpr (bank_coords_static)
            return BankPlaces::elements;
        else
            return runtime_.coords;
    }

private:
    using Geometry = detail::Geometry<kStorage>;
    static constexpr Geometry kGeometry = detail::static_geometry<TensorDims, ShardDims, kStorage>();

    struct Runtime {
        uint32_t rank = Rank, num_banks = Banks;
        bool contiguous = Contiguous;
        Geometry geometry;
        detail::DynamicCoords coords;
    };

    constexpr const Geometry& geometry() const {
        if constexpr (shapes_static)
            return kGeometry;
        else
            return runtime_.geometry;
    }

    [[no_unique_address]] std::conditional_t<is_static || is_interleaved, detail::Nothing, Runtime> runtime_;
};

template <bool IsDram>
using InterleavedSpec =
    DistributionSpec<0, 0, ArrayDynamicWrapper, ArrayDynamicWrapper, ArrayDynamicWrapper, true, IsDram, false>;

template <bool IsDram>
constexpr auto make_interleaved_dspec() {
    return InterleavedSpec<IsDram>{};
}

}  // namespace tensor_accessor
