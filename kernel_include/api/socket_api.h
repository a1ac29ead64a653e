// Sockets between chips. The runtime does not have them: using one is a compile error.
#pragma once

#include "tw/attributes.h"

TW_NOT_IMPLEMENTED(create_sender_socket_interface)
TW_NOT_IMPLEMENTED(create_receiver_socket_interface)
TW_NOT_IMPLEMENTED(set_sender_socket_page_size)
TW_NOT_IMPLEMENTED(set_receiver_socket_page_size)
TW_NOT_IMPLEMENTED(socket_reserve_pages)
TW_NOT_IMPLEMENTED(socket_push_pages)
TW_NOT_IMPLEMENTED(socket_wait_for_pages)
TW_NOT_IMPLEMENTED(socket_pop_pages)
TW_NOT_IMPLEMENTED(socket_notify_sender)
TW_NOT_IMPLEMENTED(socket_notify_receiver)
TW_NOT_IMPLEMENTED(update_socket_config)
