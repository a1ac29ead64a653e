// Pages of a tensor to NoC addresses.
#pragma once

#include "tw/tensor_accessor.h"
#include "tw/shard_transfers.h"
