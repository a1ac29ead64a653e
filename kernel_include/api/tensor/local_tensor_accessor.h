// LocalTensorAccessor<T>: the part of an L1 tensor that lies on this core, as an array.
#pragma once

#include "api/core_local_mem.h"
#include "tw/assert.h"
#include "tw/binding_tokens.h"

#include <array>
#include <cstdint>
#include <tuple>

template <class T>
class LocalTensorAccessor {
public:
    template <uint32_t CTA, uint32_t ADDR>
    [[nodiscard]] explicit LocalTensorAccessor(tensor_accessor::TensorBindingToken<CTA, ADDR>) noexcept
        : LocalTensorAccessor(tw::common_arg(ADDR / 4, TW_SITE_NONE)) {
        static_assert(!tensor_accessor::TensorBindingToken<CTA, ADDR>::args_t::is_dram,
                      "LocalTensorAccessor requires an L1-resident tensor; this token is for a DRAM tensor");
    }
    [[nodiscard]] explicit LocalTensorAccessor(const tensor_accessor::NullTensorBindingToken&) noexcept
        : LocalTensorAccessor(uint32_t(0)) {}
    [[nodiscard]] explicit LocalTensorAccessor(uint32_t bank_base_address) noexcept : start_(bank_base_address) {
        ASSERT(bank_base_address % alignof(T) == 0);
    }

    [[nodiscard]] T& operator[](uint32_t index) const { return start_[index]; }
    [[nodiscard]] uint32_t get_bank_base_address() const noexcept { return start_.get_address(); }
    [[nodiscard]] CoreLocalMem<T> local_mem() const noexcept { return start_; }
    [[nodiscard]] auto scoped_lock(uint32_t offset, uint32_t num_elements) const {
        return (start_ + offset).scoped_lock(num_elements);
    }
    template <class Operand>
    [[nodiscard]] Operand operand() const noexcept {
        return tw::llk_operand<Operand>(start_.get_address());
    }

private:
    CoreLocalMem<T> start_;
};

// One for each token of a tuple of tensors.
template <class T, class... Tokens>
std::array<LocalTensorAccessor<T>, sizeof...(Tokens)> make_local_tensor_accessors(const std::tuple<Tokens...>&) {
    return {LocalTensorAccessor<T>(Tokens{})...};
}

#if !defined(COMPILE_FOR_TRISC)

namespace tw {

template <class T>
struct LocalTensorStart {
    static uint32_t read(const LocalTensorAccessor<T>& a) { return a.get_bank_base_address(); }
    static uint32_t write(const LocalTensorAccessor<T>& a) { return a.get_bank_base_address(); }
};

}  // namespace tw

template <class T>
struct noc_traits_t<LocalTensorAccessor<T>> : tw::LocalEndpoint<LocalTensorAccessor<T>, tw::LocalTensorStart<T>> {};
template <class T>
inline constexpr bool noc_zero_l1_endpoint_v<LocalTensorAccessor<T>> = true;

#endif
