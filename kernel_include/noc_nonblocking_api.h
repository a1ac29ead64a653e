// The NoC below the data-movement API: what of it exists.
#pragma once

