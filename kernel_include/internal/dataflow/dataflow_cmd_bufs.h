// Command buffer numbers.
#pragma once

