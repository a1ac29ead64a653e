// Locks on buffers.
#pragma once

