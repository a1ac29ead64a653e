// Command buffer numbers.
#pragma once

#include "tw/command_buffers.h"
