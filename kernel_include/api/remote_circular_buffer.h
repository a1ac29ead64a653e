// Circular buffers between cores (global circular buffers). The runtime does not have them: using one is a compile error.
#pragma once

#include "tw/attributes.h"
#include "tw/cb_interface.h"

namespace experimental {

TW_NOT_IMPLEMENTED(resize_remote_sender_cb_interface)
TW_NOT_IMPLEMENTED(resize_remote_receiver_cb_interface)
TW_NOT_IMPLEMENTED(remote_cb_wait_front)
TW_NOT_IMPLEMENTED(remote_cb_pop_front)
TW_NOT_IMPLEMENTED(remote_cb_reserve_back)
TW_NOT_IMPLEMENTED(remote_cb_sender_barrier)
TW_NOT_IMPLEMENTED(remote_cb_push_back_and_write_pages)
TW_NOT_IMPLEMENTED(align_local_cbs_to_remote_cb)
TW_NOT_IMPLEMENTED(update_remote_cb_config_in_l1)

template <int D = 0>
struct RemoteCircularBuffer {
    static_assert(D != 0, "not implemented in tilewright: experimental::RemoteCircularBuffer");
};

}  // namespace experimental
