// CoreLocalMem<T>: a pointer into this core's L1 that is kept as an on-chip address and becomes a host pointer at each
// access.
#pragma once

#include "api/lock.h"
#include "tw/attributes.h"
#include "tw/l1.h"

#include <cstddef>
#include <cstdint>
#include <type_traits>

#if !defined(COMPILE_FOR_TRISC)
#include "tw/endpoint_traits.h"
#endif

template <class T, class AddressType = uint32_t>
class CoreLocalMem {
    static_assert(std::is_unsigned_v<AddressType>, "AddressType must be unsigned");

public:
    using difference_type = std::ptrdiff_t;

    FORCE_INLINE CoreLocalMem(AddressType address) : address_(address) {}
    FORCE_INLINE CoreLocalMem(T* pointer) : address_(tw::l1_offset(pointer, sizeof(T), TW_SITE_NONE)) {}

    FORCE_INLINE T* get_unsafe_ptr() const { return tw::l1_pointer<T>(static_cast<uint32_t>(address_)); }
    FORCE_INLINE AddressType get_address() const { return address_; }

    // An index may be negative, as 32-bit addresses would wrap.
    FORCE_INLINE T& operator[](uint32_t index) const { return checked()[static_cast<int32_t>(index)]; }
    FORCE_INLINE T& operator*() const { return *checked(); }
    FORCE_INLINE T* operator->() const { return checked(); }

    // Steps are elements.
    FORCE_INLINE CoreLocalMem& operator+=(difference_type n) {
        address_ += static_cast<AddressType>(n * static_cast<difference_type>(sizeof(T)));
        return *this;
    }
    FORCE_INLINE CoreLocalMem& operator-=(difference_type n) { return *this += -n; }
    FORCE_INLINE CoreLocalMem& operator++() { return *this += 1; }
    FORCE_INLINE CoreLocalMem& operator--() { return *this += -1; }
    FORCE_INLINE CoreLocalMem operator++(int) {
        CoreLocalMem old = *this;
        ++*this;
        return old;
    }
    FORCE_INLINE CoreLocalMem operator--(int) {
        CoreLocalMem old = *this;
        --*this;
        return old;
    }
    FORCE_INLINE CoreLocalMem operator+(difference_type n) const {
        CoreLocalMem moved = *this;
        return moved += n;
    }
    FORCE_INLINE CoreLocalMem operator-(difference_type n) const {
        CoreLocalMem moved = *this;
        return moved -= n;
    }
    FORCE_INLINE difference_type operator-(const CoreLocalMem& o) const {
        return (static_cast<difference_type>(address_) - static_cast<difference_type>(o.address_)) /
               static_cast<difference_type>(sizeof(T));
    }

    FORCE_INLINE bool operator==(const CoreLocalMem& o) const { return address_ == o.address_; }
    FORCE_INLINE auto operator<=>(const CoreLocalMem& o) const { return address_ <=> o.address_; }
    FORCE_INLINE explicit operator bool() const { return address_ != 0; }

    [[nodiscard]] auto scoped_lock(size_t) const {
        return Lock([] {});
    }

private:
    // The start must lie in L1; a run past its end meets the guard pages. Testing the start only keeps loops over [] free
    // of tests, since the compiler moves this one out of them.
    FORCE_INLINE T* checked() const {
        if (__builtin_expect(address_ >= tw::own_l1_size(), 0)) {
            tw_bad_address(tw_self(), address_, sizeof(T), "CoreLocalMem outside this core's L1", TW_SITE_NONE);
        }
        return tw::l1_pointer<T>(static_cast<uint32_t>(address_));
    }

    AddressType address_;
};

#if !defined(COMPILE_FOR_TRISC)

namespace tw {

template <class T, class A>
struct CoreLocalMemStart {
    static uint32_t read(const CoreLocalMem<T, A>& m) { return static_cast<uint32_t>(m.get_address()); }
    static uint32_t write(const CoreLocalMem<T, A>& m) { return static_cast<uint32_t>(m.get_address()); }
};

}  // namespace tw

template <class T, class A>
struct noc_traits_t<CoreLocalMem<T, A>> : tw::LocalEndpoint<CoreLocalMem<T, A>, tw::CoreLocalMemStart<T, A>> {};
template <class T, class A>
inline constexpr bool noc_zero_l1_endpoint_v<CoreLocalMem<T, A>> = true;

#endif
