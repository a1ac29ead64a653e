// Ranges over a tensor's pages.
#pragma once

#include "tw/tensor_pages.h"
