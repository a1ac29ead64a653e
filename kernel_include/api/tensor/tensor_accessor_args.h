// A tensor's layout in compile-time args.
#pragma once

