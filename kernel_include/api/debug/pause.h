// PAUSE() stops a core until a person goes on; nobody is there.
#pragma once

#define PAUSE()
