// Metal 2.0 arguments by name.
#pragma once

#include "tw/binding_tokens.h"
