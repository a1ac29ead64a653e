// Tensors in a device's memory.
#pragma once

#include <tilewright/cores.h>
#include <tilewright/device.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tilewright {

/// Element types, by ttnn's names and numbers. A block float shares an exponent between 16 elements and is TILE only.
enum class DataType : std::uint8_t {
    BFLOAT16 = 0,
    FLOAT32 = 1,
    UINT32 = 2,
    BFLOAT8_B = 3,
    BFLOAT4_B = 4,
    UINT8 = 5,
    UINT16 = 6,
    INT32 = 7,
    FP8_E4M3 = 8,
    INT8 = 9,
};
enum class Layout : std::uint8_t { ROW_MAJOR = 0, TILE = 1 };
enum class BufferType : std::uint8_t { DRAM = 0, L1 = 1, L1_SMALL = 3 };
enum class TensorMemoryLayout : std::uint8_t { INTERLEAVED = 0, HEIGHT_SHARDED = 2, WIDTH_SHARDED = 3, BLOCK_SHARDED = 4 };
enum class ShardOrientation : std::uint8_t { ROW_MAJOR = 0, COL_MAJOR = 1 };

/// Shards of `shape` (height, width in elements) on the cores of `grid`.
struct ShardSpec {
    CoreRangeSet grid;
    std::array<std::uint32_t, 2> shape = {};
    ShardOrientation orientation = ShardOrientation::ROW_MAJOR;
};

/// Where pages go: over all banks of a memory, or cut into shards, which need a `shard_spec`.
struct MemoryConfig {
    TensorMemoryLayout memory_layout = TensorMemoryLayout::INTERLEAVED;
    BufferType buffer_type = BufferType::DRAM;
    std::optional<ShardSpec> shard_spec = {};
};

/// Everything about a tensor but contents and address. `shape` is logical, outermost dimension first; a TILE tensor is
/// padded to multiples of 32 in its last two dimensions.
struct TensorSpec {
    std::vector<std::uint32_t> shape;
    DataType dtype = DataType::BFLOAT16;
    Layout layout = Layout::TILE;
    MemoryConfig memory_config = {};
};

/// Bytes of a 32x32 tile of a type: 2048 for BFLOAT16. What a circular buffer's page of it has. Errors: none.
std::uint32_t tile_size(DataType dtype);

/// A handle to a tensor on a device; copies are the same tensor. Its memory is freed with the last handle, by `deallocate`,
/// or when the device closes.
class Tensor {
public:
    /// An allocated tensor whose contents are whatever the memory held.
    /// Errors: HostError for specs that do not fit together (block floats in rows, shards that do not cut the tensor), in
    /// ttnn's words; HostError[out-of-memory].
    static Tensor empty(const Device& device, const TensorSpec& spec);

    /// A tensor with these elements: `values` are the logical ones, row by row, as many as the product of the shape. Floats
    /// are rounded to nearest even for BFLOAT16, packed as ttnn's host does for block floats, truncated for integers
    /// (what does not fit wraps, as on ttnn's host). The padding is 0. Errors: those of `empty`; HostError[element-count].
    static Tensor from_floats(const Device& device, const TensorSpec& spec, std::span<const float> values);
    /// The same from integers, which wrap in narrower integer types.
    static Tensor from_ints(const Device& device, const TensorSpec& spec, std::span<const std::int32_t> values);

    /// The logical elements, row by row, without padding. Integer types are exact in `to_ints`.
    /// Errors: HostError "Tensor is not allocated." after `deallocate`.
    std::vector<float> to_floats() const;
    std::vector<std::int32_t> to_ints() const;

    std::vector<std::uint32_t> shape() const;         ///< logical
    std::vector<std::uint32_t> padded_shape() const;  ///< with the padding to tiles or shards
    DataType dtype() const;
    Layout layout() const;

    /// Byte address of the first page, the same in every bank. Errors, here and below: HostError "Tensor is not
    /// allocated.".
    std::uint32_t buffer_address() const;
    std::uint32_t buffer_page_size() const;          ///< bytes: a tile, a row, or a shard's width of a row
    std::uint32_t buffer_aligned_page_size() const;  ///< bytes from page to page in a bank
    std::uint32_t buffer_num_pages() const;          ///< over all banks

    /// The compile-time words from which a kernel's `TensorAccessorArgs<N>` finds this tensor's pages (docs/upstream-api.md
    /// H7).
    std::vector<std::uint32_t> accessor_args() const;

    bool is_allocated() const;
    void deallocate();  ///< frees the memory for all handles; twice is fine

private:
    friend struct Access;
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace tilewright
