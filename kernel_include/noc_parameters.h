// Constants of the NoC.
#pragma once

