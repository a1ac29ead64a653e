// Division by constants.
#pragma once

