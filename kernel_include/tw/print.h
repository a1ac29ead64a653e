// Formatting for DPRINT: arguments are boxed into a small variant, one plain function turns them into text. No iostream and
// no heap, so a kernel that prints compiles and runs like one that does not.
#pragma once

#include "tw/abi.h"
#include "tw/attributes.h"
#include "tw/site.h"

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace tw {

namespace print_words {

// clang-format off
struct Endl {};
struct Hex {};
struct Oct {};
struct Dec {};
struct Fixed {};
struct DefaultFloat {};
struct Width { uint8_t value; explicit constexpr Width(int v) : value(static_cast<uint8_t>(v)) {} };
struct Precision { uint8_t value; explicit constexpr Precision(int v) : value(static_cast<uint8_t>(v)) {} };
// clang-format on

// The bits of a bfloat16.
struct Bf16 {
    uint16_t bits;
    explicit constexpr Bf16(uint16_t b) : bits(b) {}
    float value() const {
        const uint32_t wide = uint32_t(bits) << 16;
        float f;
        std::memcpy(&f, &wide, sizeof f);
        return f;
    }
};

}  // namespace print_words

class PrintArg {
public:
    enum class Kind : uint8_t { Signed, Unsigned, Float, Bool, Char, Text };

    template <class T>
    PrintArg(const T& value) {
        using V = std::remove_cv_t<T>;
        if constexpr (std::is_same_v<V, bool>) {
            kind = Kind::Bool;
            u = value;
        } else if constexpr (std::is_same_v<V, char>) {
            kind = Kind::Char;
            u = static_cast<unsigned char>(value);
        } else if constexpr (std::is_floating_point_v<V>) {
            kind = Kind::Float;
            f = static_cast<double>(value);
        } else if constexpr (std::is_enum_v<V>) {
            kind = Kind::Signed;
            i = static_cast<int64_t>(value);
        } else if constexpr (std::is_integral_v<V>) {
            if constexpr (std::is_signed_v<V>) {
                kind = Kind::Signed;
                i = value;
            } else {
                kind = Kind::Unsigned;
                u = value;
            }
        } else if constexpr (std::is_same_v<V, print_words::Bf16>) {
            kind = Kind::Float;
            f = static_cast<double>(value.value());
        } else if constexpr (std::is_convertible_v<const T&, const char*>) {
            kind = Kind::Text;
            text = value;
        } else if constexpr (requires { value.text(); }) {
            kind = Kind::Text;
            text = value.text();
        } else if constexpr (std::is_pointer_v<V>) {
            kind = Kind::Unsigned;
            u = reinterpret_cast<uint64_t>(value);
        } else {
            static_assert(std::is_convertible_v<const T&, uint64_t>, "DPRINT cannot print this type");
            kind = Kind::Unsigned;
            u = static_cast<uint64_t>(value);
        }
    }

    Kind kind;
    union {
        int64_t i;
        uint64_t u;
        double f;
        const char* text;
    };
};

// How one argument is written: the part of "{:...}" that matters here, or the state of a stream.
struct PrintStyle {
    char base = 'd';  // d, x, X, o, b
    bool fixed = false, zeros = false, alternate = false;
    uint8_t width = 0;
    int precision = -1;
};

class PrintBuffer {
public:
    void put(const char* text, size_t length) {
        if (length > sizeof(text_) - used_) length = sizeof(text_) - used_;
        std::memcpy(text_ + used_, text, length);
        used_ += static_cast<uint32_t>(length);
    }
    void put(char c) { put(&c, 1); }

    void put(const PrintArg& arg, const PrintStyle& style) {
        char piece[128];
        int length = 0;
        const int width = style.width;
        using Kind = PrintArg::Kind;
        switch (arg.kind) {
            case Kind::Text: length = static_cast<int>(__builtin_strlen(arg.text)); break;
            case Kind::Bool:
                length = __builtin_snprintf(piece, sizeof piece, "%*s", width, arg.u != 0 ? "true" : "false");
                break;
            case Kind::Char: length = __builtin_snprintf(piece, sizeof piece, "%*c", width, static_cast<int>(arg.u)); break;
            case Kind::Float:
                length = __builtin_snprintf(piece, sizeof piece, style.fixed ? "%*.*f" : "%*.*g", width,
                                            style.precision < 0 ? 6 : style.precision, arg.f);
                break;
            case Kind::Signed:
                if (style.base == 'd') {
                    length = __builtin_snprintf(piece, sizeof piece, style.zeros ? "%0*lld" : "%*lld", width,
                                                static_cast<long long>(arg.i));
                    break;
                }
                [[fallthrough]];
            case Kind::Unsigned: {
                // A negative number in hex is shown in 32 bits, as the device would.
                const auto v = static_cast<unsigned long long>(
                    arg.kind == Kind::Signed && arg.i < 0 && arg.i >= INT32_MIN ? uint64_t(uint32_t(arg.i)) : arg.u);
                const char* format = style.base == 'x'   ? (style.zeros ? "%s%0*llx" : "%s%*llx")
                                     : style.base == 'X' ? (style.zeros ? "%s%0*llX" : "%s%*llX")
                                     : style.base == 'o' ? (style.zeros ? "%s%0*llo" : "%s%*llo")
                                                         : (style.zeros ? "%s%0*llu" : "%s%*llu");
                const bool hex = style.base == 'x' || style.base == 'X';
                length = __builtin_snprintf(piece, sizeof piece, format, style.alternate && hex ? "0x" : "", width, v);
                break;
            }
        }
        if (arg.kind == Kind::Text) {
            for (int pad = length; pad < width; ++pad) put(' ');
            put(arg.text, static_cast<size_t>(length));
        } else if (length > 0) {
            put(piece, static_cast<size_t>(length) < sizeof piece ? static_cast<size_t>(length) : sizeof piece - 1);
        }
    }

    // Python-like fields: {} {3} {:x} {:#010x} {:.2f}; {{ and }} are braces.
    void format(const char* text, const PrintArg* args, uint32_t count) {
        uint32_t next = 0;
        while (*text != 0) {
            if ((*text == '{' || *text == '}') && text[1] == *text) {
                put(*text);
                text += 2;
            } else if (*text == '{') {
                ++text;
                uint32_t index = next;
                if (*text >= '0' && *text <= '9')
                    index = number(text);
                else
                    ++next;
                PrintStyle style;
                if (*text == ':') read_style(++text, style);
                while (*text != 0 && *text != '}') ++text;
                if (*text == '}') ++text;
                if (index < count)
                    put(args[index], style);
                else
                    put("{?}", 3);
            } else {
                put(*text++);
            }
        }
    }

    const char* text() const { return text_; }
    uint32_t length() const { return used_; }
    void send(const tw_site* site) const { tw_print(tw_self(), text_, used_, site); }

private:
    static uint32_t number(const char*& text) {
        uint32_t n = 0;
        while (*text >= '0' && *text <= '9') n = n * 10 + static_cast<uint32_t>(*text++ - '0');
        return n;
    }
    static void read_style(const char*& text, PrintStyle& style) {
        while (*text == '<' || *text == '>' || *text == '^' || *text == '+' || *text == ' ') ++text;
        if (*text == '#') style.alternate = true, ++text;
        if (*text == '0') style.zeros = true, ++text;
        const uint32_t width = number(text);
        style.width = static_cast<uint8_t>(width < 64 ? width : 64);
        if (style.alternate && style.width >= 2) style.width = static_cast<uint8_t>(style.width - 2);
        if (*text == '.') {
            const uint32_t precision = number(++text);
            style.precision = static_cast<int>(precision < 40 ? precision : 40);
        }
        if (*text == 'x' || *text == 'X' || *text == 'o' || *text == 'd') style.base = *text;
        if (*text == 'f') style.fixed = true;
    }

    uint32_t used_ = 0;
    char text_[1020];
};

// A format text and where it stands.
struct PrintFormat {
    const char* text;
    std::source_location where;
    PrintFormat(const char* t, std::source_location w = std::source_location::current()) : text(t), where(w) {}
};

// One statement of the stream dialect; its text goes out when the statement ends.
class PrintLine {
public:
    template <class T>
    explicit PrintLine(const T& first) : wanted_(tw_self()->print_enabled != 0) {
        *this << first;
    }
    PrintLine(const PrintLine&) = delete;
    PrintLine& operator=(const PrintLine&) = delete;
    ~PrintLine() {
        if (wanted_) buffer_.send(TW_SITE_NONE);
    }

    template <class T>
    PrintLine& operator<<(const T& value) {
        if (!wanted_) return *this;
        using namespace print_words;
        if constexpr (std::is_same_v<T, Endl>)
            buffer_.put('\n');
        else if constexpr (std::is_same_v<T, Hex>)
            style_.base = 'x';
        else if constexpr (std::is_same_v<T, Oct>)
            style_.base = 'o';
        else if constexpr (std::is_same_v<T, Dec>)
            style_.base = 'd';
        else if constexpr (std::is_same_v<T, Fixed>)
            style_.fixed = true;
        else if constexpr (std::is_same_v<T, DefaultFloat>)
            style_.fixed = false;
        else if constexpr (std::is_same_v<T, Width>)
            style_.width = value.value;
        else if constexpr (std::is_same_v<T, Precision>)
            style_.precision = value.value;
        else {
            buffer_.put(PrintArg(value), style_);
            style_.width = 0;  // a width holds for one value
        }
        return *this;
    }

private:
    PrintBuffer buffer_;
    PrintStyle style_;
    bool wanted_;
};

class Printer {
public:
    template <class... Args>
    FORCE_INLINE void operator()(PrintFormat format, const Args&... args) const {
        if (__builtin_expect(tw_self()->print_enabled != 0, 0)) print(format, args...);
    }
    template <class T>
    PrintLine operator<<(const T& value) const {
        return PrintLine(value);
    }

private:
    template <class... Args>
    __attribute__((noinline)) static void print(PrintFormat format, const Args&... args) {
        PrintBuffer buffer;
        if constexpr (sizeof...(Args) == 0) {
            buffer.format(format.text, nullptr, 0);
        } else {
            const PrintArg boxed[] = {PrintArg(args)...};
            buffer.format(format.text, boxed, sizeof...(Args));
        }
        buffer.send(site_of(format.where));
    }
};

// DPRINT_MATH(...) and its like: a format call, or a whole statement of the stream dialect.
template <class... Args>
FORCE_INLINE void print_statement(PrintFormat format, const Args&... args) {
    Printer{}(format, args...);
}
inline void print_statement(const PrintLine&) {}

}  // namespace tw
