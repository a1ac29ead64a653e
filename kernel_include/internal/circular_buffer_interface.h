// One RISC's view of a circular buffer, local or remote.
#pragma once

#include "tw/cb_interface.h"
#include "tw/remote_cb.h"

#include <cstdint>

FORCE_INLINE RemoteSenderCBInterface& get_remote_sender_cb_interface(uint32_t cb_id) {
    return reinterpret_cast<RemoteSenderCBInterface&>(tw_self()->cb[cb_id % TW_MAX_CBS]);
}
FORCE_INLINE RemoteReceiverCBInterface& get_remote_receiver_cb_interface(uint32_t cb_id) {
    return reinterpret_cast<RemoteReceiverCBInterface&>(tw_self()->cb[cb_id % TW_MAX_CBS]);
}
