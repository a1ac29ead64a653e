// Registers that a few kernels read or program themselves: the NoC's, and the core's clock. There are none: using one is a
// compile error that says so.
#pragma once

#include "tw/attributes.h"

TW_REFUSED(NOC_CMD_BUF_WRITE_REG)
TW_REFUSED(NOC_CMD_BUF_READ_REG)
TW_REFUSED(NOC_STATUS_READ_REG)
TW_REFUSED(NOC_CMD_STATIC_VC)
TW_REFUSED(noc_cmd_buf_ready)
TW_REFUSED(ncrisc_noc_fast_read)
TW_REFUSED(ncrisc_noc_fast_read_any_len)
TW_REFUSED(ncrisc_noc_fast_write)
TW_REFUSED(ncrisc_noc_fast_write_any_len)
TW_REFUSED(noc_fast_write_dw_inline)
TW_REFUSED(noc_write_init_state)
TW_REFUSED(noc_read_with_state)
TW_REFUSED(noc_wwrite_with_state)

// A RISC's own counts of what it sent, set anew from the NoC's. Barriers here ask the transfers themselves.
FORCE_INLINE void ncrisc_noc_counters_init() {}
FORCE_INLINE void dynamic_noc_local_state_init() {}

namespace tw {

// The type is the message: whatever a kernel does with such a value, the compiler quotes it.
struct not_implemented_in_tilewright {};

}  // namespace tw

// Not macros: helper headers ask by #ifdef whether there is a clock register, and have another way if not.
inline constexpr tw::not_implemented_in_tilewright RISCV_DEBUG_REG_WALL_CLOCK_L, RISCV_DEBUG_REG_WALL_CLOCK_H;
