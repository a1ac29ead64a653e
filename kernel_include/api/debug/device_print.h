// DPRINT's newer name.
#pragma once

#include "api/debug/dprint.h"
