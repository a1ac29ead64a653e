// How NoC addresses are packed.
#pragma once

