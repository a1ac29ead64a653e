#include "program/program_hash.h"

#include "base/hash.h"

namespace tw {
namespace {

// Numbers are gathered and hashed in one go: a program has hundreds, and a warm launch has microseconds.
class HashedWords {
public:
    void add(uint64_t value) { words_.push_back(value); }
    void add(std::string_view text) {
        add(text.size());
        size_t at = words_.size();
        words_.resize(at + (text.size() + 7) / 8);
        text.copy(reinterpret_cast<char*>(words_.data() + at), text.size());
    }
    void add(const std::vector<uint32_t>& values) {
        add(std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(uint32_t)));
    }
    void add(const CoreRangeSet& cores) {
        add(cores.size());
        for (const CoreRange& r : cores.ranges()) {
            add(uint64_t{r.start.x} << 32 | r.start.y);
            add(uint64_t{r.end.x} << 32 | r.end.y);
        }
    }
    uint64_t hash() const {
        Hasher hasher;
        hasher.add(std::string_view(reinterpret_cast<const char*>(words_.data()), words_.size() * sizeof(uint64_t)));
        return hasher.low64();
    }

private:
    std::vector<uint64_t> words_ = reserved();
    static std::vector<uint64_t> reserved() {
        std::vector<uint64_t> words;
        words.reserve(1024);
        return words;
    }
};

void add_formats(HashedWords& words, const LiveList<CBFormatDescriptor>& formats) {
    words.add(formats.size());
    for (const CBFormatDescriptor& f : formats) {
        words.add(uint64_t{f.buffer_index} | uint64_t(f.data_format) << 8 | uint64_t{f.tile.has_value()} << 16 |
                  uint64_t{f.face_geometry.has_value()} << 17 | uint64_t{f.page_size} << 32);
        if (f.tile) words.add(uint64_t{f.tile->height} << 33 | uint64_t{f.tile->width} << 1 | f.tile->transpose);
        if (f.face_geometry) words.add(uint64_t{f.face_geometry->face_r_dim} << 32 | f.face_geometry->num_faces);
    }
}

struct AddConfig {
    HashedWords& words;
    void operator()(const ReaderConfigDescriptor&) const {}
    void operator()(const WriterConfigDescriptor&) const {}
    void operator()(const DataMovementConfigDescriptor& c) const {
        words.add(uint64_t(c.processor) | uint64_t(c.noc) << 8 | uint64_t(c.noc_mode) << 16);
    }
    void operator()(const ComputeConfigDescriptor& c) const {
        words.add(uint64_t(c.math_fidelity) | uint64_t{c.fp32_dest_acc_en} << 8 | uint64_t{c.dst_full_sync_en} << 9 |
                  uint64_t{c.bfp8_pack_precise} << 10 | uint64_t{c.math_approx_mode} << 11);
        words.add(c.unpack_to_dest_mode.size());
        for (UnpackToDestMode mode : c.unpack_to_dest_mode) words.add(uint64_t(mode));
    }
};

void add_kernel(HashedWords& words, const KernelDescriptor& k) {
    words.add(k.kernel_source);
    words.add(uint64_t(k.source_type) | uint64_t{k.opt_level.has_value()} << 8 |
              uint64_t(k.opt_level.value_or(KernelBuildOptLevel::O0)) << 16 | uint64_t(k.config->index()) << 24);
    words.add(k.core_ranges);
    words.add(k.compile_time_args);
    words.add(k.named_compile_time_args.size());
    for (const auto& [name, value] : k.named_compile_time_args) words.add(name), words.add(value);
    words.add(k.defines.size());
    for (const auto& [name, value] : k.defines) words.add(name), words.add(value);
    words.add(k.declarations);
    words.add(k.common_runtime_args.size());
    words.add(k.runtime_args.size());
    for (const auto& [core, args] : k.runtime_args) words.add(args.size());
    std::visit(AddConfig{words}, *k.config);
    words.add(k.compiler_include_paths.size());
    for (const auto& path : k.compiler_include_paths) words.add(path.native());
}

}  // namespace

uint64_t structure_hash(const ProgramDescriptor& program) {
    HashedWords words;
    words.add(program.kernels.size());
    for (const KernelDescriptor& kernel : program.kernels) add_kernel(words, kernel);
    words.add(program.semaphores.size());
    for (const SemaphoreDescriptor& s : program.semaphores) {
        words.add(uint64_t{s.id} << 32 | s.initial_value);
        words.add(uint64_t(s.core_type));
        words.add(s.core_ranges);
    }
    words.add(program.cbs.size());
    for (const CBDescriptor& cb : program.cbs) {
        words.add(uint64_t{cb.total_size} | uint64_t{cb.pinned} << 32 | uint64_t{cb.is_global} << 33);
        words.add(cb.core_ranges);
        add_formats(words, cb.format_descriptors);
        add_formats(words, cb.remote_format_descriptors);
    }
    return words.hash();
}

}  // namespace tw
