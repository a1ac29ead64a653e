// Data formats.
#pragma once

