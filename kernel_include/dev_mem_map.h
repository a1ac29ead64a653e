// Places in L1.
#pragma once

