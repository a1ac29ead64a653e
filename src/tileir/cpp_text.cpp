#include "tileir/cpp_text.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <stdexcept>

namespace tw::tileir {

std::string cpp(const Size& size, bool factor) {
    struct Writer {
        static std::string call(const Atom& atom) {
            if (atom.kind == Atom::Kind::Symbol) return atom.text;
            const std::string a = cpp(*atom.a), b = cpp(*atom.b), x = cpp(*atom.a, true), y = cpp(*atom.b, true);
            switch (atom.kind) {
                case Atom::Kind::Ceil: return fmt::format("({} + {} - 1) / {}", a, y, y);
                case Atom::Kind::Floor: return fmt::format("{} / {}", x, y);
                case Atom::Kind::Mod: return fmt::format("{} % {}", x, y);
                case Atom::Kind::Min: return fmt::format("({} < {} ? {} : {})", a, b, a, b);
                case Atom::Kind::Max: return fmt::format("({} > {} ? {} : {})", a, b, a, b);
                case Atom::Kind::Symbol: break;
            }
            return atom.text;
        }
    };
    std::string text;
    int terms = 0;
    size.each_term([&](const std::vector<Atom>& atoms, int64_t coefficient) {
        ++terms;
        std::string term;
        const int64_t positive = std::abs(coefficient);
        if (atoms.empty() || positive != 1) term = fmt::format("{}", positive);
        for (const Atom& atom : atoms) {
            if (!term.empty()) term += " * ";
            const std::string word = Writer::call(atom);
            const bool plain = atom.kind == Atom::Kind::Symbol || word.front() == '(';
            term += plain && word.find(" / ") == std::string::npos ? word : "(" + word + ")";
        }
        if (text.empty()) {
            text = coefficient < 0 ? "0 - " + term : term;
        } else {
            text += (coefficient < 0 ? " - " : " + ") + term;
        }
    });
    if (text.empty()) return "0";
    return factor && (terms > 1 || text.find(' ') != std::string::npos) ? "(" + text + ")" : text;
}

std::string bits_literal(double value) {
    return fmt::format("{:#010x}", std::bit_cast<uint32_t>(static_cast<float>(value)));
}

uint32_t element_bits(Format format, double value) {
    const uint32_t bits = std::bit_cast<uint32_t>(static_cast<float>(value));
    switch (format) {
        case Format::f32: return bits;
        case Format::bf16:
            return std::isnan(value) ? 0x7fc0 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;  // to nearest, even
        case Format::i32: return static_cast<uint32_t>(static_cast<int32_t>(value));
        case Format::u32:
        case Format::u16:
        case Format::u8: return static_cast<uint32_t>(value);
        case Format::bfp8:
        case Format::bfp4: break;
    }
    throw std::invalid_argument("elements of a block float cannot be written one by one");
}

uint32_t element_bytes(Format format) {
    return tile_bytes(format) / 1024;
}

const char* element_type(Format format) {
    const uint32_t bytes = element_bytes(format);
    return bytes == 4 ? "uint32_t" : bytes == 2 ? "uint16_t" : "uint8_t";
}

}  // namespace tw::tileir
