// Metal 2.0 tensor tokens.
#pragma once

#include "tw/binding_tokens.h"
