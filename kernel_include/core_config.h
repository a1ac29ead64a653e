// Kinds of programmable cores.
#pragma once

