// Visits the statements of a block, outer ones before the ones in them.
#pragma once

#include "tileir/program.h"

namespace tw::tileir {

// The blocks in a statement, by f(block).
template <class F>
void each_body(const Statement& s, F f) {
    if (const auto* x = std::get_if<For>(&s.is)) f(x->body);
    if (const auto* x = std::get_if<Unit>(&s.is)) f(x->body);
    if (const auto* x = std::get_if<Window>(&s.is)) f(x->body);
    if (const auto* x = std::get_if<Registers>(&s.is)) f(x->body);
    if (const auto* x = std::get_if<If>(&s.is)) {
        f(x->then);
        f(x->otherwise);
    }
}

template <class F>
void walk(const Block& block, F f) {
    for (const Statement& s : block) {
        f(s);
        each_body(s, [&](const Block& b) { walk(b, f); });
    }
}

// The places that a statement itself reads and writes, by f(place, writes).
template <class F>
void each_place(const Statement& s, F f) {
    if (const auto* x = std::get_if<Load>(&s.is)) f(x->to, true);
    if (const auto* x = std::get_if<Store>(&s.is)) f(x->from, false);
    if (const auto* x = std::get_if<Fill>(&s.is)) f(x->to, true);
    if (const auto* x = std::get_if<Word>(&s.is)) f(x->from, false);
    if (const auto* x = std::get_if<Relayout>(&s.is)) {
        f(x->from, false);
        f(x->to, true);
    }
    if (const auto* x = std::get_if<Pack>(&s.is)) {
        f(x->from, false);
        f(x->to, true);
    }
    if (const auto* x = std::get_if<Compute>(&s.is)) {
        for (const Operand& o : x->operands) {
            if (const auto* place = std::get_if<Place>(&o)) f(*place, false);
        }
        f(x->to, true);
    }
}

// The sizes that a statement itself names, by f(size).
template <class F>
void each_size(const Statement& s, F f) {
    each_place(s, [&](const Place& p, bool) { f(p.index); });
    if (const auto* x = std::get_if<For>(&s.is)) {
        f(x->begin);
        f(x->end);
        f(x->step);
    }
    if (const auto* x = std::get_if<Unit>(&s.is)) f(x->count);
    if (const auto* x = std::get_if<If>(&s.is); x && x->condition.empty()) {
        f(x->left);
        f(x->right);
    }
    if (const auto* x = std::get_if<Window>(&s.is)) f(x->count);
    if (const auto* x = std::get_if<Registers>(&s.is)) f(x->count);
    if (const auto* x = std::get_if<Word>(&s.is)) f(x->bound);
    if (const auto* x = std::get_if<Let>(&s.is)) f(x->is);
    if (const auto* x = std::get_if<Relayout>(&s.is)) f(x->tiles);
    if (const auto* x = std::get_if<Fill>(&s.is)) {
        if (x->part) {
            f(x->part->offset);
            f(x->part->count);
        }
        f(x->h);
        f(x->w);
    }
    if (const auto* x = std::get_if<Load>(&s.is)) {
        f(x->page);
        if (x->to_part) {
            f(x->to_part->offset);
            f(x->to_part->count);
            f(*x->from_offset);
        }
    }
    if (const auto* x = std::get_if<Store>(&s.is)) {
        f(x->page);
        if (x->from_part) {
            f(x->from_part->offset);
            f(x->from_part->count);
            f(*x->to_offset);
        }
    }
}

}  // namespace tw::tileir
