// Scratchpad<T>: working memory in L1 that the host reserved for the kernel, seen as elements of type T.
#pragma once

#include "api/core_local_mem.h"
#include "tw/assert.h"
#include "tw/binding_tokens.h"
#include "tw/enums.h"

#include <cstdint>
#include <type_traits>

template <class T>
class Scratchpad {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using size_type = uint32_t;
    using pointer = CoreLocalMem<T>;
    using iterator = pointer;

    [[nodiscard]] explicit Scratchpad(const ScratchpadBindingToken& token) noexcept
        : base_(tw::common_arg(token.crta_offset_, TW_SITE_NONE)),
          bytes_(token.size_in_bytes_),
          format_(static_cast<DataFormat>(token.llk_.format)) {
        ASSERT(base_ % alignof(T) == 0);
        ASSERT(bytes_ % sizeof(T) == 0);
    }

    [[nodiscard]] T& operator[](uint32_t index) const {
        ASSERT(index < size());
        return begin()[index];
    }
    [[nodiscard]] uint32_t size() const noexcept { return bytes_ / static_cast<uint32_t>(sizeof(T)); }
    [[nodiscard]] uint32_t size_in_bytes() const noexcept { return bytes_; }
    [[nodiscard]] constexpr DataFormat get_dataformat() const noexcept { return format_; }
    [[nodiscard]] uint32_t get_base_address() const noexcept { return base_; }
    [[nodiscard]] pointer begin() const noexcept { return pointer(base_); }
    [[nodiscard]] pointer end() const noexcept { return pointer(base_ + bytes_); }
    [[nodiscard]] pointer local_mem() const noexcept { return begin(); }

    template <class Operand>
    [[nodiscard]] Operand operand() const noexcept {
        return tw::llk_operand<Operand>(base_);
    }

    [[nodiscard]] auto scoped_lock(uint32_t offset, uint32_t num_elements) const {
        ASSERT(offset + num_elements <= size());
        return (begin() + offset).scoped_lock(num_elements);
    }

private:
    uint32_t base_, bytes_;
    DataFormat format_;
};

#if !defined(COMPILE_FOR_TRISC)

namespace tw {

template <class T>
struct ScratchpadStart {
    static uint32_t read(const Scratchpad<T>& s) { return s.get_base_address(); }
    static uint32_t write(const Scratchpad<T>& s) { return s.get_base_address(); }
};

}  // namespace tw

template <class T>
struct noc_traits_t<Scratchpad<T>> : tw::LocalEndpoint<Scratchpad<T>, tw::ScratchpadStart<T>> {};
template <class T>
inline constexpr bool noc_zero_l1_endpoint_v<Scratchpad<T>> = true;
template <class T>
inline constexpr bool is_scratchpad_v<Scratchpad<T>> = true;

#endif
