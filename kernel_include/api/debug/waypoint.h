// WAYPOINT("ABCD") leaves a mark for the watcher; events of the runtime say more.
#pragma once

#define WAYPOINT(...)
