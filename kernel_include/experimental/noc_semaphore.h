// Semaphore as kernels of spring 2026 name it: experimental::Semaphore, which multicasts by a mode of experimental::Noc.
#pragma once

#include "api/semaphore.h"
#if !defined(COMPILE_FOR_TRISC)
#include "experimental/noc.h"
#endif

namespace experimental {

#if defined(COMPILE_FOR_TRISC)
using ::Semaphore;
#else
template <ProgrammableCoreType core_type = ProgrammableCoreType::TENSIX>
class Semaphore : public ::Semaphore<core_type> {
public:
    using ::Semaphore<core_type>::Semaphore;

    template <Noc::McastMode mode = Noc::McastMode::EXCLUDE_SRC>
    FORCE_INLINE void set_multicast(const ::Noc& noc, uint32_t x_start, uint32_t y_start, uint32_t x_end, uint32_t y_end,
                                    uint32_t num_dests, bool linked = false, TW_WHERE) const {
        constexpr NocOptions reach = mode == Noc::McastMode::INCLUDE_SRC ? NocOptions::MCAST_INCL_SRC : NocOptions::DEFAULT;
        ::Semaphore<core_type>::template set_multicast<reach>(noc, x_start, y_start, x_end, y_end, num_dests, linked,
                                                              tw_where);
    }
};
#endif

}  // namespace experimental
