// Numbers and texts in a row, as recordings on disk have them: numbers of seven bits a byte, the lowest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tw {

class ByteWriter {
public:
    void number(uint64_t v) {
        for (; v >= 0x80; v >>= 7) out_ += static_cast<char>(v | 0x80);
        out_ += static_cast<char>(v);
    }
    // Small in either direction.
    void difference(uint64_t v) { number(v << 1 ^ (v >> 63 ? ~uint64_t{0} : 0)); }
    void text(std::string_view t) {
        number(t.size());
        out_ += t;
    }
    void raw(std::string_view bytes) { out_ += bytes; }
    const std::string& bytes() const { return out_; }

private:
    std::string out_;
};

// Whoever reads past the end, or what is no number, finds `failed` and gets zeros.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : left_(bytes) {}

    uint64_t number() {
        uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (left_.empty()) break;
            const auto byte = static_cast<uint8_t>(left_.front());
            left_.remove_prefix(1);
            if (shift == 63 && byte > 1) break;
            v |= uint64_t{byte & 0x7fu} << shift;
            if (byte < 0x80) return v;
        }
        fail();
        return 0;
    }
    template <class T>
    T number_of() {
        const uint64_t v = number();
        if (v != static_cast<T>(v)) fail();
        return failed_ ? T{} : static_cast<T>(v);
    }
    uint64_t difference() {
        const uint64_t v = number();
        return v >> 1 ^ (v & 1 ? ~uint64_t{0} : 0);
    }
    std::string_view raw(uint64_t size) {
        if (size > left_.size()) {
            fail();
            return {};
        }
        const std::string_view taken = left_.substr(0, size);
        left_.remove_prefix(size);
        return taken;
    }
    std::string_view text() { return raw(number()); }
    // A count of things that take at least a byte each: no more than what is left.
    size_t count() {
        const uint64_t n = number();
        if (n > left_.size()) fail();
        return failed_ ? 0 : n;
    }
    size_t left() const { return left_.size(); }
    bool failed() const { return failed_; }
    void fail() {
        failed_ = true;
        left_ = {};
    }

private:
    std::string_view left_;
    bool failed_ = false;
};

}  // namespace tw
