// Older spelling.
#pragma once

#include "api/debug/waypoint.h"
