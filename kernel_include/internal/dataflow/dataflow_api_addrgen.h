// NoC addresses and the interleaved address generators.
#pragma once

#include "tw/address_generators.h"
