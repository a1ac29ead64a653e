// Upstream's tests ask here which calls reconfigured the unit; off, as in its ordinary builds.
#pragma once

#define TEST_RECONFIG_CALLS(expected_calls) false
#define SET_CALLED_RECONFIG(call_bit)
