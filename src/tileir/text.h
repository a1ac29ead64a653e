// A tile program as text, and back. What is printed parses to an equal program; tests and `--explain` use this form.
//
//   op NAME {
//     param eps: f32 rt                          f32 or u32; ct, rt or host
//     sym W: host          sym Wt = ceil(W, 32): ct
//     tensor x: in bf16 tile [B, Ht, Wt] last h, w pad any, 0             in, in?, out, inout; pad: any, finite or a number
//     cb c: bf16 [2 * Wt]                        also: `of 64` (elements of a page that is no tile), `over x` (a shard)
//     unit u in units { ... }                    for i in a..b step s { ... }        if has_g { ... } else { ... } also a
//     == b, a < b push c[n] as w { ... }                     take, hold likewise w[i] <- x[page] else 0 w[i].bytes(to,
//     count) <- x[page].bytes(from) x[page] <- w[i]                            x[page].bytes(to) <- w[i].bytes(from, count)
//     fill w[0] by constant(0) | scaler(1, h, w) | mask(h, w) | iota     w[0].bytes(from, count) by constant(0)
//     let row = u / Wt                           for the rest of the block
//     word r = w[0] below bound
//     tilize X[0] -> w[0] tiles Wt               untilize likewise
//     regs(2) { d[0] += mul X[i], V[0] bcast col   pack d[0] -> Y[i] relu }
//   }
#pragma once

#include "tileir/program.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace tw::tileir {

std::string print(const Program&);
std::string print(const Statement&);  // its first line, for messages

class ParseError : public std::runtime_error {
public:
    ParseError(int line, const std::string& message);
    int line;
};
Program parse(std::string_view text);

}  // namespace tw::tileir
