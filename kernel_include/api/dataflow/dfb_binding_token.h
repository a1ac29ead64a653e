// Metal 2.0 binding tokens.
#pragma once

#include "tw/binding_tokens.h"
