// build(): from requests to loaded kernels.
//
// The way of a request: asked before with the same fields, and its files unchanged -> the image from memory. Else its
// sources are read and rewritten, and the text of its translation unit gives the key: the same key -> memory, then disk,
// then the compiler. Compilers run as many at once as the process has processors. One build at a time; a second thread
// waits.
#include "base/error.h"
#include "base/hash.h"
#include "base/settings.h"
#include "jit/compile.h"
#include "jit/compile_error.h"
#include "jit/disk_cache.h"
#include "jit/install.h"
#include "jit/jit.h"
#include "jit/load.h"
#include "jit/process.h"
#include "jit/prologue.h"
#include "jit/search_path.h"
#include "jit/source_tree.h"
#include "jit/toolchain.h"
#include "jit/work_folder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <unordered_map>

namespace fs = std::filesystem;

namespace tw::jit {
namespace {

using Image = std::shared_ptr<const KernelImage>;
using Stamps = std::vector<std::pair<std::string, FileStamp>>;

// A request that was built before.
struct Known {
    KernelRequest request;
    uint64_t search = 0;
    bool debug = false;
    std::shared_ptr<const Stamps> stamps;
    Image image;
};

struct State {
    std::mutex mutex;
    std::unordered_multimap<size_t, Known> known;   // by hash of the request
    std::unordered_map<std::string, Image> images;  // by key
    std::vector<Image> forgotten;                   // images live for ever; see KernelImage
    Stats stats;
};

State& state() {
    static State& s = *new State;  // kernels may still run while statics are destroyed
    return s;
}

std::atomic<int> debug_setting{-1};

bool debug() {
    const int set = debug_setting.load();
    if (set >= 0) return set != 0;
    return setting_flag(Setting::Debug).value_or(false);
}

// Of the fields that tell requests of one program apart; operator== does the rest. Runs at every launch, so it gathers the
// bytes and hashes them once.
size_t hash_of(const KernelRequest& r) {
    thread_local std::string bytes;
    bytes.clear();
    const auto add = [](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
    bytes += r.source;
    add(r.processor);
    add(r.noc_index);
    add(r.raw);
    bytes.append(reinterpret_cast<const char*>(r.compile_time_args.data()), r.compile_time_args.size() * sizeof(uint32_t));
    for (const auto& [name, value] : r.named_compile_time_args) {
        bytes += name;
        add(value);
    }
    for (const auto& [name, value] : r.defines) (bytes += name) += value;
    for (const CbFormat& c : r.cbs) {
        add(c.index);
        add(c.format);
        add(c.page_size);
    }
    return std::hash<std::string_view>()(bytes);
}

// One kernel that has to be made from its sources.
struct Job {
    std::vector<size_t> requests;  // all that want it; the first speaks for them
    CompileSetup setup;
    std::shared_ptr<const SourceTree> tree;
    std::string text, key;
    fs::path header;
    std::shared_ptr<KernelImage> image;
    std::optional<Diagnostic> problem;
    bool problem_wants_subject = false;  // its `what` goes on from the kernel's name and processors
};

std::atomic<bool (*)()> interrupt_question{nullptr};

// Does the user want the build to end? Asked on the thread that builds (Python tells of signals to its main thread only);
// the others are told.
class Stop {
public:
    bool wanted() {
        if (wanted_ || std::this_thread::get_id() != asker_) return wanted_;
        constexpr auto kInterval = std::chrono::milliseconds(50);
        const auto now = std::chrono::steady_clock::now();
        if (!question_ || now - asked_at_ < kInterval) return false;
        asked_at_ = now;
        wanted_ = question_();
        return wanted_;
    }

private:
    bool (*const question_)() = interrupt_question.load();
    const std::thread::id asker_ = std::this_thread::get_id();
    std::chrono::steady_clock::time_point asked_at_ = std::chrono::steady_clock::now();
    std::atomic<bool> wanted_{false};
};

// The cache cannot be written: the build may be tried again without it.
struct CacheFailed {
    Diagnostic why;
};

class Build {
public:
    explicit Build(const std::vector<KernelRequest>& requests)
        : requests_(requests), images_(requests.size()), search_(search_state()), debug_(debug()) {
        limits_.seconds = compile_seconds_limit();
        limits_.stop = [this] { return stop_.wanted(); };
    }

    std::vector<Image> run() {
        find_known();
        if (!missing_.empty()) {
            read_sources();
            find_on_disk();
            compile();
            finish();
        }
        return std::move(images_);
    }

private:
    void find_known() {
        hashes_.resize(requests_.size());
        for (size_t i = 0; i < requests_.size(); i++) {
            hashes_[i] = hash_of(requests_[i]);
            const auto [begin, end] = state().known.equal_range(hashes_[i]);
            for (auto at = begin; at != end; ++at) {
                Known& k = at->second;
                if (k.debug != debug_ || !(k.request == requests_[i])) continue;
                if (k.search == search_ && unchanged(*k.stamps)) {
                    images_[i] = k.image;
                    state().stats.from_memory++;
                } else {
                    state().known.erase(at);
                }
                break;
            }
            if (!images_[i]) missing_.push_back(i);
        }
    }

    // The kernels of a program share their files: each is looked at once in a build.
    bool unchanged(const Stamps& stamps) {
        if (std::find(fresh_.begin(), fresh_.end(), &stamps) != fresh_.end()) return true;
        for (const auto& [path, stamp] : stamps) {
            if (!(stamp_of(path.c_str()) == stamp)) return false;
        }
        fresh_.push_back(&stamps);
        return true;
    }

    void read_sources() {
        std::vector<Diagnostic> problems;
        using Subject = std::tuple<std::string, std::string, std::vector<fs::path>>;
        std::map<Subject, std::shared_ptr<const SourceTree>> trees;
        std::unordered_map<std::string, size_t> by_key;
        for (const size_t i : missing_) {
            const KernelRequest& r = requests_[i];
            try {
                auto& tree = trees[{(r.is_text ? "text:" : "file:") + r.source, r.text_name, r.include_paths}];
                if (!tree)
                    tree = std::make_shared<const SourceTree>(
                        read_source_tree(r.source, r.is_text, r.text_name, r.include_paths, debug_));
                Job job;
                job.setup = {&toolchain(), class_of(r.processor), r.arch, debug_, is_raw(r, *tree)};
                job.tree = tree;
                job.text = translation_unit(r, *tree);
                Hasher hasher;
                hasher.add(setup_key(job.setup)).add(job.text);
                for (const fs::path& p : r.include_paths) hasher.add(p.native());
                job.key = hasher.hex();
                const auto [known, is_new] = by_key.try_emplace(job.key, jobs_.size());
                if (is_new) jobs_.push_back(std::move(job));
                jobs_[known->second].requests.push_back(i);
            } catch (const Error& e) {
                if (e.category() == Category::Environment) throw;
                for (const Diagnostic& d : e.diagnostics()) add_once(problems, d);
            }
        }
        if (!problems.empty()) throw Error(std::move(problems));
    }

    static void add_once(std::vector<Diagnostic>& all, const Diagnostic& d) {
        for (const Diagnostic& other : all) {
            if (other.what == d.what && other.at == d.at) return;
        }
        all.push_back(d);
    }

    const std::string& setup_key(const CompileSetup& s) {
        std::string& key = setup_keys_[{s.group, s.arch, s.raw}];
        if (key.empty()) key = s.key();
        return key;
    }

    void find_on_disk() {
        for (Job& job : jobs_) {
            if (const auto known = state().images.find(job.key); known != state().images.end()) {
                for (const size_t i : job.requests) images_[i] = known->second;
                continue;
            }
            const fs::path object = object_path(job.key);
            std::string ignored;  // damaged, or gone in this very moment: a miss
            if (object_is_whole(object)) job.image = load_kernel(object, ignored);
            if (job.image) {
                job.image->from_cache = true;
                state().stats.from_disk++;
            } else {
                to_compile_.push_back(&job);
            }
        }
    }

    void compile() {
        std::erase_if(to_compile_, [&](Job* j) { return images_[j->requests.front()] != nullptr; });
        if (to_compile_.empty()) return;
        static const bool swept = (sweep_work_folders(), true);
        static_cast<void>(swept);
        build_headers();
        const auto ask = [this] { stop_.wanted(); };
        in_parallel(to_compile_.size(), [&](size_t i) { compile_one(*to_compile_[i]); }, ask);
        if (stop_.wanted()) throw Interrupted();
        if (cache_failure_) throw CacheFailed{std::move(*cache_failure_)};
        for (const Job* job : to_compile_) {
            if (!job->image) continue;
            state().stats.compiled++;
            state().stats.compile_seconds += job->image->compile_seconds;
        }
        trim_cache();
    }

    static bool is_raw(const KernelRequest& r, const SourceTree& tree) {
        return r.raw == RawBuild::Always || (r.raw == RawBuild::WithPointers && tree.makes_pointers);
    }

    static bool same_header(const CompileSetup& a, const CompileSetup& b) {
        return a.group == b.group && a.arch == b.arch && a.raw == b.raw;
    }

    void build_headers() {
        std::vector<Job*> first_of;
        for (Job* job : to_compile_) {
            const auto same = [&](const Job* other) { return same_header(other->setup, job->setup); };
            if (std::none_of(first_of.begin(), first_of.end(), same)) first_of.push_back(job);
        }
        std::vector<CompileOutcome> outcomes(first_of.size());
        in_parallel(
            first_of.size(),
            [&](size_t i) { first_of[i]->header = precompiled_header(first_of[i]->setup, limits_, outcomes[i]); },
            [this] { stop_.wanted(); });
        if (stop_.wanted()) throw Interrupted();
        for (const CompileOutcome& outcome : outcomes) {
            if (outcome.ok()) continue;
            if (outcome.end == CompileEnd::Refused) {
                raise(Category::InternalError, "kernel-headers",
                      "the headers that kernels include do not compile with this compiler",
                      {.at = {toolchain().version},
                       .why = outcome.output.substr(0, 3000),
                       .fix = "set TILEWRIGHT_CXX to another compiler and report this one"});
            }
            Diagnostic d = explain_outcome(outcome, "the headers that kernels include", limits_);
            if (outcome.end == CompileEnd::DiskFailed) throw CacheFailed{std::move(d)};
            throw Error(std::move(d));
        }
        for (Job* job : to_compile_) {
            for (const Job* first : first_of) {
                if (same_header(first->setup, job->setup)) job->header = first->header;
            }
        }
    }

    // Once in a build for each header, whoever of its kernels notices first.
    bool rebuild_header(const Job& job) {
        const std::lock_guard lock(header_mutex_);
        if (!rebuilt_.insert(job.header).second) return true;
        discard_header(job.header);
        CompileOutcome outcome;
        return !precompiled_header(job.setup, limits_, outcome).empty();
    }

    // On a thread of its own; must not throw.
    void compile_one(Job& job) noexcept {
        const KernelRequest& request = requests_[job.requests.front()];
        try {
            const fs::path object = object_path(job.key);
            std::vector<fs::path> folders = user_include_folders(request.include_paths);
            if (!job.tree->kernel().path.empty()) folders.insert(folders.begin(), job.tree->kernel().path.parent_path());
            const auto compile = [&] { return compile_kernel(job.setup, limits_, job.header, job.text, folders, object); };
            CompileOutcome outcome;
            if (write_copies(*job.tree)) {
                outcome = compile();
            } else {
                outcome.end = CompileEnd::DiskFailed;
                outcome.unwritten = cache_root() / "sources";
            }
            // Somebody may have damaged what is in the cache: only an error that stays is the kernel's.
            const bool refused = outcome.end == CompileEnd::Refused;
            bool again = refused && repair_copies(*job.tree);
            if (refused && blames_header(outcome.output)) {
                if (!kernel_include_unchanged()) {
                    job.problem = Diagnostic{Category::Environment,
                                             "kernel-headers-changed",
                                             "tilewright's kernel headers were changed while the program ran",
                                             {kernel_include().string()},
                                             "kernels of one process are built with the same headers",
                                             "run the program again"};
                    return;
                }
                again = rebuild_header(job);
            }
            if (again) outcome = compile();
            if (outcome.end == CompileEnd::Stopped) return;
            if (outcome.end == CompileEnd::Refused) {
                job.problem_wants_subject = true;
                job.problem = explain_compile_error(*job.tree, *job.setup.toolchain, outcome.output,
                                                    request.compile_time_args.size());
                return;
            }
            if (!outcome.ok()) {
                job.problem = explain_outcome(outcome, job.tree->shown, limits_);
                if (outcome.end == CompileEnd::DiskFailed) {
                    const std::lock_guard lock(failure_mutex_);
                    cache_failure_ = job.problem;
                }
                return;
            }
            std::string problem;
            job.image = load_kernel(object, problem);
            if (job.image) {
                job.image->compile_seconds = outcome.seconds;
            } else {
                std::error_code error;
                fs::remove(object, error);
                job.problem_wants_subject = true;
                job.problem = explain_load_error(*job.tree, problem);
            }
        } catch (const std::exception& e) {
            job.problem = Diagnostic{Category::InternalError, "jit", e.what(), {job.tree->shown}, {}, {}};
        }
    }

    // The problem of a job, told once for all jobs of its file that have the same.
    void report(const Job& job, std::vector<Diagnostic>& problems, std::set<const Job*>& told) const {
        if (!job.problem || told.count(&job)) return;
        std::vector<Processor> processors;
        for (const Job& other : jobs_) {
            const bool same = other.problem && other.tree == job.tree && other.problem->text() == job.problem->text();
            if (!same) continue;
            told.insert(&other);
            for (const size_t i : other.requests) {
                if (std::find(processors.begin(), processors.end(), requests_[i].processor) == processors.end())
                    processors.push_back(requests_[i].processor);
            }
        }
        std::sort(processors.begin(), processors.end());
        Diagnostic d = *job.problem;
        if (job.problem_wants_subject) d.what = subject_of(*job.tree, processors) + " " + d.what;
        add_once(problems, d);
    }

    void finish() {
        std::vector<Diagnostic> problems;
        std::set<const Job*> told;
        for (Job& job : jobs_) {
            report(job, problems, told);
            if (job.image) {
                job.image->name = job.tree->shown;
                job.image->sources = job.tree;
                state().images[job.key] = job.image;
                for (const size_t i : job.requests) images_[i] = job.image;
            }
            if (!images_[job.requests.front()]) continue;
            const auto stamps = std::make_shared<const Stamps>(job.tree->stamps);
            for (const size_t i : job.requests)
                state().known.emplace(hashes_[i], Known{requests_[i], search_, debug_, stamps, images_[i]});
        }
        if (!problems.empty()) throw Error(std::move(problems));
    }

    const std::vector<KernelRequest>& requests_;
    std::vector<Image> images_;
    uint64_t search_;
    bool debug_;
    std::vector<size_t> hashes_;
    std::vector<size_t> missing_;
    std::vector<const Stamps*> fresh_;
    std::vector<Job> jobs_;
    std::vector<Job*> to_compile_;
    std::map<std::tuple<ProcessorClass, Arch, bool>, std::string> setup_keys_;
    Stop stop_;
    CompileLimits limits_;
    std::mutex header_mutex_, failure_mutex_;
    std::set<fs::path> rebuilt_;
    std::optional<Diagnostic> cache_failure_;
};

}  // namespace

struct SourceFiles::File {
    std::string path;
    FileStamp stamp;
};

SourceFiles SourceFiles::of(const std::vector<KernelRequest>& requests) {
    const std::lock_guard lock(state().mutex);
    std::map<std::string, FileStamp> stamps;
    for (const KernelRequest& r : requests) {
        const auto [begin, end] = state().known.equal_range(hash_of(r));
        for (auto at = begin; at != end; ++at) {
            if (at->second.request == r) stamps.insert(at->second.stamps->begin(), at->second.stamps->end());
        }
    }
    auto files = std::make_shared<std::vector<File>>();
    for (const auto& [path, stamp] : stamps) files->push_back({path, stamp});
    SourceFiles out;
    out.files_ = std::move(files);
    out.search_ = search_state();
    return out;
}

bool SourceFiles::unchanged() const {
    if (!files_ || search_ != search_state()) return false;
    return std::all_of(files_->begin(), files_->end(),
                       [](const File& file) { return stamp_of(file.path.c_str()) == file.stamp; });
}

std::vector<Image> build(const std::vector<KernelRequest>& requests) {
    const std::lock_guard lock(state().mutex);
    try {
        return Build(requests).run();
    } catch (const CacheFailed& failed) {
        if (!leave_cache(failed.why)) throw Error(failed.why);
    }
    try {
        return Build(requests).run();
    } catch (const CacheFailed& failed) {
        throw Error(failed.why);
    }
}

void set_interrupt_question(bool (*question)()) {
    interrupt_question = question;
}

void prepare(Arch arch) noexcept {
    using enum ProcessorClass;
    static constexpr std::array kClasses = {DataMovement, Unpack, Math, Pack};
    try {
        const Toolchain& compiler = toolchain();
        const CompileLimits limits{compile_seconds_limit(), {}};
        std::array<CompileOutcome, kClasses.size()> ignored;
        in_parallel(kClasses.size(),
                    [&](size_t i) { precompiled_header({&compiler, kClasses[i], arch, debug()}, limits, ignored[i]); });
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
        // No compiler, no disk: build() says so when a kernel is really asked for.
    }
}

void set_debug(bool on) {
    debug_setting = on;
}

Stats stats() {
    const std::lock_guard lock(state().mutex);
    return state().stats;
}

void clear_memory_cache() {
    const std::lock_guard lock(state().mutex);
    state().known.clear();
    for (auto& [key, image] : state().images) state().forgotten.push_back(std::move(image));
    state().images.clear();
}

}  // namespace tw::jit
