// Cache maintenance around locked buffers (Quasar): nothing to maintain.
#pragma once

#include "api/lock.h"
#include "tw/attributes.h"

template <class... Args>
FORCE_INLINE void scoped_lock_acquire_cache_ops(Args&&...) {}
template <class... Args>
FORCE_INLINE void scoped_lock_release_cache_ops(Args&&...) {}
