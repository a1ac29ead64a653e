// Pages of a tensor to NoC addresses.
#pragma once

#include "tw/shard_transfers.h"
#include "tw/tensor_accessor.h"
