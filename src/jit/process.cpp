#include "jit/process.h"

#include "base/settings.h"

// A plain fork() would copy the page tables of a process that may hold gigabytes of tensors.
#define BOOST_POSIX_HAS_VFORK 1
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <system_error>

namespace bp = boost::process;

namespace tw::jit {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPollMilliseconds = 50;

// Not inherited by children that other threads start at the same time, which would keep a pipe open.
struct Descriptor {
    int fd = -1;
    Descriptor() = default;
    explicit Descriptor(int of) : fd(of) {}
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    void close() {
        if (fd >= 0) ::close(fd);
        fd = -1;
    }
};

// In the child, before it becomes the program: the caller may block signals (a worker thread of ours, a Python program),
// and the program is to start with none blocked.
struct UnblockSignals : bp::extend::handler {
    template <class Executor>
    void on_exec_setup(Executor&) const {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
    }
};

struct InGroup : bp::extend::handler {
    bool own = false;
    template <class Executor>
    void on_exec_setup(Executor&) const {
        if (own) setpgid(0, 0);
    }
};

struct InDirectory : bp::extend::handler {
    std::string path;
    template <class Executor>
    void on_exec_setup(Executor&) const {
        if (!path.empty() && chdir(path.c_str()) != 0) _exit(127);
    }
};

// As the shell finds it. (Boost's own search needs one more library, Boost.Filesystem.)
std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    std::istringstream folders{std::string(setting_text(Setting::Path))};
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
        std::error_code error;
        if (access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate, error)) return candidate;
    }
    return {};
}

void end(pid_t child, bool own_group) {
    if (own_group) killpg(child, SIGKILL);
    kill(child, SIGKILL);  // if it had no time yet to make its group
}

}  // namespace

unsigned processor_count() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return static_cast<unsigned>(CPU_COUNT(&set));
    return std::max(1u, std::thread::hardware_concurrency());
}

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
    using Output = ProcessOptions::Output;
    const Clock::time_point start = Clock::now();
    ProcessResult result;
    const std::string& name = command.front();
    const std::string program = find_program(name);
    if (program.empty() || access(program.c_str(), X_OK) != 0) {
        result.output = name + ": " + std::strerror(ENOENT);
        return result;
    }
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        result.output = std::strerror(errno);
        return result;
    }
    Descriptor from(ends[0]), to(ends[1]);
    const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
    bp::environment environment = boost::this_process::environment();
    if (!options.temporary.empty()) environment["TMPDIR"] = options.temporary.string();
    InGroup group;
    group.own = options.own_group;
    InDirectory directory;
    directory.path = options.directory.string();
    // dup2() of a descriptor on itself does nothing: what is inherited stays.
    const int in = options.output == Output::Captured ? nothing.fd : 0;
    const int out = options.output == Output::Inherited ? 1 : to.fd;
    const int err = options.output == Output::Captured ? to.fd : 2;

    std::error_code failed;
    bp::child child(bp::exe = program, bp::args = std::vector<std::string>(command.begin() + 1, command.end()), environment,
                    bp::posix::fd.bind(0, in), bp::posix::fd.bind(1, out), bp::posix::fd.bind(2, err), UnblockSignals{},
                    group, directory, bp::posix::use_vfork, failed);
    to.close();
    if (failed) {
        result.output = name + ": " + failed.message();
        return result;
    }
    const auto over = [&] { return std::chrono::duration<double>(Clock::now() - start).count() > options.time_limit; };
    const bool watched = options.time_limit > 0 || options.stop;
    const auto watch = [&] {
        if (result.timed_out || result.stopped) return;
        result.timed_out = options.time_limit > 0 && over();
        result.stopped = !result.timed_out && options.stop && options.stop();
        if (result.timed_out || result.stopped) end(child.id(), options.own_group);
    };
    char buffer[16384];
    for (;;) {
        pollfd wait{from.fd, POLLIN, 0};
        const int ready = poll(&wait, 1, watched ? kPollMilliseconds : -1);
        if (watched) watch();
        if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
        const ssize_t n = read(from.fd, buffer, sizeof buffer);
        if (n > 0) result.output.append(buffer, static_cast<size_t>(n));
        if (n == 0 || (n < 0 && errno != EINTR)) break;
    }
    // The pipe is closed, but the process may live on.
    std::error_code unknown;
    constexpr int kLongestPause = 20;
    for (int pause = 1; child.running(unknown) && !unknown; pause = std::min(2 * pause, kLongestPause)) {
        if (watched) watch();
        std::this_thread::sleep_for(std::chrono::milliseconds(pause));
    }
    // With SIGCHLD ignored nobody can tell how the child ended: the caller sees whether the output file is there.
    const int status = unknown ? 0 : child.native_exit_code();
    if (WIFSIGNALED(status)) {
        result.signal = WTERMSIG(status);
    } else {
        result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    }
    result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return result;
}

}  // namespace tw::jit
