// The NoC's registers, which a few kernels program themselves. There are none: the calls are compile errors that say so.
#pragma once

#include "tw/attributes.h"

TW_NOT_IMPLEMENTED(NOC_CMD_BUF_WRITE_REG)
TW_NOT_IMPLEMENTED(NOC_CMD_BUF_READ_REG)
TW_NOT_IMPLEMENTED(NOC_STATUS_READ_REG)
TW_NOT_IMPLEMENTED(NOC_CMD_STATIC_VC)
TW_NOT_IMPLEMENTED(noc_cmd_buf_ready)
TW_NOT_IMPLEMENTED(ncrisc_noc_fast_read)
TW_NOT_IMPLEMENTED(ncrisc_noc_fast_read_any_len)
TW_NOT_IMPLEMENTED(ncrisc_noc_fast_write)
TW_NOT_IMPLEMENTED(ncrisc_noc_fast_write_any_len)
TW_NOT_IMPLEMENTED(ncrisc_noc_counters_init)
TW_NOT_IMPLEMENTED(dynamic_noc_local_state_init)
TW_NOT_IMPLEMENTED(noc_fast_write_dw_inline)
TW_NOT_IMPLEMENTED(noc_write_init_state)
TW_NOT_IMPLEMENTED(noc_read_with_state)
TW_NOT_IMPLEMENTED(noc_wwrite_with_state)
